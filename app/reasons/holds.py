"""What reading needs of sheets that an import brought, and what goes with them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.customers.importers import before_removal, holds, speaks_for
from app.customers.models import ImportBatch
from app.db import db
from app.i18n import lazy_gettext as _l
from app.reasons.doubles import DoubleCode, DoubleItem
from app.reasons.models import AnalysisRun, Reading, ReadingState, ReviewEvent, Theme, ThemeMember, ThemeState
from app.reasons.services.telling import forget_sheets, tell_customers
from app.responses.models import Answer
from app.responses.public import untying

CONFIRMED, ADOPTED = _l("読み取りをメンバーが確かめました"), _l("採用した理由のもとになっています")
# What a machine has read goes with the words; what people decided about it is asked for below.
speaks_for(
    "reading", "reading_draft", "theme_member", "analysis_run", "theme", "search_text", "rival_mention"
)


@holds("response", "confirmed", CONFIRMED)
def _sheets_confirmed(batch: ImportBatch) -> sa.Select[int]:
    reviewed = sa.select(ReviewEvent.reading_id).where(ReviewEvent.reading_id.is_not(None))
    read_blind = sa.select(DoubleItem.reading_id).join(DoubleCode)
    decided = sa.or_(
        Reading.state == ReadingState.CONFIRMED, Reading.id.in_(reviewed), Reading.id.in_(read_blind)
    )
    return sa.select(Reading.response_id).where(decided)


@holds("response", "adopted", ADOPTED)
def _sheets_adopted(batch: ImportBatch) -> sa.Select[int]:
    return sa.select(Answer.response_id).where(Answer.id.in_(_adopted()))


@holds("answer", "confirmed", CONFIRMED)
def _answers_confirmed(batch: ImportBatch) -> sa.Select[int]:
    """Words that people have read since the import wrote them."""
    reviewed = sa.select(ReviewEvent.reading_id).where(
        ReviewEvent.reading_id.is_not(None), ReviewEvent.at >= batch.created_at
    )
    decided = sa.or_(Reading.confirmed_at >= batch.created_at, Reading.id.in_(reviewed))
    return sa.select(Reading.answer_id).where(decided)


@holds("survey", "adopted", ADOPTED)
def _surveys_adopted(batch: ImportBatch) -> sa.Select[int]:
    return sa.select(Theme.survey_id).where(Theme.state == ThemeState.ADOPTED)


def _adopted() -> sa.Select[int]:
    return sa.select(ThemeMember.answer_id).join(Theme).where(Theme.state == ThemeState.ADOPTED)


@before_removal("response")
def _unread(response_ids: Sequence[int], at: datetime) -> None:
    """Sheets that go say nothing about their customers any more."""
    db.session.execute(
        sa.delete(Reading)
        .where(Reading.response_id.in_(response_ids))
        .execution_options(synchronize_session=False)
    )
    tell_customers(response_ids, at)


untying(forget_sheets)


@before_removal("survey")
def _forget_runs(survey_ids: Sequence[int], at: datetime) -> None:
    for model in (Theme, AnalysisRun):
        rows = sa.delete(model).where(model.survey_id.in_(survey_ids))
        db.session.execute(rows.execution_options(synchronize_session=False))
