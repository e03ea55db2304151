"""Voices as the rows of a file to take home: one for each answer, main reason first, what is hidden hidden."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from app.clock import day_of
from app.customers.models import Customer
from app.db import db
from app.i18n import gettext as _
from app.reasons.models import Clause, Coding, Reading, ReadingState, Reason
from app.reasons.models_voices import RivalMention
from app.reasons.queries.voices import VoiceFilters, readings_found
from app.reasons.queries.words import masked_text
from app.reasons.wording import POLARITIES, STATES
from app.responses.models import Answer, Response, number_of
from app.surveys.models import Question, Survey

AT_ONCE, MOST_ROWS = 500, 20_000


def voice_heads(with_names: bool) -> list[str]:
    """The heads, in order. `with_names`: who the customers are too."""
    heads = (
        _("回答番号"),
        _("回答日"),
        _("調査"),
        _("設問"),
        _("声"),
        _("おもな理由"),
        _("ほかの理由"),
        _("気持ち"),
        _("確認"),
        _("推奨度"),
        _("お客さまの状態"),
        _("挙がった競合"),
    )
    return [*heads, _("顧客番号"), _("お名前")] if with_names else [*heads]


def count_rows(filters: VoiceFilters, unmasked: bool) -> int:
    """How many rows a file of all that is found would have."""
    found = readings_found(filters, unmasked).order_by(None).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def voice_rows(filters: VoiceFilters, unmasked: bool, with_names: bool) -> Iterator[list[Any]]:
    """The rows, newest sheet first, at most MOST_ROWS. `unmasked`: may the search look behind what is hidden?

    `with_names`: nothing is hidden, and the customers are named.
    """
    labels = dict(db.session.execute(sa.select(Reason.id, Reason.label)).all())
    ids = list(db.session.scalars(readings_found(filters, unmasked).limit(MOST_ROWS)))
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        standing = {row.id: row for row in db.session.execute(_said().where(Reading.id.in_(part)))}
        reasons, rivals = _reasons(part), _rivals(part)
        for row in (standing[number] for number in part if number in standing):
            others = [labels[one] for one in reasons[row.id] if one != row.main_reason_id]
            yield _row(row, labels.get(row.main_reason_id), others, rivals[row.id], with_names)


def _said() -> sa.Select[*tuple[Any, ...]]:
    """What a row says, as columns: thousands of objects would take their time."""
    return (
        sa.select(
            Reading.id,
            Reading.main_reason_id,
            Reading.polarity,
            Reading.state,
            Reading.masked,
            Answer.text,
            Question.title,
            Response.id.label("response_id"),
            Response.anonymous,
            Response.submitted_at,
            Response.nps,
            Survey.name.label("survey"),
            Customer.key,
            Customer.name,
            Customer.state.label("customer_state"),
        )
        .join(Answer, Answer.id == Reading.answer_id)
        .join(Question, Question.id == Answer.question_id)
        .join(Response, Response.id == Reading.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .outerjoin(Customer, Customer.id == Response.customer_id)
    )


def _reasons(reading_ids: Sequence[int]) -> dict[int, list[int]]:
    """The reasons of each reading, in the order of its clauses."""
    query = sa.select(Clause.reading_id, Coding.reason_id).join(Coding, Coding.clause_id == Clause.id)
    query = query.where(Clause.reading_id.in_(reading_ids)).order_by(Clause.start, Coding.id)
    found: dict[int, list[int]] = defaultdict(list)
    for number, reason_id in db.session.execute(query):
        if reason_id not in found[number]:
            found[number].append(reason_id)
    return found


def _rivals(reading_ids: Sequence[int]) -> dict[int, list[str]]:
    query = sa.select(RivalMention.reading_id, RivalMention.name).where(
        RivalMention.reading_id.in_(reading_ids)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for number, name in db.session.execute(query.order_by(RivalMention.name)):
        found[number].append(name)
    return found


def _row(
    row: Any, main: str | None, others: Sequence[str], rivals: Sequence[str], with_names: bool
) -> list[Any]:
    said = [
        "" if row.anonymous else number_of(row.response_id),
        day_of(row.submitted_at).isoformat() if row.submitted_at else "",
        row.survey,
        row.title,
        row.text if with_names else masked_text(row.text, row.masked),
        main or _("まだ名前のない理由"),
        _("、").join(others),
        str(POLARITIES[row.polarity]),
        _("確定") if row.state is ReadingState.CONFIRMED else _("まだ"),
        row.nps,
        str(STATES[row.customer_state]) if row.customer_state else "",
        _("、").join(rivals),
    ]
    return [*said, row.key or "", row.name or ""] if with_names else said
