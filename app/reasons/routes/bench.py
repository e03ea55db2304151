"""What the workbench shows: the codes, the answer at hand with those that follow, and why it was read so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import current_app, url_for

from app import clock
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.reasons import engine, queries, services, wording
from app.reasons.models import Coding, Reading, ReasonOrigin
from app.reasons.queries import Place, Segment
from app.reasons.queries.readable import asked_as
from app.reasons.routes.shared import reviewer, survey_filter, tabs

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "-")
FOLLOWING = 4
NEXT = 500  # waiting readings whose places are told; behind them the queue goes on once these are done
STRENGTHS = ((0.67, _l("強")), (0.34, _l("中")), (0.0, _l("弱")))


@dataclass
class Bench:
    """One state of the workbench. `problem` and `again`: what was refused, and the act that may be tried again.

    `typed`: the reasons by clause and the main one of a form that was refused, so that they stay in it.
    """

    survey_id: int | None
    order: str
    reading: Reading | None
    place: Place
    following: list[Reading]
    problem: str = ""
    again: str | None = None
    is_clash: bool = False
    typed: tuple[dict[int, list[int]], str] | None = None
    wording: Any = field(default=wording)

    @property
    def address(self) -> str:
        """This state as an address."""
        return self.at(self.reading.id if self.reading else None)

    def at(self, reading_id: int | None) -> str:
        """The bench with another reading at hand."""
        order = self.order if self.order != queries.ORDERS[0] else None
        return url_for("reasons.show_review", survey=self.survey_id, order=order, reading=reading_id)

    @property
    def orders(self) -> list[dict[str, Any]]:
        words = (_("自信の低い順"), _("新しい順"), _("金額の大きい順"))
        return [
            {
                "label": word,
                "href": url_for("reasons.show_review", survey=self.survey_id, order=key),
                "current": key == self.order,
            }
            for key, word in zip(queries.ORDERS, words, strict=True)
        ]

    @property
    def decided_at(self) -> datetime | None:
        """When a person decided about the answer at hand last."""
        last = services.last_decision(self.reading) if self.reading else None
        return last.at if last else None

    @cached_property
    def progress(self) -> queries.Progress:
        return queries.review_progress(self.survey_id, reviewer(), clock.now())

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return tabs("review")

    @cached_property
    def filters(self) -> list[dict[str, Any]]:
        return [survey_filter(self.survey_id)]

    @cached_property
    def shares(self) -> queries.ReasonShares:
        return queries.reasons_by_mentions(self.survey_id)

    @cached_property
    def codes(self) -> list[dict[str, Any]]:
        """The codebook with counts and keys; `stated`: the answer at hand gives it."""
        counts = {
            one.reason.id: one.count for row in self.shares.rows for one in (row, *row.below) if one.reason
        }
        stated = {reason.id for reason in queries.reasons_stated(self.reading)} if self.reading else set()
        keys = iter(KEYS)
        rows = []
        for reason in queries.reasons_in_use():
            none = reason.code == engine.NONE
            shipped = reason.origin is ReasonOrigin.CODEBOOK
            rows.append(
                {
                    "reason": reason,
                    "count": self.shares.silent if none else counts.get(reason.id, 0),
                    "key": "0" if none else next(keys, None) if shipped else None,
                    "stated": reason.id in stated,
                }
            )
        return rows

    @cached_property
    def themes(self) -> list[tuple[int, str, int]]:
        return queries.themes_named(self.survey_id, 5)

    def segments(self, reading: Reading) -> list[Segment]:
        return queries.segments_of(reading)

    def codings(self, reading: Reading) -> list[Coding]:
        return queries.strongest_codings(reading)

    def clause_words(self, reading: Reading) -> list[tuple[Any, str]]:
        """Each clause with its words, hidden ones hidden."""
        return [(clause, queries.shown_text(queries.quote_of(clause))) for clause in reading.clauses]

    @cached_property
    def why(self) -> list[dict[str, Any]]:
        """For each reason of the answer at hand: the coding and the words that decided, with their weight."""
        assert self.reading is not None
        return [self._why(self.reading, coding) for coding in queries.strongest_codings(self.reading)]

    def _why(self, reading: Reading, coding: Coding) -> dict[str, Any]:
        code, answer = coding.reason.code, reading.answer
        words = [
            word
            for clause in reading.clauses
            for one in clause.codings
            if one.reason_id == coding.reason_id
            for word in one.because
        ]
        asked = asked_as(answer.question.read_as, answer.question.asks_for)
        weights = _engine().weigh(answer.text, asked, code, words) if words else []
        shown = [{"text": word, "share": share, "word": _strength(share)} for word, share in weights]
        return {"coding": coding, "weights": shown, "words": list(dict.fromkeys(words))}

    @cached_property
    def uncounted(self) -> list[tuple[str, str]]:
        """Clauses that were read and on purpose not counted: (words, why)."""
        assert self.reading is not None
        return [
            (words, str(wording.UNCOUNTED[clause.role]))
            for clause, words in self.clause_words(self.reading)
            if clause.role.value in wording.UNCOUNTED
        ]

    def alike(self, why: Sequence[dict[str, Any]]) -> Reading | None:
        """An answer a person decided on that shares the weightiest word and the main reason."""
        words = [one["text"] for one in why[0]["weights"]] or why[0]["words"] if why else []
        return queries.alike_confirmed(self.reading, words[0]) if words and self.reading else None


def bench_for(
    survey_id: int | None, order: str, reading_id: int | None, before: int | None, after: int | None
) -> Bench:
    """The bench with one reading at hand: the one asked for, else the first that waits.

    `before` and `after` remember the neighbours of a reading that was just decided and waits no more.
    """
    order = order if order in queries.ORDERS else queries.ORDERS[0]
    queue = queries.next_to_review(survey_id, order, NEXT)
    wanted = reading_id if reading_id is not None else next(iter(queue), None)
    found = {one.id: one for one in queries.readings_with_words([wanted])} if wanted else {}
    reading = found.get(wanted) if wanted else None
    place = _place(reading, queue, before, after)
    start = queue.index(place.after) if place.after in queue else len(queue)
    ids = queue[start : start + FOLLOWING]
    rest = {one.id: one for one in queries.readings_with_words(ids)}
    return Bench(survey_id, order, reading, place, [rest[one] for one in ids if one in rest])


def _place(reading: Reading | None, queue: list[int], before: int | None, after: int | None) -> Place:
    if reading is None:
        return Place(None, None, None)
    place = queries.place_of(reading, queue)
    if place.number is not None:
        return place
    return Place(before, after if after in queue else place.after, None)


def _strength(share: float) -> str:
    return str(next(word for least, word in STRENGTHS if share >= least))


def _engine() -> engine.Engine:
    return engine.engine_in(Path(current_app.extensions["settings"].instance_path) / "readers")
