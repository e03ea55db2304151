"""Choices written one per line. A choice keeps its code however its label is reworded or moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from app.errors import BadInput
from app.i18n import gettext as _

OTHER, EXCLUSIVE = ("その他", "そのほか"), ("特になし", "とくになし", "特にない", "とくにない", "どれもない")
MOST_CHOICES, LONGEST_LABEL = 50, 200
# How much two labels must have in common to be one choice reworded: anywhere, or the only one changed, in its place.
ALIKE, ALIKE_IN_PLACE = 0.8, 0.4


@dataclass(frozen=True)
class OpenLine:
    """A line that was not there before. `guess`: the code of the choice it is taken for, "" for a new one."""

    label: str
    guess: str


def open_lines(
    lines: Iterable[str], before: Sequence[dict[str, Any]]
) -> tuple[list[OpenLine], list[dict[str, Any]]]:
    """The lines that may be an old choice in new words, and the choices whose old words are gone.

    Nothing is open where no line is new, or no choice is gone. Raises BadInput as choices_from_lines does.
    """
    labels = _labels(lines)
    new, gone = _new_and_gone(labels, before)
    if not new or not gone:
        return [], gone
    found = _renamed(new, gone, _enough(labels, new, before, gone))
    return [OpenLine(label, found[label]["code"] if label in found else "") for label in new], gone


def choices_from_lines(
    lines: Iterable[str],
    before: Sequence[dict[str, Any]] = (),
    taken: Iterable[str] = (),
    meant: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Return choices for these labels; blank lines are left out. `meant`: new label → code of the choice it words anew.

    A label that was there before keeps its choice; a new label takes over the choice whose old label is gone where
    both read very much alike, or where it is the only one changed and stands in its place; all others get a code that
    was never `taken`: better a choice that counts anew than a code that means something else. A new line
    that starts with その他 gets a box to write in, one that starts with 特になし goes with no other choice.
    Raises BadInput for a label given twice, too long, or too many of them, and for two that are meant to be one choice.
    """
    labels = _labels(lines)
    kept = {choice["label"]: choice for choice in before if choice["label"] in labels}
    new, gone = _new_and_gone(labels, before)
    renamed = (
        _renamed(new, gone, _enough(labels, new, before, gone))
        if meant is None
        else _meant(new, {choice["code"]: choice for choice in gone}, meant)
    )
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


def _labels(lines: Iterable[str]) -> list[str]:
    labels = [label for line in lines if (label := line.strip())]
    _check(labels)
    return labels


def _new_and_gone(
    labels: list[str], before: Sequence[dict[str, Any]]
) -> tuple[list[str], list[dict[str, Any]]]:
    were = {choice["label"] for choice in before}
    return [one for one in labels if one not in were], [one for one in before if one["label"] not in labels]


def _check(labels: list[str]) -> None:
    twice = next((label for place, label in enumerate(labels) if label in labels[:place]), None)
    if twice:
        raise BadInput(_("選択肢「%(label)s」が2回あります。ひとつにしてください。", label=twice[:40]))
    if len(labels) > MOST_CHOICES:
        raise BadInput(_("選択肢は%(count)s個までです。", count=MOST_CHOICES))
    if any(len(label) > LONGEST_LABEL for label in labels):
        raise BadInput(_("選択肢はひとつ%(count)s文字までです。", count=LONGEST_LABEL))


def _enough(
    labels: list[str],
    new: list[str],
    before: Sequence[dict[str, Any]],
    gone: Sequence[dict[str, Any]],
) -> float:
    """How alike two labels must be: less where one line is changed and every other line is as it was."""
    in_place = len(new) == len(gone) == 1 and labels.index(new[0]) == list(before).index(gone[0])
    return ALIKE_IN_PLACE if in_place else ALIKE


def _meant(
    new: list[str], gone: Mapping[str, dict[str, Any]], meant: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """What somebody said the new lines stand for."""
    codes = [code for label in new if (code := meant.get(label))]
    if len(set(codes)) < len(codes):
        raise BadInput(_("2つの行を、同じ選択肢の言いかえにはできません。"))
    return {label: gone[code] for label in new if (code := meant.get(label)) and code in gone}


def _renamed(new: list[str], gone: Sequence[dict[str, Any]], enough: float) -> dict[str, dict[str, Any]]:
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
