"""What imports changed, so that they can be undone; when they were started, and what undo did"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0066_import_changes"
down_revision = "0064_doors"
branch_labels = None
depends_on = None

INSTANTS = ("started_at", "undo_asked_at", "undone_at")
COUNTS = ("removed_count", "restored_count", "kept_count")


def upgrade() -> None:
    words = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("before", words, nullable=True),
        sa.Column("after", words, nullable=True),
        sa.Column("kept", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name=op.f("fk_import_change_batch_id_import_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
    )
    op.create_index("ix_import_change_batch_id", "import_change", ["batch_id"])
    op.create_index("ix_import_change_subject_row_id", "import_change", ["subject", "row_id"])
    # Plain ADD COLUMN on both databases: customers and sheets refer to this table, so it must not be rebuilt.
    for name in INSTANTS:
        op.add_column("import_batch", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in COUNTS:
        op.add_column("import_batch", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    # What earlier imports changed was not kept.
    op.add_column(
        "import_batch", sa.Column("logged", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    for name in ("logged", *COUNTS, *INSTANTS):
        op.drop_column("import_batch", name)
    op.drop_table("import_change")
