"""When approval was asked for, and how often and when a message is tried again"""

import sqlalchemy as sa
from alembic import op

revision = "0030_sending"
down_revision = "0010_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("campaign") as batch_op:
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("try_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("message") as batch_op:
        batch_op.alter_column("try_count", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_column("due_at")
        batch_op.drop_column("try_count")
    with op.batch_alter_table("campaign") as batch_op:
        batch_op.drop_column("asked_at")
