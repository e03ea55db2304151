"""/settings/audit (操作の記録): who did what when. Customers appear by number only."""

from datetime import datetime, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import audit_words, queries
from app.accounts.access import Right, needs
from app.accounts.routes import blueprint
from app.i18n import gettext as _
from app.paging import Page

NOBODY = "0"  # what the product did by itself


@blueprint.get("/settings/audit")
@needs(Right.AUDIT)
def show_audit_log() -> ResponseReturnValue:
    chosen = {name: request.args.get(name, "") for name in ("member", "subject", "days")}
    query = queries.audit_entries(
        member_id=_number(chosen["member"]), subject=chosen["subject"], since=_since(chosen["days"])
    )
    page = Page.of(query, request.args.get("page", 1, int), scalars=False)
    return render_template(
        "accounts/audit.html",
        page=page,
        filters=_filters(chosen),
        words=audit_words,
        is_filtered=any(chosen.values()),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _since(days: str) -> datetime | None:
    number = _number(days)
    return clock.now() - timedelta(days=min(number, 3650)) if number else None


def _filters(chosen: dict[str, str]) -> list[dict[str, object]]:
    members = [(str(one.id), one.name) for one in queries.members()]
    return [
        {
            "name": "member",
            "label": _("だれが"),
            "options": [*members, (NOBODY, _("おかえり（自動）"))],
            "value": chosen["member"],
        },
        {
            "name": "subject",
            "label": _("何を"),
            "options": [(word, str(label)) for word, label in audit_words.SUBJECTS.items()],
            "value": chosen["subject"],
        },
        {
            "name": "days",
            "label": _("いつ"),
            "options": [("1", _("24時間")), ("7", _("7日間")), ("30", _("30日間")), ("365", _("1年間"))],
            "value": chosen["days"],
        },
    ]
