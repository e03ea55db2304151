"""Which sheet and survey a reading belongs to, so that counting needs no detour over answers"""

import sqlalchemy as sa
from alembic import op

revision = "0051_reading_home"
down_revision = "0050_waiting_readings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reading", sa.Column("response_id", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("reading", sa.Column("survey_id", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE reading SET response_id = (SELECT response_id FROM answer WHERE answer.id = reading.answer_id)"
    )
    op.execute(
        "UPDATE reading SET survey_id = (SELECT survey_id FROM response WHERE response.id = reading.response_id)"
    )
    op.create_index("ix_reading_response_id", "reading", ["response_id"])
    op.create_index("ix_reading_survey_id_response_id", "reading", ["survey_id", "response_id"])


def downgrade() -> None:
    op.drop_index("ix_reading_survey_id_response_id", "reading")
    op.drop_index("ix_reading_response_id", "reading")
    op.drop_column("reading", "survey_id")
    op.drop_column("reading", "response_id")
