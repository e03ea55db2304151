"""What every staff page shows around its content: menu, waiting counts, organisation, demo progress."""

from collections.abc import Callable
from typing import Any

from flask import Flask, g, url_for

from app.accounts.access import current_member, may
from app.accounts.queries import organisation
from app.i18n import gettext as _

# Each feature to the right adds its waiting work here at start; the page asks once per request.
WAITING: dict[str, Callable[[], int]] = {}


def waits(key: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register how many pieces of work wait under one menu entry."""

    def keep(count: Callable[[], int]) -> Callable[[], int]:
        WAITING[key] = count
        return count

    return keep


# At most one long work that every page tells of (the demo while it fills in).
PROGRESS: list[Callable[[], dict[str, Any] | None]] = []


def shows_progress(progress: Callable[[], dict[str, Any] | None]) -> None:
    """Register a work every staff page tells of: {done, total, label, url}, or None when there is none."""
    if progress not in PROGRESS:
        PROGRESS.append(progress)


def waiting() -> dict[str, int]:
    """How much work waits under each menu entry; asked once per request."""
    if "waiting" not in g:
        g.waiting = {key: count() for key, count in WAITING.items()}
    found: dict[str, int] = g.waiting
    return found


def menu() -> list[tuple[str, str, str, int]]:
    """Return (key, label, address, waiting count) in the order of the loop."""
    entries = (
        ("today", _("今日"), "reports.show_today"),
        ("customers", _("顧客"), "customers.list_customers"),
        ("surveys", _("調査"), "surveys.list_surveys"),
        ("campaigns", _("配信"), "campaigns.list_campaigns"),
        ("voices", _("声"), "reasons.list_voices"),
        ("reasons", _("理由"), "reasons.list_reasons"),
        ("backlog", _("改善"), "backlog.list_items"),
        ("recovery", _("成果"), "recovery.list_outcomes"),
        ("settings", _("設定"), "accounts.show_settings"),
    )
    counts = waiting()
    return [(key, label, url_for(endpoint), counts.get(key, 0)) for key, label, endpoint in entries]


def around() -> dict[str, Any]:
    """Template context of every page."""
    if "organisation" not in g:
        g.organisation = organisation()
    member = None if g.get("without_menu") else current_member()
    shown: dict[str, Any] = {
        "organisation": g.organisation,
        "current_member": member,
        "demo_progress": None,
        "menu": [],
    }
    if member is not None:
        shown["sign_out_url"] = url_for("accounts.sign_out")
    if may(member, "read"):
        shown["menu"] = menu()
        shown["demo_progress"] = next((found for ask in PROGRESS if (found := ask())), None)
    return shown


def init_app(app: Flask) -> None:
    app.context_processor(around)
