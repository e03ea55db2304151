"""The filters of the voices as they stand in the address: read, drawn, and told in words."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request

from app.accounts.access import current_member, may
from app.clock import TOKYO
from app.customers.models import Customer
from app.customers.queries import segments
from app.db import db
from app.filters import day_plain, locale_code
from app.i18n import gettext as _
from app.reasons import queries, wording
from app.reasons.engine import NONE
from app.reasons.models import Theme
from app.reasons.queries import UNEXPLAINED, VoiceFilters
from app.reasons.queries.search import ANY_RIVAL, rivals_named
from app.reasons.queries.voices import questions_heard
from app.reasons.routes.shared import number_in, survey_filter

LONGEST_SEARCH, LONGEST_WORD, MOST_THEMES = 100, 40, 30
# Every argument there is; what is saved or exported holds no other.
NAMES = (
    "q", "survey", "reason", "state", "nps", "segment", "question", "theme", "polarity", "confirmed", "rival",
    "since", "until", "customer",
)  # fmt: skip
ALWAYS_OUT = ("survey", "reason", "state", "nps")


def asked(source: Mapping[str, str] | None = None) -> dict[str, str]:
    """The filters that are set, as arguments of an address."""
    given = request.args if source is None else source
    found = {name: str(given.get(name, "")).replace("\0", "").strip()[:LONGEST_SEARCH] for name in NAMES}
    return {name: value for name, value in found.items() if value}


def filters_of(args: Mapping[str, str]) -> VoiceFilters:
    """Arguments of an address as filters; a number or a day that is none is left out."""
    until = _day(args.get("until"))
    return VoiceFilters(
        survey_id=number_in(args.get("survey")),
        reason=args.get("reason", "")[:LONGEST_WORD],
        state=args.get("state", ""),
        nps=args.get("nps", ""),
        polarity=args.get("polarity", ""),
        confirmed=args.get("confirmed", ""),
        search=args.get("q", ""),
        theme_id=number_in(args.get("theme")),
        customer_id=number_in(args.get("customer")),
        since=_start_of(_day(args.get("since"))),
        until=_start_of(until + timedelta(days=1) if until else None),
        segment_id=number_in(args.get("segment")),
        question=args.get("question", "")[:LONGEST_WORD],
        rival=args.get("rival", "")[:LONGEST_WORD],
    )


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if date(1900, 1, 1) <= found <= date(2999, 12, 31) else None


def _start_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), TOKYO) if day else None


def choices(args: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every filter with its options: {name, label, options, value}; `kind` day or fixed where it is no list."""
    filters = filters_of(args)
    lists: list[tuple[str, str, list[tuple[Any, str]]]] = [
        ("reason", _("理由"), _reasons()),
        ("state", _("状態"), _options(wording.STATES)),
        ("nps", _("推奨度"), _options(wording.NPS_CLASSES)),
        ("segment", _("セグメント"), [(one.id, one.name) for one in segments()]),
        ("question", _("設問"), questions_heard(filters.survey_id) if filters.survey_id else []),
        ("theme", _("新しい理由の候補"), _themes(filters)),
        ("polarity", _("気持ち"), _options(wording.POLARITIES)),
        ("confirmed", _("確認"), _options(wording.CONFIRMED)),
        ("rival", _("競合"), _rivals(filters)),
    ]
    found = [survey_filter(filters.survey_id)]
    for name, label, options in lists:
        found.append({"name": name, "label": label, "options": options, "value": args.get(name, "")})
    days = (("since", _("この日から")), ("until", _("この日まで")))
    found += [
        {"name": name, "label": label, "value": _shown_day(args, name), "kind": "day"} for name, label in days
    ]
    if filters.customer_id is not None:
        found.append(
            {"name": "customer", "label": _("お客さま"), "value": filters.customer_id, "kind": "fixed"}
        )
    return [
        {**one, "words": _words(one)} for one in found if one.get("kind") or one["options"] or one["value"]
    ]


def in_words(args: Mapping[str, str]) -> list[tuple[str, str]]:
    """(label, value) of the filters that are set, as people read them."""
    said = [(_("ことば"), f"「{args['q']}」")] if args.get("q") else []
    return said + [(str(one["label"]), one["words"]) for one in choices(args) if one["value"]]


def _words(one: Mapping[str, Any]) -> str:
    if one.get("kind") == "day":
        return day_plain(date.fromisoformat(one["value"]), locale_code()) if one["value"] else ""
    if one.get("kind") == "fixed":
        return _customer(int(one["value"]))
    value = str(one["value"])
    return next((str(label).strip() for key, label in one["options"] if str(key) == value), value)


def _customer(number: int) -> str:
    customer = db.session.get(Customer, number)
    if customer is None:
        return _("いない方")
    return _("%(name)sさま", name=customer.name) if may(current_member(), "personal") else _("おひとり")


def _shown_day(args: Mapping[str, str], name: str) -> str:
    day = _day(args.get(name))
    return day.isoformat() if day else ""


def _reasons() -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = [
        (reason.code, f"　{reason.label}" if reason.parent_id else reason.label)
        for reason in queries.reasons_in_use()
        if reason.code != NONE
    ]
    return [*found, (UNEXPLAINED, _("まだ名前のない理由")), (NONE, _("理由なし"))]


def _themes(filters: VoiceFilters) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = [
        (number, name) for number, name, _size in queries.themes_named(filters.survey_id, MOST_THEMES)
    ]
    if filters.theme_id and filters.theme_id not in dict(found):
        theme = db.session.get(Theme, filters.theme_id)
        found += [(theme.id, theme.name)] if theme else []
    return found


def _rivals(filters: VoiceFilters) -> list[tuple[Any, str]]:
    named = rivals_named(filters.survey_id)
    return [(ANY_RIVAL, _("どれか")), *((name, name) for name, _count in named)] if named else []


def _options(words: Mapping[Any, Any]) -> list[tuple[Any, str]]:
    return [(str(key), str(label)) for key, label in words.items()]
