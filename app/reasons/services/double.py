"""Blind double coding: a lot is drawn, two people read it without seeing each other, what differs is settled together."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Member
from app.db import db
from app.errors import BadInput, EditClash
from app.i18n import gettext as _
from app.reasons.doubles import DoubleCode, DoubleItem, DoubleSample
from app.reasons.engine import NONE
from app.reasons.models import Reading, Reason, ReviewEvent
from app.reasons.queries.causes import asks_why
from app.reasons.queries.double import is_read_by_both, mine_of
from app.reasons.queries.review import by_lot
from app.reasons.services.edits import telling_clause
from app.reasons.services.merging import standing
from app.reasons.services.review import set_codings
from app.surveys.models import Survey

log = structlog.get_logger()


def draw_sample(
    survey: Survey, size: int, seed: int, pair: tuple[Member, Member], member: Member, at: datetime
) -> DoubleSample:
    """Draw so many answers of a survey by lot for two people. Raises BadInput for one person twice, or no answers."""
    first, second = pair
    if first.id == second.id:
        raise BadInput(_("別の二人を選んでください。"))
    drawn = sa.select(Reading.id, Reading.text_hash).where(Reading.survey_id == survey.id, asks_why())
    rows = list(db.session.execute(drawn.order_by(by_lot(seed), Reading.id).limit(size)))
    if not rows:
        raise BadInput(_("この調査には、読んだ声がまだありません。"))
    sample = DoubleSample(
        survey_id=survey.id, seed=seed, first=first, second=second, drawn_by_id=member.id, drawn_at=at
    )
    for position, (reading_id, text_hash) in enumerate(rows, 1):
        sample.items.append(DoubleItem(reading_id=reading_id, text_hash=text_hash, position=position))
    db.session.add(sample)
    db.session.flush()
    log.info("double_drawn", survey=survey.id, count=len(rows), member=member.id)
    return sample


def code_blind(item: DoubleItem, codes: Sequence[str], member: Member, at: datetime) -> DoubleCode:
    """Keep what one of the two reads in an answer, the main reason first; it may be changed until both are done.

    Raises BadInput for codes that do not fit, EditClash once both have read everything.
    """
    codes = _fitting(codes)
    if is_read_by_both(item.sample):
        raise EditClash(
            _("二人とも読み終わったため、もう変えられません。ちがう声は、話し合って決めてください。")
        )
    mine = mine_of(item, member)
    if mine is None:
        try:
            with db.session.begin_nested():
                mine = DoubleCode(item=item, member_id=member.id, codes=codes, at=at)
                db.session.add(mine)
            return mine
        except IntegrityError:  # the same form sent twice at the same moment
            mine = db.session.scalars(
                sa.select(DoubleCode).where(DoubleCode.item_id == item.id, DoubleCode.member_id == member.id)
            ).one()
    mine.codes, mine.at = codes, at
    return mine


def settle_item(
    item: DoubleItem, codes: Sequence[str], member: Member, at: datetime, revision: int | None
) -> ReviewEvent:
    """Decide an answer the two read differently. Errors as set_codings; BadInput before both have read everything."""
    if not is_read_by_both(item.sample):
        raise BadInput(_("二人とも読み終わってから決められます。"))
    wanted = [_reason(code) for code in _fitting(codes)]
    reading = item.reading
    event = set_codings(reading, *_placed(reading, wanted), member, at, revision)
    item.settled_at, item.settled_by_id = at, member.id
    return event


def _placed(reading: Reading, wanted: Sequence[Reason]) -> tuple[list[tuple[int, Sequence[int]]], int | None]:
    """The reasons by clause, and the main one: where a clause says one already it stays there, else the clause that tells most."""
    main = wanted[0].id if wanted else None
    if not wanted or wanted[0].code == NONE:
        return [], main
    ids = [reason.id for reason in wanted]
    codings = {number: [one for one in there if one in ids] for number, there in standing(reading).items()}
    placed = {one for there in codings.values() for one in there}
    if missing := [one for one in ids if one not in placed]:
        codings.setdefault(telling_clause(reading).id, []).extend(missing)
    return list(codings.items()), main


def _fitting(codes: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(codes))
    in_use = set(db.session.scalars(sa.select(Reason.code).where(Reason.active)))
    if not in_use >= set(found):
        raise BadInput(_("選ばれた理由は、もう一覧にありません。"))
    if NONE in found and len(found) > 1:
        raise BadInput(_("「理由なし」は、ほかの理由と一緒に付けられません。"))
    return found


def _reason(code: str) -> Reason:
    return db.session.scalars(sa.select(Reason).where(Reason.code == code)).one()
