"""Public links, talk scripts, calls, and what happened to a sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0071_public_links"
down_revision = "0070_test_answers"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DOORS = ("link", "code", "phone", "import", "test")
NEW_DOORS = ("link", "code", "qr", "public", "phone", "import", "test")
# Rebuilding these tables, as SQLite would otherwise need, would take all that refers to them along.
COLUMNS = (
    "token VARCHAR(43)",
    "public_link_id INTEGER CONSTRAINT fk_response_public_link_id REFERENCES public_link (id)",
    "repeat_cause VARCHAR(32) CONSTRAINT ck_response_repeatcause CHECK (repeat_cause IN ('browser', 'network'))",
    "claimed_as VARCHAR(254) DEFAULT '' NOT NULL",
)
INDEXES = ("token", "public_link_id")


def upgrade() -> None:
    _create_public_links()
    op.add_column("survey", sa.Column("talk_script", sa.Text(), nullable=False, server_default=""))
    for column in COLUMNS:
        op.execute(f"ALTER TABLE response ADD COLUMN {column}")
    for name in INDEXES:
        op.create_index(f"ix_response_{name}", "response", [name], unique=name == "token")
    _allow_doors(DOORS, NEW_DOORS)
    _create_events()
    _create_calls()


def downgrade() -> None:
    op.drop_table("call")
    op.drop_table("response_event")
    op.execute("UPDATE response SET door = 'link' WHERE door IN ('qr', 'public')")
    _allow_doors(NEW_DOORS, DOORS)
    for name in INDEXES:
        op.drop_index(f"ix_response_{name}", "response")
    with op.batch_alter_table("response") as batch:
        batch.drop_constraint(op.f("ck_response_repeatcause"), type_="check")
        for column in reversed(COLUMNS):
            batch.drop_column(column.split()[0])
    op.drop_column("survey", "talk_script")
    op.drop_table("public_link")


def _allow_doors(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Let the column hold other words. SQLite changes the text of the table, as its documentation shows (lang_altertable)."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_response_door"), "response", type_="check")
        op.create_check_constraint(op.f("ck_response_door"), "response", sa.column("door").in_(after))
        return
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    old, new = (f"CHECK (door IN {_listed(doors)})" for doors in (before, after))
    op.get_bind().exec_driver_sql("PRAGMA writable_schema = ON")
    changed = op.get_bind().exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'response' AND instr(sql, ?)",
        (old, new, old),
    )
    op.get_bind().exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    op.get_bind().exec_driver_sql("PRAGMA writable_schema = OFF")
    if changed.rowcount != 1:
        raise RuntimeError("the check of response.door is not written as it was made")


def _listed(doors: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{door}'" for door in doors) + ")"


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _create_public_links() -> None:
    op.create_table(
        "public_link",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_public_link_survey_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_public_link_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_link")),
        sa.UniqueConstraint("survey_id", "name", name=op.f("uq_public_link_survey_id_name")),
        sa.UniqueConstraint("key", name=op.f("uq_public_link_key")),
    )


def _create_events() -> None:
    op.create_table(
        "response_event",
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("eventkind", "started", "resumed", "saved", "submitted"), nullable=False),
        sa.Column("door", _words("door", *NEW_DOORS), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_response_event_response_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_response_event_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_event")),
    )
    op.create_index(op.f("ix_response_event_response_id"), "response_event", ["response_id"])


def _create_calls() -> None:
    outcomes = ("reached", "away", "later", "declined", "wrong_number")
    op.create_table(
        "call",
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("outcome", _words("calloutcome", *outcomes), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("again_at", INSTANT, nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_call_invitation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_call_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index(op.f("ix_call_invitation_id"), "call", ["invitation_id"])
