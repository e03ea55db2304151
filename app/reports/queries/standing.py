"""What waits for somebody, what goes out, what was read last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Member
from app.campaigns.models import Campaign
from app.campaigns.queries import waits_for
from app.db import db
from app.reasons.models import AnalysisRun, Theme, ThemeMember, ThemeState
from app.surveys.models import Survey, SurveyVersion

LATELY = 10


@dataclass(frozen=True)
class ThemeSize:
    """A theme that waits for a decision, with its number of answers."""

    id: int
    name: str
    size: int


@dataclass(frozen=True)
class WaitingApproval:
    """A campaign somebody else wants to send."""

    campaign_id: int
    name: str
    author: str | None


def theme_sizes(survey_id: int | None = None) -> Sequence[ThemeSize]:
    """The themes that wait for a decision, of one survey or of all, largest first."""
    size = sa.func.count(ThemeMember.id)
    waiting = sa.and_(Theme.state == ThemeState.PROPOSED, Theme.within_id.is_(None))
    query = sa.select(Theme.id, Theme.name, size).outerjoin(ThemeMember).where(waiting)
    if survey_id is not None:
        query = query.where(Theme.survey_id == survey_id)
    ranked = query.group_by(Theme.id, Theme.name).order_by(size.desc(), Theme.id)
    return [ThemeSize(*row) for row in db.session.execute(ranked)]


def approvals_waiting(member: Member) -> Sequence[WaitingApproval]:
    """Campaigns that wait for this member to approve them, the one that waits longest first."""
    query = (
        sa.select(Campaign.id, Campaign.name, Member.name)
        .outerjoin(Member, Member.id == Campaign.member_id)
        .where(waits_for(member))
        .order_by(Campaign.asked_at, Campaign.id)
    )
    return [WaitingApproval(*row) for row in db.session.execute(query)]


def campaigns_lately(since: datetime) -> Sequence[Campaign]:
    """The newest campaigns that have begun, with their surveys: those since an instant, and the last one in any case."""
    begun = sa.select(Campaign).where(Campaign.started_at.is_not(None)).options(joinedload(Campaign.survey))
    newest = list(
        db.session.scalars(begun.order_by(Campaign.started_at.desc(), Campaign.id.desc()).limit(LATELY))
    )
    return [one for place, one in enumerate(newest) if not place or (one.started_at or since) >= since]


def any_survey_published() -> bool:
    """Has a survey ever been put to use?"""
    published = sa.select(SurveyVersion.id).where(SurveyVersion.published_at.is_not(None))
    return bool(db.session.scalar(sa.select(published.exists())))


def newest_run_of(survey_id: int) -> AnalysisRun | None:
    """The last reading of a survey, whatever became of it."""
    mine = sa.select(AnalysisRun).where(AnalysisRun.survey_id == survey_id)
    return db.session.scalar(mine.order_by(AnalysisRun.id.desc()).limit(1))


def survey_called(word: str) -> Survey | None:
    """A survey by its number, else by its name."""
    is_number = word.isascii() and word.isdigit() and len(word) < 10
    found = db.session.get(Survey, int(word)) if is_number else None
    return found or db.session.scalar(sa.select(Survey).where(Survey.name == word))
