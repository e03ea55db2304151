"""The backlog as plain values, which every form of file writes and every record of an export keeps.

Customers' words are not among what is kept: a line names the clauses it quotes, and they are looked up when a file is
written. So a record outlives nobody's erasure, and the same voices give the same bytes again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from app.backlog.models import BacklogItem, ItemState, Verdict
from app.backlog.models_exports import TrackerIssue
from app.backlog.queries import RankedBacklog, RankedItem, typical_voices
from app.backlog.queries.tracked import issues_of
from app.clock import day_of
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.reasons.queries.mentions import clauses_with_words
from app.reasons.queries.words import quote_of, shown_text

QUOTES = 3
STATES = {
    ItemState.CANDIDATE: _l("決定待ち"),
    ItemState.DECIDED: _l("決定済み"),
    ItemState.IN_PROGRESS: _l("取り組み中"),
    ItemState.RELEASED: _l("直しました"),
    ItemState.MEASURED: _l("確かめました"),
}
VERDICTS = {Verdict.DO: _l("やる"), Verdict.LATER: _l("あとで"), Verdict.DONT: _l("やらない")}
# What a line may hold beside its number, its title and its voices, by the names that JSON has; and the heads.
HEADS: dict[str, Any] = {
    "reason": _l("理由コード"),
    "label": _l("理由"),
    "rank": _l("順位"),
    "band": _l("同じくらいの組"),
    "people": _l("声（人）"),
    "lost": _l("失った額（円/年）"),
    "chance": _l("戻る見込み"),
    "value": _l("取り戻せる見込み（円/年）"),
    "low": _l("下限"),
    "high": _l("上限"),
    "effort": _l("手間（人日）"),
    "effort_is_assumed": _l("手間は仮の値"),
    "state": _l("状態"),
    "verdict": _l("決定"),
    "why": _l("決定の理由"),
    "decided_by": _l("決めた人"),
    "decided_on": _l("決めた日"),
    "owner": _l("担当"),
    "released_on": _l("直した日"),
    "problem": _l("困りごと"),
    "public": _l("お客さまへのことば"),
    "review_on": _l("見直す日"),
    "tags": _l("タグ"),
    "tracker_key": _l("課題キー"),
    "tracker_status": _l("課題の状態"),
    "quotes": _l("声の例"),
}


@dataclass(frozen=True)
class Choice:
    """What is to be taken home: columns by name (none: all), items in these states, with these verdicts, of an owner."""

    columns: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    owner: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Choice":
        """A choice as a preset or a record keeps it; names that are no more are left out."""
        return cls(
            tuple(name for name in kept.get("columns", ()) if name in HEADS),
            tuple(one for one in kept.get("states", ()) if one in [state.value for state in ItemState]),
            tuple(one for one in kept.get("verdicts", ()) if one in [verdict.value for verdict in Verdict]),
            str(kept.get("owner", "")),
        )

    def kept(self) -> dict[str, Any]:
        """The same as JSON keeps it."""
        return {
            "columns": list(self.columns),
            "states": list(self.states),
            "verdicts": list(self.verdicts),
            "owner": self.owner,
        }

    def takes(self, item: BacklogItem) -> bool:
        """Is this item to be taken?"""
        return (
            (not self.states or item.state.value in self.states)
            and (not self.verdicts or (item.verdict is not None and item.verdict.value in self.verdicts))
            and self.owner in ("", item.owner)
        )


EVERYTHING = Choice()


@dataclass(frozen=True)
class Table:
    """Lines in the order of the backlog; `respondents` speak for `base` lapsed customers.

    quotes: what the clauses say that lines name, as they may be shown; on: the day the file is for.
    """

    in_yen: bool
    respondents: int
    base: int
    lines: Sequence[Mapping[str, Any]]
    columns: tuple[str, ...] = ()
    quotes: Mapping[int, str] = field(default_factory=dict)
    on: date | None = None

    def names(self) -> list[str]:
        """The columns chosen, in their order; all of them unless some are."""
        return [name for name in HEADS if not self.columns or name in self.columns]

    def quotes_of(self, line: Mapping[str, Any]) -> list[str]:
        """The voices of a line that are still there."""
        return [self.quotes[number] for number in line["clauses"] if number in self.quotes]

    def heads(self) -> list[str]:
        """The heads, in order."""
        return [_("番号"), _("改善項目"), *(head for name in self.names() for head in self._head(name))]

    def _head(self, name: str) -> list[str]:
        if name == "quotes":
            return [_("声の例%(number)s", number=number) for number in range(1, QUOTES + 1)]
        if name == "value" and not self.in_yen:
            return [_("重みづけた人数")]
        return [str(HEADS[name])]

    def rows(self) -> list[list[Any]]:
        """The body: numbers as numbers, words as words."""
        return [self.row(line) for line in self.lines]

    def row(self, line: Mapping[str, Any]) -> list[Any]:
        cells = [cell for name in self.names() for cell in self._cells(line, name)]
        return [line["id"], line["title"], *cells]

    def _cells(self, line: Mapping[str, Any], name: str) -> list[Any]:
        if name == "quotes":
            return (self.quotes_of(line) + [None] * QUOTES)[:QUOTES]
        return [None if line[name] is None else _in_words(name, line[name])]

    def kept(self) -> dict[str, Any]:
        """The table as a record keeps it: without anybody's words."""
        return {
            "in_yen": self.in_yen,
            "respondents": self.respondents,
            "base": self.base,
            "columns": list(self.columns),
            "lines": [dict(line) for line in self.lines],
        }


def _in_words(name: str, value: Any) -> Any:
    """A value as a table shows it."""
    if name == "state":
        return str(STATES[ItemState(value)])
    if name == "verdict":
        return str(VERDICTS[Verdict(value)])
    if name == "effort_is_assumed":
        return _("はい") if value else _("いいえ")
    return _("、").join(value) if name == "tags" else value


def table_of(backlog: RankedBacklog, choice: Choice = EVERYTHING) -> Table:
    """The chosen part of a backlog as plain values."""
    taken = [ranked for ranked in backlog.items if choice.takes(ranked.item)]
    issues = issues_of([ranked.item.id for ranked in taken])
    lines = [_line(ranked, backlog.in_yen, issues.get(ranked.item.id)) for ranked in taken]
    plain = Table(backlog.in_yen, backlog.respondents, backlog.base, lines, choice.columns)
    return _with_quotes(plain)


def table_again(kept: Mapping[str, Any]) -> Table:
    """A table from its record, with the voices as they are now; those erased since are no longer in it."""
    plain = Table(kept["in_yen"], kept["respondents"], kept["base"], kept["lines"], tuple(kept["columns"]))
    return _with_quotes(plain)


def _with_quotes(plain: Table) -> Table:
    clauses = clauses_with_words([number for line in plain.lines for number in line["clauses"]])
    return replace(plain, quotes={clause.id: shown_text(quote_of(clause)) for clause in clauses})


def _line(ranked: RankedItem, in_yen: bool, issue: TrackerIssue | None) -> dict[str, Any]:
    item, figures = ranked.item, ranked.figures
    decision = item.decisions[0] if item.decisions else None
    return {
        "id": item.number,
        "item": item.id,
        "title": item.title,
        "problem": item.problem,
        "reason": item.reason.code,
        "label": item.reason.label,
        "rank": figures.rank if figures else None,
        "band": figures.band if figures else None,
        "people": figures.n if figures else 0,
        "lost": round(figures.lost) if figures and in_yen else None,
        "chance": round(figures.chance, 3) if figures else None,
        "value": round(figures.value) if figures else None,
        "low": round(figures.low) if figures else None,
        "high": round(figures.high) if figures else None,
        "effort": figures.effort if figures else item.effort_days,
        "effort_is_assumed": figures.effort_is_assumed if figures else None,
        "state": item.state.value,
        "verdict": item.verdict.value if item.verdict else None,
        "why": decision.why if decision else None,
        "public": decision.public if decision else None,
        "review_on": _iso(decision.review_on) if decision else None,
        "decided_by": decision.member.name if decision else None,
        "decided_on": day_of(decision.at).isoformat() if decision else None,
        "owner": item.owner,
        "tags": list(item.tags),
        "released_on": _iso(item.released_on),
        "tracker_key": issue.key if issue else None,
        "tracker_status": issue.status if issue else None,
        "clauses": [clause.id for clause in typical_voices(item, QUOTES)],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
