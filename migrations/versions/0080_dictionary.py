"""The organisation's own dictionary."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0080_dictionary"
down_revision = "0079_workbench_speed"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_entries()
    _create_versions()
    _create_checks()


def downgrade() -> None:
    op.drop_table("dictionary_check")
    op.drop_table("dictionary_version")
    op.drop_table("dictionary_entry")


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _member(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f(f"fk_{table}_member_id"))


def _create_entries() -> None:
    kinds = ("word", "synonym", "stop", "competitor", "product", "plain")
    op.create_table(
        "dictionary_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("surface", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*kinds, name="entrykind", native_enum=False, length=32, create_constraint=True),
            nullable=False,
        ),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _member("dictionary_entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary_entry")),
        sa.UniqueConstraint("surface", name=op.f("uq_dictionary_entry_surface")),
    )


def _create_versions() -> None:
    op.create_table(
        "dictionary_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=16), nullable=False),
        sa.Column("content", _json(), nullable=False),
        sa.Column("source", sa.Integer(), nullable=True),
        _member("dictionary_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary_version")),
        sa.UniqueConstraint("number", name=op.f("uq_dictionary_version_number")),
    )


def _create_checks() -> None:
    op.create_table(
        "dictionary_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("looked_count", sa.Integer(), nullable=False),
        sa.Column("voice_count", sa.Integer(), nullable=False),
        sa.Column("found", _json(), nullable=False),
        _member("dictionary_check"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary_check")),
    )
