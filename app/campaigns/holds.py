"""What campaigns need of rows that an import brought."""

import sqlalchemy as sa

from app.campaigns.models import Invitation
from app.customers.importers import holds, words_of_use
from app.customers.models import Consent, ImportBatch
from app.i18n import lazy_gettext as _l

words_of_use("invitation", _l("配信でお願いしています"))
words_of_use("skip", _l("配信で、送らない方として記録されています"))
words_of_use("campaign", _l("配信に使われています"))


@holds("consent", "sent_on_it", _l("この同意にもとづいて配信しています"))
def _sent_on_it(batch: ImportBatch) -> sa.Select[int]:
    """Whom a campaign has invited since, it has invited on this ground: the entry is its evidence."""
    invited = sa.select(Invitation.customer_id).where(Invitation.invited_at >= batch.created_at)
    return sa.select(Consent.id).where(Consent.customer_id.in_(invited))
