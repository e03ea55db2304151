"""Anonymous surveys: what is handed in to one says nothing of whose it is, and the database sees to it."""

import sqlalchemy as sa
from alembic import op

revision = "0072_anonymous"
down_revision = "0071_public_links"
branch_labels = None
depends_on = None

LIFTED = "NOT anonymous OR state <> 'submitted' OR door = 'test' OR "
CUT = (
    LIFTED + "(invitation_id IS NULL AND customer_id IS NULL AND "
    "respondent = '' AND token IS NULL AND public_link_id IS NULL AND repeat_cause IS NULL AND claimed_as = '' AND "
    "import_key IS NULL AND import_batch_id IS NULL AND member_id IS NULL AND CAST(attributes AS VARCHAR) = '{}' "
    "AND started_at = submitted_at AND saved_at = submitted_at AND submitted_at IS NOT NULL)"
)
BY_DAY = {
    "sqlite": LIFTED + "substr(submitted_at, 12) = '15:00:00.000000'",
    "postgresql": LIFTED + "CAST(submitted_at AT TIME ZONE 'Asia/Tokyo' AS TIME) = '00:00:00'",
}
TIE, PAIR = "fk_response_survey_id_anonymous", ["survey_id", "anonymous"]


def upgrade() -> None:
    op.add_column("survey", _flag())
    op.create_index("uq_survey_id_anonymous", "survey", ["id", "anonymous"], unique=True)
    dialect = op.get_bind().dialect.name
    with op.batch_alter_table("response", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(_flag())
        batch.create_check_constraint(op.f("ck_response_anonymous_cut"), sa.text(CUT))
        batch.create_check_constraint(op.f("ck_response_anonymous_by_day"), sa.text(BY_DAY[dialect]))
        batch.create_foreign_key(op.f(TIE), "survey", PAIR, ["id", "anonymous"])
    op.create_table(
        "spent_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_spent_token_survey_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_spent_token_token_hash")),
    )
    op.create_index(op.f("ix_spent_token_survey_id"), "spent_token", ["survey_id"])


def downgrade() -> None:
    op.drop_table("spent_token")
    # Sheets that were numbered by lot would lead the sequence of the others astray, and say nothing without the flag.
    op.execute("DELETE FROM response WHERE anonymous AND state = 'submitted'")
    with op.batch_alter_table("response") as batch:
        batch.drop_constraint(op.f(TIE), type_="foreignkey")
        for name in ("cut", "by_day"):
            batch.drop_constraint(op.f(f"ck_response_anonymous_{name}"), type_="check")
        batch.drop_column("anonymous")
    op.drop_index("uq_survey_id_anonymous", table_name="survey")
    op.drop_column("survey", "anonymous")


def _flag() -> sa.Column[bool]:
    return sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false())
