"""Who changed a campaign last: they cannot be the second person who approves it"""

from alembic import op

revision = "0031_last_changer"
down_revision = "0051_reading_home"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Said to both databases in their own words: rebuilding the table, as SQLite would otherwise need for
    # a reference, would take all invitations with it.
    op.execute(
        "ALTER TABLE campaign ADD COLUMN changed_by_id INTEGER "
        "CONSTRAINT fk_campaign_changed_by_id REFERENCES member (id)"
    )
    op.execute(
        "UPDATE campaign SET changed_by_id = (SELECT audit_log.member_id FROM audit_log "
        "WHERE audit_log.subject = 'campaign' AND audit_log.subject_id = campaign.id "
        "AND audit_log.verb = 'changed' ORDER BY audit_log.id DESC LIMIT 1)"
    )


def downgrade() -> None:
    op.drop_column("campaign", "changed_by_id")
