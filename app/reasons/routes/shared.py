"""What the screens of this feature share: the blueprint, the tabs, arguments of the address."""

from typing import Any

from flask import Blueprint, request, url_for

from app.accounts.access import Right, current_member, may
from app.accounts.models import Member
from app.db import db
from app.i18n import gettext as _
from app.reasons import queries
from app.surveys.models import Survey

blueprint = Blueprint("reasons", __name__)

LARGEST = 2**31 - 1


def reviewer() -> Member:
    """The member at work; the access mark of the route has made sure that there is one."""
    member = current_member()
    assert member is not None
    return member


def number_in(text: str | None, below: bool = False) -> int | None:
    """A row's number as it stands in an address or a form; None where it is none.

    `below`: numbers below zero are some too (sheets without a name are numbered by lot).
    """
    digits = (text or "").removeprefix("-" if below else "")
    found = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else 0
    if not 0 < found <= LARGEST:
        return None
    return found if digits == text else -found


def number_asked(name: str) -> int | None:
    """The number under this name in the address."""
    return number_in(request.args.get(name))


def is_partial() -> bool:
    """Does htmx ask for a part of the page?"""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def tabs(current: str) -> list[dict[str, Any]]:
    """The screens below 理由."""
    entries = [
        ("list", _("理由の一覧"), url_for("reasons.list_reasons")),
        ("review", _("理由の確認"), url_for("reasons.show_review")),
        ("themes", _("新しい理由の候補"), url_for("reasons.list_themes")),
        ("codebook", _("理由の定義"), url_for("reasons.show_codebook")),
        ("dictionary", _("辞書"), url_for("reasons.show_dictionary")),
        ("runs", _("分析の実行"), url_for("reasons.list_runs")),
        ("quality", _("品質"), url_for("reasons.show_quality")),
        ("analysis", _("分析"), url_for("reports.show_latest_analysis")),
    ]
    if not may(current_member(), Right.CODE):
        entries = [entry for entry in entries if entry[0] != "review"]
    return [{"label": label, "href": href, "current": key == current} for key, label, href in entries]


def survey_filter(value: int | None, all_words: str | None = None, **extra: Any) -> dict[str, Any]:
    """The filter that picks one survey."""
    options: list[tuple[Any, str]] = [(survey.id, survey.name) for survey in queries.surveys_heard()]
    if value and value not in dict(options) and (silent := db.session.get(Survey, value)) is not None:
        options.append((silent.id, silent.name))
    shown: dict[str, Any] = {"name": "survey", "label": _("調査"), "options": options, "value": value or ""}
    return {**shown, **({"all": all_words} if all_words else {}), **extra}
