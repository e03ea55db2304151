"""Who holds a run, whether its themes were looked for, and how far a starting campaign has invited its segment."""

import sqlalchemy as sa
from alembic import op

revision = "0060_claims"
down_revision = "0031_last_changer"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("analysis_run", sa.Column("claim", sa.String(22), nullable=False, server_default=""))
    op.add_column("analysis_run", sa.Column("themed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaign", sa.Column("invited_through", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("campaign", "invited_through")
    op.drop_column("analysis_run", "themed_at")
    op.drop_column("analysis_run", "claim")
