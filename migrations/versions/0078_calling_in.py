"""Calls that come in."""

import sqlalchemy as sa
from alembic import op

revision = "0078_calling_in"
down_revision = "0077_double"
branch_labels = None
depends_on = None

OUTCOMES = ("reached", "away", "later", "declined", "wrong_number")
CHECK = "ck_call_calloutcome"


def upgrade() -> None:
    _allow((*OUTCOMES, "called_in"))


def downgrade() -> None:
    op.execute("DELETE FROM call WHERE outcome = 'called_in'")
    _allow(OUTCOMES)


def _allow(outcomes: tuple[str, ...]) -> None:
    with op.batch_alter_table("call") as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.create_check_constraint(op.f(CHECK), sa.column("outcome").in_(outcomes))
