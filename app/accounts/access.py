"""The marks every route carries, and what each role may do.

A view without a mark fails the build (tests/house) and, should it slip through, every request.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Member, Role

View = TypeVar("View", bound=Callable[..., Any])


class Right(StrEnum):
    """One thing a role may do."""

    READ = "read"
    PERSONAL = "personal"
    CODE = "code"
    DISPUTE = "dispute"
    EDIT = "edit"
    APPROVE = "approve"
    DECIDE = "decide"
    EXPORT = "export"
    CALL = "call"
    AUDIT = "audit"
    SETTINGS = "settings"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(Right) - {Right.DISPUTE},
    Role.EDITOR: frozenset(
        {Right.READ, Right.PERSONAL, Right.CODE, Right.EDIT, Right.APPROVE, Right.EXPORT, Right.CALL}
    ),
    Role.VIEWER: frozenset({Right.READ, Right.EXPORT}),
    Role.PRODUCT: frozenset({Right.READ, Right.DISPUTE, Right.DECIDE, Right.EXPORT}),
    Role.OPERATOR: frozenset({Right.CALL}),
    Role.AUDITOR: frozenset({Right.READ, Right.AUDIT}),
}


@dataclass(frozen=True)
class Access:
    """The mark of a route: open to everybody, to respondents by their link, or to members.

    `rights`: a member needs one of them; empty means that any active member may.
    """

    kind: str
    rights: frozenset[Right] = frozenset()


def public(view: View) -> View:
    """Anybody may: sign-in, static texts, health."""
    view.access = Access("public")  # type: ignore[attr-defined] # the mark stands on the view
    return view


def respondent(view: View) -> View:
    """Whoever holds the link or code; the view finds its row by that secret alone."""
    view.access = Access("respondent")  # type: ignore[attr-defined] # the mark stands on the view
    return view


def signed_in(view: View) -> View:
    """Any active member."""
    view.access = Access("member")  # type: ignore[attr-defined] # the mark stands on the view
    return view


def needs(*rights: Right) -> Callable[[View], View]:
    """Members whose role holds one of `rights`."""

    def mark(view: View) -> View:
        view.access = Access("member", frozenset(rights))  # type: ignore[attr-defined] # the mark stands on the view
        return view

    return mark


def may(member: Member | None, right: Right | str) -> bool:
    """Does this member's role hold the right?"""
    return member is not None and member.active and Right(right) in RIGHTS[member.role]


def may_open(member: Member | None, view: Callable[..., Any]) -> bool:
    """Is this view, marked for members, open to this one?"""
    rights: frozenset[Right] = view.access.rights  # type: ignore[attr-defined] # the mark stands on the view
    return member is not None and member.active and (not rights or bool(rights & RIGHTS[member.role]))


def current_member() -> Member | None:
    """Return the member of this request, or None. Set once per request by accounts.sessions."""
    member: Member | None = g.get("member")
    return member


def check_access() -> ResponseReturnValue | None:
    """Before each request: let in, send to sign-in, or refuse with 403."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    access = getattr(current_app.view_functions[request.endpoint], "access", None)
    if access is None:
        raise RuntimeError(f"the route {request.endpoint} carries no access mark")
    if access.kind != "member":
        return None
    member = current_member()
    if member is None:
        here = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.show_sign_in", next=here))
    if not may_open(member, current_app.view_functions[request.endpoint]):
        abort(403)
    return None


def init_app(app: Flask) -> None:
    app.before_request(check_access)
    app.jinja_env.globals["may"] = lambda right: may(current_member(), right)
