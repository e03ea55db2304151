"""What an item stands on, its problem and tags; the public sentence of a decision, and when to look at it again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0081_items"
down_revision = "0080_dictionary"

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
STAND = """
    INSERT INTO evidence (item_id, survey_id, reason_id, start, "end", text_hash, member_id, at)
    SELECT id, survey_id, reason_id, 0, 0, '', member_id, created_at FROM backlog_item ORDER BY id
"""


def upgrade() -> None:
    _create_evidence()
    op.execute(STAND)
    with op.batch_alter_table("backlog_item") as batch:
        batch.add_column(sa.Column("problem", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("tags", JSON, nullable=False, server_default="[]"))
        batch.drop_constraint("uq_backlog_item_survey_id_reason_id", type_="unique")
        batch.create_index(op.f("ix_backlog_item_survey_id"), ["survey_id"])
    with op.batch_alter_table("decision") as batch:
        batch.add_column(sa.Column("public", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("review_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Of items shown under one reason only the first can stay: before this, each reason had one."""
    with op.batch_alter_table("decision") as batch:
        batch.drop_column("review_on")
        batch.drop_column("public")
    op.drop_table("evidence")
    op.execute(
        "DELETE FROM decision WHERE item_id NOT IN (SELECT MIN(id) FROM backlog_item GROUP BY survey_id, reason_id)"
    )
    op.execute(
        "DELETE FROM backlog_item WHERE id NOT IN (SELECT MIN(id) FROM backlog_item GROUP BY survey_id, reason_id)"
    )
    with op.batch_alter_table("backlog_item") as batch:
        batch.drop_index(op.f("ix_backlog_item_survey_id"))
        batch.drop_column("tags")
        batch.drop_column("problem")
        batch.create_unique_constraint("uq_backlog_item_survey_id_reason_id", ["survey_id", "reason_id"])


def _key(column: str, other: str, **rest: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_evidence_{column}"), **rest)


def _create_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.Column("reading_id", sa.Integer(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _key("item_id", "backlog_item", ondelete="CASCADE"),
        _key("survey_id", "survey"),
        _key("reason_id", "reason"),
        _key("reading_id", "reading", ondelete="CASCADE"),
        _key("member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("survey_id", "reason_id", name=op.f("uq_evidence_survey_id_reason_id")),
        sa.UniqueConstraint("reading_id", "start", name=op.f("uq_evidence_reading_id_start")),
    )
    for column in ("item_id", "reason_id"):
        op.create_index(op.f(f"ix_evidence_{column}"), "evidence", [column])
