"""Counting many readings: which of them say why, and indexes that answer without the rows."""

import sqlalchemy as sa
from alembic import op

revision = "0079_workbench_speed"
down_revision = "0078_calling_in"
branch_labels = None
depends_on = None

TODAY = (
    "update reading set why = false where answer_id in (select answer.id from answer join question "
    "on question.id = answer.question_id where question.read_as = 'current')"
)
BY_WHY = "ix_reading_survey_id_why_response_id"
QUEUE = "ix_reading_survey_id_state_confidence"


def upgrade() -> None:
    op.add_column("reading", sa.Column("why", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute(TODAY)
    op.create_index(BY_WHY, "reading", ["survey_id", "why", "response_id", "main_reason_id", "unexplained"])
    op.create_index(QUEUE, "reading", ["survey_id", "state", "confidence", "unexplained"])


def downgrade() -> None:
    op.drop_index(QUEUE, "reading")
    op.drop_index(BY_WHY, "reading")
    op.drop_column("reading", "why")
