"""What the workbench shows: the codes, the answer at hand with those that follow, and why it was read so."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import current_app, url_for

from app import clock
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.reasons import engine, queries, services, wording
from app.reasons.models import Coding, Reading, ReasonOrigin
from app.reasons.queries import Place, Queue, Segment
from app.reasons.queries.readable import asked_as
from app.reasons.routes.cuts import Piece, pieces_of
from app.reasons.routes.shared import number_in, reviewer, survey_filter, tabs

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "-")
FOLLOWING, TEN, LONGEST_SEARCH = 4, 10, 100
NEXT = 500  # waiting readings whose places are told; behind them the queue goes on once these are done
STRENGTHS = ((0.67, _l("強")), (0.34, _l("中")), (0.0, _l("弱")))


@dataclass
class Bench:
    """One state of the workbench. `problem` and `again`: what was refused, and the act that may be tried again.

    `chosen`: answers picked to be decided together; `cuts`: the answer at hand is shown in pieces, to cut it anew;
    `next_ids`: the ten that come next. `typed`: the reasons by clause and the main one of a form that was refused, so that they stay in it.
    """

    queue: Queue
    reading: Reading | None
    place: Place
    following: list[Reading]
    chosen: list[Reading] = field(default_factory=list)
    cuts: bool = False
    next_ids: tuple[int, ...] = ()
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
        return self._address(reading=reading_id)

    def with_reason(self, code: str | None) -> str:
        """The bench with the answers of one reason alone, or of all."""
        return self._address(reason=code)

    def drawn_anew(self) -> str:
        """The bench with the sample of the next seed."""
        return self._address(order=f"sample:{self.queue.seed + 1}")

    def in_pieces(self) -> str:
        """The answer at hand, to be cut anew."""
        return self._address(reading=self.reading.id if self.reading else None, cut=1)

    def _address(self, **changes: Any) -> str:
        at = {
            "survey": self.survey_id,
            "order": self.order,
            "reason": self.queue.reason,
            "q": self.queue.search,
        }
        if at["order"] == queries.ORDERS[0]:
            at["order"] = None
        return url_for("reasons.show_review", **{key: value or None for key, value in (at | changes).items()})

    @property
    def survey_id(self) -> int | None:
        return self.queue.survey_id

    @property
    def order(self) -> str:
        """The order as it stands in an address: with the seed of a sample."""
        return f"sample:{self.queue.seed}" if self.queue.order == "sample" else self.queue.order

    @property
    def orders(self) -> list[dict[str, Any]]:
        words = (_("自信の低い順"), _("新しい順"), _("金額の大きい順"), _("無作為"))
        return [
            {"label": word, "href": self._address(order=key), "current": key == self.queue.order}
            for key, word in zip(queries.ORDERS, words, strict=True)
        ]

    @property
    def gain(self) -> str:
        """What the next ten decisions are expected to mend, in words."""
        wrong = queries.expected_misreads(self.next_ids)
        count = len(self.next_ids)
        if not count:
            return ""
        if wrong < 0.5:
            return _n("次の%(count)s件は、いちばんの理由がほぼ合っている見込みです。", count, count=count)
        return _n(
            "次の%(count)s件を確かめると、%(wrong)s件ほどの読みちがいが直る見込みです。",
            count, count=count, wrong=round(wrong),
        )  # fmt: skip

    @property
    def pieces(self) -> list[Piece]:
        assert self.reading is not None
        return pieces_of(self.reading)

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
        in_use = [(one.code, one.label) for one in queries.reasons_in_use()]
        options = [*in_use, (queries.UNEXPLAINED, _("まだ名前のない理由"))]
        reason = {"name": "reason", "label": _("理由"), "options": options, "value": self.queue.reason}
        return [survey_filter(self.survey_id), reason]

    @property
    def is_whole(self) -> bool:
        """Does the queue hold all that waits, so that its places count?"""
        return self.queue.order != "sample" and not self.queue.reason and not self.queue.search

    @cached_property
    def standings(self) -> dict[str, queries.Standing]:
        """Count, share, trend and agreement by code. For a whole page; a press leaves the figures that are there."""
        return queries.standings(self.survey_id, clock.now())

    @cached_property
    def codes(self) -> list[dict[str, Any]]:
        """The codebook with its keys; `stated`: the answer at hand gives it."""
        stated = {reason.id for reason in queries.reasons_stated(self.reading)} if self.reading else set()
        keys = iter(KEYS)
        rows = []
        for reason in queries.reasons_in_use():
            none = reason.code == engine.NONE
            shipped = reason.origin is ReasonOrigin.CODEBOOK
            rows.append(
                {
                    "reason": reason,
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

    @property
    def why_unweighed(self) -> list[dict[str, Any]]:
        """The same without the weights, for an answer that must be there at once."""
        assert self.reading is not None
        codings = queries.strongest_codings(self.reading)
        return [self._why(self.reading, coding, weighed=False) for coding in codings]

    def _why(self, reading: Reading, coding: Coding, weighed: bool = True) -> dict[str, Any]:
        code, answer = coding.reason.code, reading.answer
        words = [
            word
            for clause in reading.clauses
            for one in clause.codings
            if one.reason_id == coding.reason_id
            for word in one.because
        ]
        asked = asked_as(answer.question.read_as, answer.question.asks_for)
        weights = _engine().weigh(answer.text, asked, code, words) if words and weighed else []
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


def queue_in(asked: Any) -> Queue:
    """The queue that an address or a form names; what it does not know is left out."""
    order, _colon, seed = str(asked.get("order") or "").partition(":")
    return Queue(
        survey_id=number_in(asked.get("survey")),
        order=order if order in queries.ORDERS else queries.ORDERS[0],
        seed=number_in(seed) or 1,
        reason=str(asked.get("reason") or "").replace("\0", "")[:40],
        search=str(asked.get("q") or "").replace("\0", "").strip()[:LONGEST_SEARCH],
    )


def bench_for(
    queue: Queue,
    reading_id: int | None,
    before: int | None,
    after: int | None,
    chosen: Collection[int] = (),
    cuts: bool = False,
) -> Bench:
    """The bench with one reading at hand: the one asked for, else the first that waits.

    `before` and `after` remember the neighbours of a reading that was just decided and waits no more.
    """
    waiting = queries.next_to_review(queue, NEXT)
    wanted = reading_id if reading_id is not None else next(iter(waiting), None)
    start = waiting.index(wanted) + 1 if wanted in waiting else None
    if start is None:
        start = waiting.index(after) if after in waiting else 0
    ids = [one for one in waiting[start:] if one not in chosen][:FOLLOWING]
    shown = [*ids, *chosen, *([wanted] if wanted else [])]
    found = {one.id: one for one in queries.readings_with_words(shown)}
    reading = found.get(wanted) if wanted else None
    return Bench(
        queue,
        reading,
        _place(reading, waiting, before, after),
        [found[one] for one in ids if one in found],
        [found[one] for one in chosen if one in found],
        cuts and reading is not None,
        tuple(waiting[max(start - 1, 0) if wanted in waiting else start :][:TEN]),
    )


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
