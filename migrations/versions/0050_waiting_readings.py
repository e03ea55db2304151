"""What was read, what waits for a person, and at most one open run of a survey"""

import sqlalchemy as sa
from alembic import op

revision = "0050_waiting_readings"
down_revision = "0030_sending"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    op.add_column("reading", sa.Column("text_hash", sa.String(32), nullable=False, server_default=""))
    op.drop_index("ix_reading_state", "reading")
    op.create_index(
        "ix_reading_state_confidence_unexplained", "reading", ["state", "confidence", "unexplained"]
    )
    op.create_index(
        "uq_analysis_run_open",
        "analysis_run",
        ["survey_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_index("uq_analysis_run_open", "analysis_run")
    op.drop_index("ix_reading_state_confidence_unexplained", "reading")
    op.create_index("ix_reading_state", "reading", ["state"])
    op.drop_column("reading", "text_hash")
