"""What a search looks through, the competitors answers name, and saved views."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0074_search"
down_revision = "0073_own_answers"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TERMS = sa.Text().with_variant(TSVECTOR(), "postgresql")
FILTERED = ("state", "polarity")
TAKE_OUT = (
    "INSERT INTO search_index (search_index, rowid, shown, whole) "
    "VALUES ('delete', old.answer_id, old.shown, old.whole)"
)
PUT_IN = "INSERT INTO search_index (rowid, shown, whole) VALUES (new.answer_id, new.shown, new.whole)"
FORGET = "DELETE FROM search_text WHERE answer_id = old.id"
ON_SQLITE = (
    # The words themselves stand in search_text; the index keeps only where they are. Two letters begin 16 bits.
    "CREATE VIRTUAL TABLE search_index USING fts5(shown, whole, content='search_text', content_rowid='answer_id', "
    "tokenize='ascii', prefix='4')",
    f"CREATE TRIGGER search_text_put AFTER INSERT ON search_text BEGIN {PUT_IN}; END",
    f"CREATE TRIGGER search_text_gone AFTER DELETE ON search_text BEGIN {TAKE_OUT}; END",
    f"CREATE TRIGGER search_text_turned AFTER UPDATE ON search_text BEGIN {TAKE_OUT}; {PUT_IN}; END",
    "CREATE TRIGGER answer_reworded AFTER UPDATE OF text ON answer WHEN old.text IS NOT new.text "
    f"BEGIN {FORGET}; END",
)
ON_POSTGRESQL = (
    "CREATE FUNCTION forget_search_text() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN {FORGET}; RETURN NULL; END $$",
    "CREATE TRIGGER answer_reworded AFTER UPDATE OF text ON answer FOR EACH ROW "
    "WHEN (old.text IS DISTINCT FROM new.text) EXECUTE FUNCTION forget_search_text()",
)


def upgrade() -> None:
    _create_search()
    _create_rivals()
    _create_views()
    for column in FILTERED:
        op.create_index(f"ix_reading_{column}_response_id", "reading", [column, "response_id"])
    # Answers read before this: a job fills them in, from this row on.
    op.execute(
        "INSERT INTO search_fill (reading_id, done_count, total_count, touched_at) "
        "SELECT min(id) - 1, 0, count(*), CURRENT_TIMESTAMP FROM reading HAVING count(*) > 0"
    )


def downgrade() -> None:
    for column in FILTERED:
        op.drop_index(f"ix_reading_{column}_response_id", "reading")
    op.drop_table("saved_view")
    op.drop_table("rival_mention")
    op.drop_table("search_fill")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER answer_reworded ON answer")
        op.execute("DROP FUNCTION forget_search_text()")
    else:
        op.execute("DROP TRIGGER answer_reworded")
        op.execute("DROP TABLE search_index")
    op.drop_table("search_text")


def _create_search() -> None:
    op.create_table(
        "search_text",
        sa.Column("answer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shown", TERMS, nullable=False),
        sa.Column("whole", TERMS, nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_search_text_answer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_search_text")),
    )
    op.create_table(
        "search_fill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("total_count", sa.Integer(), nullable=False),
        sa.Column("touched_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_fill")),
    )
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        for name in ("shown", "whole"):
            op.create_index(f"ix_search_text_{name}", "search_text", [name], postgresql_using="gin")
    for statement in ON_POSTGRESQL if on_postgresql else ON_SQLITE:
        op.get_bind().exec_driver_sql(statement)


def _create_rivals() -> None:
    op.create_table(
        "rival_mention",
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.id"], name=op.f("fk_rival_mention_reading_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reading_id", "name", name=op.f("pk_rival_mention")),
    )
    op.create_index(op.f("ix_rival_mention_name"), "rival_mention", ["name"])


def _create_views() -> None:
    json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    op.create_table(
        "saved_view",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("filters", json, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_saved_view_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("member_id", "name", name=op.f("uq_saved_view_member_id_name")),
    )
