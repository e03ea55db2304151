"""Conditions of screens, and which details of a customer may be shown."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0069_pages"
down_revision = "0068_edits"
branch_labels = None
depends_on = None

VALUES = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("question", sa.Column("page_condition", VALUES, nullable=True))
    op.add_column("survey", sa.Column("shown_attributes", VALUES, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("survey", "shown_attributes")
    op.drop_column("question", "page_condition")
