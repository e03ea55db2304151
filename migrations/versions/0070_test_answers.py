"""Who tried a survey out, and who published which version of it."""

from alembic import op

revision = "0070_test_answers"
down_revision = "0069_pages"

# Said to both databases in their own words: rebuilding a table, as SQLite would otherwise need for a reference,
# would take all answers with it.
COLUMN = (
    "ALTER TABLE {table} ADD COLUMN member_id INTEGER CONSTRAINT fk_{table}_member_id REFERENCES member (id)"
)
TABLES = ("response", "survey_version")


def upgrade() -> None:
    for table in TABLES:
        op.execute(COLUMN.format(table=table))
    op.execute(
        "UPDATE survey_version SET member_id = (SELECT audit_log.member_id FROM audit_log "
        "WHERE audit_log.subject = 'survey' AND audit_log.subject_id = survey_version.survey_id "
        "AND audit_log.at = survey_version.published_at ORDER BY audit_log.id DESC LIMIT 1)"
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("member_id")
