"""What a page says when somebody else was faster: their values beside what was typed, or who removed the thing."""

from typing import Any, TypeVar

from flask import abort, make_response, render_template

from app import edits
from app.accounts.access import current_member
from app.db import Base, db
from app.edits import Overtaken
from app.errors import OkaeriError
from forms.base import Form, RevisionForm, in_words

Kind = TypeVar("Kind", bound=Base)


def take_refusal(form: RevisionForm, error: OkaeriError, leave: str) -> int:
    """Put what a service refused into the form, and return the answer's status. `leave` shows what stands now."""
    if isinstance(error, Overtaken):
        form.take_clash(error.sentence, error.revision, error.theirs, leave)
    else:
        form.take_refusal(error.sentence)
    return error.status


def row_or_told(kind: type[Kind], number: int, form: Form | None = None) -> Kind:
    """The row that a form changes. Where somebody removed it: a page that says who, and keeps what was typed."""
    row = db.session.get(kind, number)
    if row is not None:
        return row
    removal = edits.removal_of(kind, number)
    if removal is None:
        abort(404)
    page = render_template(
        "errors/removed.html", removal=removal, name=edits.name_of(removal), typed=_typed(form)
    )
    abort(make_response(page, Overtaken.status))


def is_removed_by_me(kind: type[Base], number: int) -> bool:
    """Has the member of this request removed this row already? Then a button was pressed twice."""
    member, removal = current_member(), edits.removal_of(kind, number)
    return removal is not None and member is not None and removal.member_id == member.id


def _typed(form: Form | None) -> list[tuple[str, Any]]:
    hidden = ("HiddenField", "CSRFTokenField")
    fields = [field for field in form or () if field.type not in hidden]
    return [(str(field.label.text), in_words(field, field.data)) for field in fields if field.data]
