"""The history of an item: who did what to it, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import edits
from app.backlog.models import BacklogItem, Decision, ItemState
from app.edits import Edit


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `kind`: created, decided, changed, evidence or a state's word.

    names: the fields that were changed; `detail`: what evidence came or went, or the day of mending.
    """

    at: datetime
    kind: str
    by: str = ""
    names: Sequence[str] = ()
    detail: Mapping[str, Any] | None = None
    decision: Decision | None = None


def history_of(item: BacklogItem) -> list[Entry]:
    """Everything that is kept about an item's past."""
    decided = [Entry(one.at, "decided", one.member.name, decision=one) for one in item.decisions]
    kept = [_of_edit(edit) for edit in edits.edits_since(item, 0) if edit.part != "decision"]
    created = Entry(item.created_at, "created", item.member.name if item.member else "")
    return [*sorted([*decided, *kept], key=lambda entry: entry.at, reverse=True), created]


def _of_edit(edit: Edit) -> Entry:
    by = edit.member.name if edit.member else ""
    if edit.part == edits.STATE:
        # Older edits kept no state for beginning again; a day stands with releases alone.
        state = str(edit.after.get("state", ItemState.IN_PROGRESS.value))
        return Entry(edit.at, state, by, detail={"on": edit.after.get("on")})
    if edit.part == "evidence":
        return Entry(edit.at, "evidence", by, detail=edit.after)
    return Entry(edit.at, "changed", by, names=sorted(edit.after))
