"""The telling of the demo can be cancelled"""

import sqlalchemy as sa
from alembic import op

revision = "0067_telling_cancelled"
down_revision = "0066_import_changes"
branch_labels = None
depends_on = None

NAME = "ck_demo_step_stepstate"


def upgrade() -> None:
    _allow("queued", "running", "done", "cancelled")


def downgrade() -> None:
    op.execute("UPDATE demo_step SET state = 'done' WHERE state = 'cancelled'")
    _allow("queued", "running", "done")


def _allow(*states: str) -> None:
    listed = sa.column("state").in_(states)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(NAME), "demo_step", type_="check")
        op.create_check_constraint(op.f(NAME), "demo_step", listed)
        return
    # SQLite writes the table anew; the old check is not carried over. Nothing refers to this table.
    with op.batch_alter_table("demo_step", recreate="always") as batch:
        batch.create_check_constraint(op.f(NAME), listed)
