"""Choices written one per line. A choice keeps its code however its label is reworded or moved."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from app.errors import BadInput
from app.i18n import gettext as _

OTHER, EXCLUSIVE = ("その他", "そのほか"), ("特になし", "とくになし", "特にない", "とくにない", "どれもない")
MOST_CHOICES, LONGEST_LABEL = 50, 200
# How much two labels must have in common to be one choice reworded: anywhere, or the only one changed, in its place.
ALIKE, ALIKE_IN_PLACE = 0.8, 0.4


def choices_from_lines(
    lines: Iterable[str], before: Sequence[dict[str, Any]] = (), taken: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Return choices for these labels; blank lines are left out.

    A label that was there before keeps its choice; a new label takes over the choice whose old label is gone where
    both read very much alike, or where it is the only one changed and stands in its place; all others get a code that
    was never `taken`: better a choice that counts anew than a code that means something else. A new line
    that starts with その他 gets a box to write in, one that starts with 特になし goes with no other choice.
    Raises BadInput for a label given twice, too long, or too many of them.
    """
    labels = [label for line in lines if (label := line.strip())]
    _check(labels)
    kept = {choice["label"]: choice for choice in before if choice["label"] in labels}
    gone = [choice for choice in before if choice["label"] not in labels]
    new = [label for label in labels if label not in kept]
    renamed = _renamed(new, gone, ALIKE_IN_PLACE if _is_in_place(labels, new, before, gone) else ALIKE)
    used = {choice["code"] for choice in before} | set(taken)
    chosen = []
    for label in labels:
        choice = kept.get(label) or renamed.get(label) or _new_choice(label, used)
        used.add(choice["code"])
        chosen.append({**choice, "label": label})
    return chosen


def marked(
    choices: Sequence[dict[str, Any]],
    before: set[str],
    boxed: str | None,
    alone: Iterable[str] | None,
    pinned: Iterable[str] | None,
) -> list[dict[str, Any]]:
    """The choices with the marks somebody set on those that were there `before`; one has a box to write in at most.

    New choices keep what their first words say; None leaves a kind of mark as it is.
    """
    found = [dict(choice) for choice in choices]
    for choice in found:
        code = choice["code"]
        if code in before and boxed is not None:
            choice["other"] = code == boxed
        if code in before and alone is not None:
            choice["exclusive"] = code in set(alone)
        if code in before and pinned is not None:
            choice["pinned"] = code in set(pinned)
    boxes = [choice for choice in found if choice.get("other")]
    for extra in boxes[1:]:
        extra["other"] = False
    return found


def _check(labels: list[str]) -> None:
    twice = next((label for place, label in enumerate(labels) if label in labels[:place]), None)
    if twice:
        raise BadInput(_("選択肢「%(label)s」が2回あります。ひとつにしてください。", label=twice[:40]))
    if len(labels) > MOST_CHOICES:
        raise BadInput(_("選択肢は%(count)s個までです。", count=MOST_CHOICES))
    if any(len(label) > LONGEST_LABEL for label in labels):
        raise BadInput(_("選択肢はひとつ%(count)s文字までです。", count=LONGEST_LABEL))


def _is_in_place(
    labels: list[str], new: list[str], before: Sequence[dict[str, Any]], gone: list[dict[str, Any]]
) -> bool:
    """Is one line changed and every other line as it was?"""
    return len(new) == len(gone) == 1 and labels.index(new[0]) == list(before).index(gone[0])


def _renamed(new: list[str], gone: list[dict[str, Any]], enough: float) -> dict[str, dict[str, Any]]:
    """Which new label stands for which choice that lost its old one: the most alike pairs first."""
    pairs = sorted(
        ((SequenceMatcher(None, label, choice["label"]).ratio(), label, place) for label in new
         for place, choice in enumerate(gone)),
        key=lambda pair: (-pair[0], pair[2]),
    )  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    taken: set[int] = set()
    for likeness, label, place in pairs:
        if label not in found and place not in taken and likeness >= enough:
            found[label] = gone[place]
            taken.add(place)
    return found


def _new_choice(label: str, used: set[str]) -> dict[str, Any]:
    number = 1
    while f"c{number}" in used:
        number += 1
    return {
        "code": f"c{number}",
        "label": label,
        "other": label.startswith(OTHER),
        "exclusive": label.startswith(EXCLUSIVE),
    }
