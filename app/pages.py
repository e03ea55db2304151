"""What every staff page shows around its content: menu, waiting counts, organisation, long works under way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, may, may_open, signed_in
from app.accounts.queries import organisation
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.i18n import pgettext

# Each feature to the right adds its waiting work here at start; the page asks once per request.
WAITING: dict[str, tuple[Right, Callable[[], int]]] = {}


def waits(key: str, right: Right) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register how many pieces of work wait under one menu entry, for members who have the right to do it."""

    def keep(count: Callable[[], int]) -> Callable[[], int]:
        WAITING[key] = (right, count)
        return count

    return keep


@dataclass(frozen=True)
class Work:
    """A long work that is under way: what it does, how far it is, and who may see it.

    url: the page that shows it, if one does; left: the time it still takes, in words; cancel_url: the address that stops it when it is posted to, if one does.
    """

    label: str
    done: int
    total: int
    url: str = ""
    right: Right = Right.READ
    left: str = ""
    cancel_url: str = ""


WORKS: list[Callable[[], Iterable[Work]]] = []
blueprint = Blueprint("pages", __name__)


def shows_works(works: Callable[[], Iterable[Work]]) -> Callable[[], Iterable[Work]]:
    """Register a query for long works under way; every staff page tells of them, whoever started them."""
    WORKS.append(works)
    return works


def works(shown_on: str) -> list[Work]:
    """The long works this member may see, but for those whose own page this is."""
    member = current_member()
    found = (work for ask in WORKS for work in ask())
    return [work for work in found if may(member, work.right) and not (work.url and work.url == shown_on)]


def time_left(done: int, total: int, since: datetime | None, now: datetime) -> str:
    """How long a work still takes at its pace so far, in words; "" where that cannot be told yet."""
    spent = (now - since).total_seconds() if since is not None else 0
    if not done or spent < 2 or done >= total:
        return ""
    seconds = spent * (total - done) / done
    if seconds < 60:
        count = max(5, 5 * round(seconds / 5))
        return _n("約%(count)s秒", count, count=count)
    return _n("約%(count)s分", round(seconds / 60), count=round(seconds / 60))


@blueprint.get("/works")
@signed_in
def show_works() -> ResponseReturnValue:
    """The notice of works under way alone, asked for every two seconds by the page that carries it."""
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path
    return render_template("layouts/_works.html", works=works(page))


def waiting() -> dict[str, int]:
    """How much work waits for this member under each menu entry; asked once per request."""
    if "waiting" not in g:
        member = current_member()
        g.waiting = {key: count() for key, (right, count) in WAITING.items() if may(member, right)}
    found: dict[str, int] = g.waiting
    return found


def menu() -> list[tuple[str, str, str, int]]:
    """Return (key, label, address, waiting count) in the order of the loop; only what this member may open."""
    entries = (
        ("today", _("今日"), "reports.show_today"),
        ("customers", pgettext("menu", "顧客"), "customers.list_customers"),
        ("surveys", pgettext("menu", "調査"), "surveys.list_surveys"),
        ("campaigns", pgettext("menu", "配信"), "campaigns.list_campaigns"),
        ("voices", pgettext("menu", "声"), "reasons.list_voices"),
        ("reasons", pgettext("menu", "理由"), "reasons.list_reasons"),
        ("backlog", pgettext("menu", "改善"), "backlog.list_items"),
        ("recovery", pgettext("menu", "成果"), "recovery.list_outcomes"),
        ("settings", _("設定"), "accounts.show_settings"),
        ("audit", _("記録"), "accounts.show_audit_log"),
    )
    member, counts = current_member(), waiting()
    return [
        (key, label, url_for(endpoint), counts.get(key, 0))
        for key, label, endpoint in entries
        if may_open(member, current_app.view_functions[endpoint])
    ]


def around() -> dict[str, Any]:
    """Template context of every page."""
    if "organisation" not in g:
        g.organisation = organisation()
    member = None if g.get("without_menu") else current_member()
    shown: dict[str, Any] = {
        "organisation": g.organisation,
        "current_member": member,
        "works": [],
        "menu": [],
    }
    if member is not None:
        shown["sign_out_url"] = url_for("accounts.sign_out")
        shown["own_url"] = url_for("accounts.show_own")
        shown["menu"] = menu()
    if may(member, "read"):
        shown["works"] = works(request.path)
    return shown


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.context_processor(around)
    app.jinja_env.globals["time_left"] = lambda done, total, since: time_left(done, total, since, clock.now())
