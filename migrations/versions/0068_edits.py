"""Who changed what, so that the second of two people editing one thing can be told"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0068_edits"
down_revision = "0067_telling_cancelled"
branch_labels = None
depends_on = None

VALUES = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
COUNTED = ("organisation", "member", "customer")


def upgrade() -> None:
    op.create_table(
        "edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", VALUES, nullable=False),
        sa.Column("after", VALUES, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_edit_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit")),
    )
    op.create_index("ix_edit_subject_subject_id_revision", "edit", ["subject", "subject_id", "revision"])
    op.create_index(op.f("ix_edit_member_id"), "edit", ["member_id"])
    for table in COUNTED:
        op.add_column(table, sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    for table in reversed(COUNTED):
        op.drop_column(table, "revision")
    op.drop_index(op.f("ix_edit_member_id"), table_name="edit")
    op.drop_index("ix_edit_subject_subject_id_revision", table_name="edit")
    op.drop_table("edit")
