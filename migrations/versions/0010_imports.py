"""What an import remembers of its file, the day a lapse rule was last applied, an index for recounting purchases"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010_imports"
down_revision = "0008_demo"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    with op.batch_alter_table("import_batch") as batch_op:
        batch_op.add_column(sa.Column("header", words, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("rejected_size", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("import_batch") as batch_op:
        batch_op.alter_column("header", server_default=None)
        batch_op.alter_column("rejected_size", server_default=None)
    op.add_column("lapse_rule", sa.Column("applied_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_purchase_customer_id_bought_on_amount", "purchase", ["customer_id", "bought_on", "amount"]
    )


def downgrade() -> None:
    op.drop_index("ix_purchase_customer_id_bought_on_amount", "purchase")
    with op.batch_alter_table("lapse_rule") as batch_op:
        batch_op.drop_column("applied_on")
    with op.batch_alter_table("import_batch") as batch_op:
        batch_op.drop_column("rejected_size")
        batch_op.drop_column("header")
