"""Tables of demo"""

import sqlalchemy as sa
from alembic import op

revision = "0008_demo"
down_revision = "0007_backlog"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "demo_step",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                name="stepstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_step")),
        sa.UniqueConstraint("name", name=op.f("uq_demo_step_name")),
    )


def downgrade() -> None:

    op.drop_table("demo_step")
