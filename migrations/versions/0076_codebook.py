"""Versions of the codebook, examples and owners of reasons, what merges moved; what people made of themes."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0076_codebook"
down_revision = "0075_run_drafts"

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
# Added one by one: rebuilding these tables, as SQLite would otherwise need for a reference, is not worth it.
COLUMNS = {
    "reason": (
        "examples {json} DEFAULT '[]' NOT NULL",
        "counter_examples {json} DEFAULT '[]' NOT NULL",
        "owner VARCHAR(80) DEFAULT '' NOT NULL",
        "merged_into_id INTEGER CONSTRAINT fk_reason_merged_into_id REFERENCES reason (id)",
        "revision INTEGER DEFAULT 1 NOT NULL",
    ),
    "theme": (
        "within_id INTEGER CONSTRAINT fk_theme_within_id REFERENCES reason (id)",
        "merged_into_id INTEGER CONSTRAINT fk_theme_merged_into_id REFERENCES theme (id)",
        "split_from_id INTEGER CONSTRAINT fk_theme_split_from_id REFERENCES theme (id)",
        "nearest_id INTEGER CONSTRAINT fk_theme_nearest_id REFERENCES reason (id)",
        "nearness {double} DEFAULT 0 NOT NULL",
        "cause VARCHAR(16) DEFAULT '' NOT NULL",
        "note TEXT DEFAULT '' NOT NULL",
        "revision INTEGER DEFAULT 1 NOT NULL",
    ),
    "theme_member": ("placed BOOLEAN DEFAULT {false} NOT NULL", "edge INTEGER DEFAULT 0 NOT NULL"),
}


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    words = {"json": "JSON", "double": "DOUBLE", "false": "0"}
    if postgresql:
        words = {"json": "JSONB", "double": "DOUBLE PRECISION", "false": "false"}
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column.format(**words)}")
    _create_versions()
    _create_moves()
    _keep_first_version()


def downgrade() -> None:
    op.drop_table("reason_move")
    op.drop_table("codebook_version")
    for table, columns in reversed(COLUMNS.items()):
        with op.batch_alter_table(table) as batch:
            for column in reversed(columns):
                batch.drop_column(column.split()[0])


def _create_versions() -> None:
    op.create_table(
        "codebook_version",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_codebook_version_member_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_codebook_version_reason_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codebook_version")),
        sa.UniqueConstraint("number", name=op.f("uq_codebook_version_number")),
    )
    op.create_index(op.f("ix_codebook_version_reason_id"), "codebook_version", ["reason_id"])


def _create_moves() -> None:
    op.create_table(
        "reason_move",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.Integer(), nullable=True),
        sa.Column("kept", JSON, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["codebook_version.id"],
            name=op.f("fk_reason_move_version_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.id"], name=op.f("fk_reason_move_reading_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["clause_id"], ["clause.id"], name=op.f("fk_reason_move_clause_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_move")),
    )
    for column in ("version_id", "reading_id", "clause_id"):
        op.create_index(op.f(f"ix_reason_move_{column}"), "reason_move", [column])


def _keep_first_version() -> None:
    """The codebook as it stands is the first version, where there is one yet."""
    rows = op.get_bind().execute(sa.text(
        "SELECT reason.id, reason.code, reason.label, reason.seal, reason.definition, reason.recoverability, "
        "reason.origin, reason.active, reason.position, above.code AS parent, reason.created_at "
        "FROM reason LEFT JOIN reason AS above ON above.id = reason.parent_id "
        "ORDER BY reason.position, reason.id"
    )).mappings().all()  # fmt: skip
    if not rows:
        return
    content: list[dict[str, Any]] = [
        {
            **{
                name: row[name]
                for name in ("code", "label", "seal", "definition", "recoverability", "origin")
            },
            "parent": row["parent"],
            "active": bool(row["active"]),
            "examples": [],
            "counter_examples": [],
            "owner": "",
            "merged_into": None,
        }
        for row in rows
    ]
    insert = (
        "INSERT INTO codebook_version (number, verb, at, note, detail, content) VALUES (1, 'began', :at, '', "
    )
    cast = "CAST({} AS jsonb)" if op.get_bind().dialect.name == "postgresql" else "{}"
    values = f"{cast.format(':detail')}, {cast.format(':content')})"
    first = {
        "at": min(row["created_at"] for row in rows),
        "detail": "{}",
        "content": json.dumps(content, ensure_ascii=False),
    }
    op.get_bind().execute(sa.text(insert + values), first)
