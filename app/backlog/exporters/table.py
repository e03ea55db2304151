"""The backlog as one table of plain values, which every form of file writes."""

from typing import Any

from app.backlog.models import ItemState, Verdict
from app.backlog.queries import RankedBacklog, RankedItem
from app.clock import day_of
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.reasons.queries.mentions import typical_clauses
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


def columns(in_yen: bool) -> list[str]:
    """The heads, in order."""
    unit = _("円/年") if in_yen else _("人")
    return [
        _("番号"),
        _("改善項目"),
        _("理由コード"),
        _("理由"),
        _("順位"),
        _("同じくらいの組"),
        _("声（人）"),
        _("失った額（円/年）"),
        _("戻る見込み"),
        _("取り戻せる見込み（%(unit)s）", unit=unit),
        _("下限"),
        _("上限"),
        _("手間（人日）"),
        _("手間は仮の値"),
        _("状態"),
        _("決定"),
        _("決定の理由"),
        _("決めた人"),
        _("決めた日"),
        _("担当"),
        _("直した日"),
        *[_("声の例%(number)s", number=number) for number in range(1, QUOTES + 1)],
    ]


def rows(backlog: RankedBacklog) -> list[list[Any]]:
    """The table's body."""
    return [row_of(ranked, backlog.in_yen) for ranked in backlog.items]


def row_of(ranked: RankedItem, in_yen: bool) -> list[Any]:
    """One item: numbers as numbers, words as words, quotes masked."""
    item, figures = ranked.item, ranked.figures
    decision = item.decisions[0] if item.decisions else None
    clauses = typical_clauses(item.reason_id, item.survey_id, QUOTES)
    quotes = [shown_text(quote_of(clause)) for clause in clauses]
    return [
        item.number,
        item.title,
        item.reason.code,
        item.reason.label,
        figures.rank if figures else None,
        figures.band if figures else None,
        figures.n if figures else 0,
        round(figures.lost) if figures and in_yen else None,
        round(figures.chance, 3) if figures else None,
        *([round(figures.value), round(figures.low), round(figures.high)] if figures else [None] * 3),
        figures.effort if figures else item.effort_days,
        (_("はい") if figures.effort_is_assumed else _("いいえ")) if figures else None,
        str(STATES[item.state]),
        str(VERDICTS[item.verdict]) if item.verdict else None,
        decision.why if decision else None,
        decision.member.name if decision else None,
        day_of(decision.at).isoformat() if decision else None,
        item.owner,
        item.released_on.isoformat() if item.released_on else None,
        *(quotes + [None] * QUOTES)[:QUOTES],
    ]
