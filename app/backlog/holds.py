"""What the backlog needs of sheets that an import brought."""

import sqlalchemy as sa

from app.backlog.models import Evidence
from app.customers.importers import holds, speaks_for
from app.customers.models import ImportBatch
from app.i18n import lazy_gettext as _l
from app.reasons.models import Reading

PICKED = _l("改善項目の根拠に選ばれています")
# Reasons and surveys are held by the item itself; what was picked is asked for below.
speaks_for("evidence")


@holds("response", "picked", PICKED)
def _sheets_picked(batch: ImportBatch) -> sa.Select[int]:
    return sa.select(Reading.response_id).join(Evidence, Evidence.reading_id == Reading.id)


@holds("answer", "picked", PICKED)
def _answers_picked(batch: ImportBatch) -> sa.Select[int]:
    """Words that were picked since the import wrote them."""
    picked = sa.select(Reading.answer_id).join(Evidence, Evidence.reading_id == Reading.id)
    return picked.where(Evidence.at >= batch.created_at)
