"""Exports can be written again; presets of exports; what other people's trackers say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0082_exports"
down_revision = "0081_items"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("export", sa.Column("content", JSON, nullable=True))
    op.create_index(op.f("ix_export_at"), "export", ["at"])
    op.create_table(
        "export_preset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_export_preset_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_preset")),
        sa.UniqueConstraint("member_id", "name", name=op.f("uq_export_preset_member_id_name")),
    )
    op.create_table(
        "tracker_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=80), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["backlog_item.id"], name=op.f("fk_tracker_issue_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracker_issue")),
        sa.UniqueConstraint("item_id", name=op.f("uq_tracker_issue_item_id")),
    )
    op.create_index(op.f("ix_tracker_issue_key"), "tracker_issue", ["key"])
    op.create_table(
        "tracker_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "previewed",
                "applied",
                "undone",
                name="trackerimportstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("rows", JSON, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_tracker_import_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracker_import")),
    )


def downgrade() -> None:
    op.drop_table("tracker_import")
    op.drop_index(op.f("ix_tracker_issue_key"), "tracker_issue")
    op.drop_table("tracker_issue")
    op.drop_table("export_preset")
    op.drop_index(op.f("ix_export_at"), "export")
    with op.batch_alter_table("export") as batch:
        batch.drop_column("content")
