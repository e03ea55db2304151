"""What a run would change, before it is applied."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0075_run_drafts"
down_revision = "0074_search"
branch_labels = None
depends_on = None

VALUES = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
OPEN = sa.text("state IN ('queued', 'running')")
COUNTS = ("draft_count", "settled_count")


def upgrade() -> None:
    op.drop_index("uq_analysis_run_open", table_name="analysis_run")
    with op.batch_alter_table("analysis_run") as batch:
        batch.add_column(sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("draft", _states(), nullable=False, server_default="none"))
        for name in ("quality", "chosen"):
            batch.add_column(sa.Column(name, VALUES, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("result_hash", sa.String(64), nullable=False, server_default=""))
        for name in COUNTS:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("decided_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_analysis_run_decided_by_id"), "member", ["decided_by_id"], ["id"])
    _index_open_runs()
    _create_drafts()


def _create_drafts() -> None:
    op.create_table(
        "reading_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(length=32), nullable=False),
        sa.Column("kind", _words("draftkind", "moved", "turned", "same", "against"), nullable=False),
        sa.Column("fate", _words("draftfate", "waiting", "applied", "kept", "returned"), nullable=False),
        sa.Column("from_reason_id", sa.Integer(), nullable=True),
        sa.Column("to_reason_id", sa.Integer(), nullable=True),
        sa.Column("from_polarity", _polarity("from_polarity"), nullable=False),
        sa.Column("to_polarity", _polarity("to_polarity"), nullable=False),
        sa.Column("found", VALUES, nullable=False),
        sa.Column("before", VALUES, nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["analysis_run.id"], name=op.f("fk_reading_draft_run_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_reading_draft_answer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["from_reason_id"], ["reason.id"], name=op.f("fk_reading_draft_from_reason_id")
        ),
        sa.ForeignKeyConstraint(["to_reason_id"], ["reason.id"], name=op.f("fk_reading_draft_to_reason_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_draft")),
        sa.UniqueConstraint("run_id", "answer_id", name=op.f("uq_reading_draft_run_id_answer_id")),
    )
    op.create_index(op.f("ix_reading_draft_answer_id"), "reading_draft", ["answer_id"])
    op.create_index("ix_reading_draft_run_id_kind", "reading_draft", ["run_id", "kind"])


def downgrade() -> None:
    op.drop_table("reading_draft")
    op.drop_index("uq_analysis_run_open", table_name="analysis_run")
    with op.batch_alter_table("analysis_run") as batch:
        batch.drop_constraint(op.f("fk_analysis_run_decided_by_id"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_analysis_run_draftstate"), type_="check")
        for name in (
            "decided_by_id",
            "decided_at",
            *COUNTS,
            "result_hash",
            "chosen",
            "quality",
            "draft",
            "again",
        ):
            batch.drop_column(name)
    _index_open_runs()


def _index_open_runs() -> None:
    op.create_index(
        "uq_analysis_run_open",
        "analysis_run",
        ["survey_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _states() -> sa.Enum:
    words = ("none", "ready", "applying", "applied", "returning", "returned", "dropped")
    return _words("draftstate", *words)


def _polarity(name: str) -> sa.Enum:
    return _words(name, "neg", "neu", "pos", "mixed")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
