"""Answers read by two people who do not see each other."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0077_double"
down_revision = "0076_codebook"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_samples()
    _create_items()
    _create_codes()


def downgrade() -> None:
    op.drop_table("double_code")
    op.drop_table("double_item")
    op.drop_table("double_sample")


def _key(table: str, column: str, other: str, **rest: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), **rest)


def _create_samples() -> None:
    op.create_table(
        "double_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", INSTANT, nullable=False),
        _key("double_sample", "survey_id", "survey"),
        _key("double_sample", "first_id", "member"),
        _key("double_sample", "second_id", "member"),
        _key("double_sample", "drawn_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_sample")),
    )
    op.create_index(op.f("ix_double_sample_survey_id"), "double_sample", ["survey_id"])


def _create_items() -> None:
    op.create_table(
        "double_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(length=32), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        _key("double_item", "sample_id", "double_sample", ondelete="CASCADE"),
        _key("double_item", "reading_id", "reading", ondelete="CASCADE"),
        _key("double_item", "settled_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_item")),
        sa.UniqueConstraint("sample_id", "reading_id", name=op.f("uq_double_item_sample_id_reading_id")),
    )
    op.create_index(op.f("ix_double_item_reading_id"), "double_item", ["reading_id"])


def _create_codes() -> None:
    op.create_table(
        "double_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "codes",
            sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("at", INSTANT, nullable=False),
        _key("double_code", "item_id", "double_item", ondelete="CASCADE"),
        _key("double_code", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_code")),
        sa.UniqueConstraint("item_id", "member_id", name=op.f("uq_double_code_item_id_member_id")),
    )
