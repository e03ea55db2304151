"""The words of this feature's pages that stand for codes."""

from collections.abc import Mapping
from typing import Any

from app.backlog.models import BacklogItem, Decision, ItemState, Verdict
from app.backlog.queries.history import Entry
from app.filters import day_plain, locale_code
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.reasons.wording import RECOVERABILITIES

__all__ = ["FIELDS", "RECOVERABILITIES", "STATES", "VERDICTS", "deed", "proposed_problem"]

VERDICTS = {Verdict.DO: _l("やる"), Verdict.LATER: _l("あとで"), Verdict.DONT: _l("やらない")}
STATES = {
    ItemState.CANDIDATE: _l("決定待ち"),
    ItemState.DECIDED: _l("決定済み"),
    ItemState.IN_PROGRESS: _l("取り組み中"),
    ItemState.RELEASED: _l("直しました"),
    ItemState.MEASURED: _l("確かめました"),
}
FIELDS = {
    "title": _l("改善項目"),
    "problem": _l("困りごと"),
    "owner": _l("担当"),
    "tags": _l("タグ"),
    "effort_days": _l("手間"),
    "recoverability": _l("取り戻しやすさ"),
}


def proposed_problem(words: str, item: BacklogItem) -> str:
    """The problem in a sentence, from what its voices share; from the reason where nothing is shared."""
    return _("「%(words)s」といった声が、離れた方から寄せられています。", words=words or item.reason.label)


def deed(entry: Entry) -> str:
    """One line of an item's history."""
    if entry.decision is not None:
        return _decided(entry.decision)
    if entry.kind == "changed":
        names = _("・").join(str(FIELDS[name]) for name in entry.names if name in FIELDS)
        return _("%(fields)sを変えました", fields=names)
    if entry.kind == "evidence":
        return _grounds(entry.detail or {})
    return _state(entry)


def _decided(decision: Decision) -> str:
    verdict = str(VERDICTS[decision.verdict])
    if decision.review_on is None:
        return _("「%(verdict)s」に決めました", verdict=verdict)
    day = day_plain(decision.review_on, locale_code())
    return _("「%(verdict)s」に決めました（%(day)sに見直します）", verdict=verdict, day=day)


def _grounds(detail: Mapping[str, Any]) -> str:
    if detail.get("dropped"):
        return _("根拠から「%(label)s」を外しました", label=detail["dropped"])
    if detail.get("unpicked"):
        return _("根拠から声を外しました")
    parts = [_("「%(label)s」", label=label) for label in detail.get("reasons", ())]
    if detail.get("picked"):
        parts.append(_n("声%(count)s件", int(detail["picked"]), count=int(detail["picked"])))
    return _("根拠に%(parts)sを加えました", parts=_("と").join(parts))


def _state(entry: Entry) -> str:
    if entry.kind == ItemState.RELEASED:
        return _("直したことを記録しました")
    known = {
        ItemState.IN_PROGRESS.value: _("取り組みを始めました"),
        ItemState.MEASURED.value: _("成果を確かめました"),
    }
    return known.get(entry.kind, _("改善項目にしました"))
