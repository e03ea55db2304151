"""Conditions as the rows people click together, and back.

A row compares one question or one detail of the customer. A draft is rows and blocks of rows, all of them or any of
them to be met, or not; that is two levels. What nests deeper, or compares in a way no row can, is kept as it came.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.surveys.attributes import CHOICES, LABELS, MONTHS, PURCHASES, label_of
from app.surveys.compiled import CompiledQuestion
from app.surveys.conditions import Rule
from app.surveys.models import QuestionKind
from app.surveys.piping import plain

QUESTION, ATTRIBUTE = "question:", "attribute:"
MOST_ROWS, MOST_BLOCKS, LONGEST_TEXT = 30, 8, 200
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")


class Takes(StrEnum):
    """What a comparison is made with."""

    CODES = "codes"
    NUMBER = "number"
    DAY = "day"
    TEXT = "text"
    NOTHING = "nothing"


class BadRow(ValueError):
    """A row without the value it needs, or with one that is none."""


@dataclass(frozen=True)
class Subject:
    """What may be compared. `ops`: words of a row, in the order of the list; choices: (code, label)."""

    name: str
    label: str
    ops: Mapping[str, Takes]
    choices: tuple[tuple[str, str], ...] = ()


@dataclass
class Row:
    """One comparison: its subject's name, the word, the codes ticked and the text typed."""

    subject: str
    op: str
    picked: list[str] = field(default_factory=list)
    typed: str = ""


@dataclass
class Block:
    """Rows of which all or any must be met (`mode`), or not (`denied`); `kept`: rules that no row can say."""

    mode: str = "all"
    denied: bool = False
    rows: list[Row] = field(default_factory=list)
    kept: list[Rule] = field(default_factory=list)


@dataclass
class Draft(Block):
    """The outer level, with the blocks in it."""

    blocks: list[Block] = field(default_factory=list)


_KNOWN = {"answered": Takes.NOTHING, "unanswered": Takes.NOTHING}
_ORDERED = ("at_least", "at_most", "above", "below", "is", "is_not")
_CODES = {"any_of": Takes.CODES, "none_of": Takes.CODES}
_SEVERAL = {**_CODES, "all_of": Takes.CODES, "exactly": Takes.CODES}
_WORDS = dict.fromkeys(("is", "is_not", "contains", "lacks", "at_least", "at_most"), Takes.TEXT)
_OPS: dict[QuestionKind, Mapping[str, Takes]] = {
    QuestionKind.SINGLE: {**_CODES, **_KNOWN},
    QuestionKind.CONTACT: {**_CODES, **_KNOWN},
    QuestionKind.MULTIPLE: {**_SEVERAL, **_KNOWN},
    QuestionKind.NPS: {**dict.fromkeys(_ORDERED, Takes.NUMBER), **_KNOWN},
    QuestionKind.SCALE: {**dict.fromkeys(_ORDERED, Takes.NUMBER), **_KNOWN},
    QuestionKind.NUMBER: {**dict.fromkeys(_ORDERED, Takes.NUMBER), **_KNOWN},
    QuestionKind.DATE: {**dict.fromkeys(_ORDERED, Takes.DAY), **_KNOWN},
    QuestionKind.TEXT: {"contains": Takes.TEXT, "lacks": Takes.TEXT, "is": Takes.TEXT, "is_not": Takes.TEXT, **_KNOWN},
    QuestionKind.CONSENT: {"agreed": Takes.NOTHING, "not_agreed": Takes.NOTHING},
}  # fmt: skip


def subjects_of(questions: Sequence[CompiledQuestion], attributes: Sequence[str]) -> dict[str, Subject]:
    """What a condition may look at: these questions, then what is known of the customer, by name."""
    found = [
        Subject(
            f"{QUESTION}{one.code}",
            plain(one.title),
            _OPS[one.kind],
            tuple((choice.code, plain(choice.label)) for choice in one.choices),
        )
        for one in questions
        if one.is_asked
    ]
    return {one.name: one for one in [*found, *(attribute_subject(name) for name in [*LABELS, *attributes])]}


def attribute_subject(name: str) -> Subject:
    """One detail of the customer as something to compare."""
    if name in CHOICES:
        choices = tuple((code, str(label)) for code, label in CHOICES[name].items())
        return Subject(f"{ATTRIBUTE}{name}", label_of(name), _CODES, choices)
    if name in (MONTHS, PURCHASES):
        return Subject(
            f"{ATTRIBUTE}{name}", label_of(name), {**dict.fromkeys(_ORDERED, Takes.NUMBER), **_KNOWN}
        )
    return Subject(f"{ATTRIBUTE}{name}", label_of(name), {**_WORDS, **_KNOWN})


def draft_of_rule(rule: Rule | None, subjects: Mapping[str, Subject]) -> Draft:
    """A rule as rows and blocks; what they cannot say stands in `kept`, at the level where it was found."""
    found = Draft()
    if rule is None:
        return found
    parts = _open(rule, found, subjects)
    for part in parts:
        row = row_of(part, subjects)
        if row is not None:
            found.rows.append(row)
        elif (block := _block_of(part, subjects)) is not None:
            found.blocks.append(block)
        else:
            found.kept.append(part)
    return found


def _open(rule: Rule, into: Block, subjects: Mapping[str, Subject]) -> list[Rule]:
    """The parts of a rule; how they are joined goes into the block."""
    if row_of(rule, subjects) is not None:
        return [rule]
    inner = rule.get("not", rule)
    mode = next((name for name in ("all", "any") if inner.get(name)), None)
    if mode is None:
        return [rule]
    into.mode, into.denied = mode, "not" in rule
    return list(inner[mode])


def _block_of(rule: Rule, subjects: Mapping[str, Subject]) -> Block | None:
    """A group of rules as a block, where at least one of them is a row."""
    block = Block()
    parts = _open(rule, block, subjects)
    if parts == [rule]:
        return None
    rows = [(part, row_of(part, subjects)) for part in parts]
    block.rows = [row for _part, row in rows if row is not None]
    block.kept = [part for part, row in rows if row is None]
    return block if block.rows else None


def rule_of_draft(draft: Draft, subjects: Mapping[str, Subject]) -> Rule | None:
    """The rule these rows say; None where there are none. Raises BadRow."""
    blocks = [rule for block in draft.blocks if (rule := _joined(block, [], subjects)) is not None]
    return _joined(draft, blocks, subjects)


def _joined(block: Block, inner: Sequence[Rule], subjects: Mapping[str, Subject]) -> Rule | None:
    parts = [*(rule_of_row(row, subjects) for row in block.rows), *block.kept, *inner]
    if not parts:
        return None
    whole = parts[0] if len(parts) == 1 else {block.mode: parts}
    return {"not": whole} if block.denied else whole


def rule_of_row(row: Row, subjects: Mapping[str, Subject]) -> Rule:
    """What one row says. Raises BadRow."""
    subject = subjects.get(row.subject)
    if subject is None or row.op not in subject.ops:
        raise BadRow(row.subject)
    kind = "question" if row.subject.startswith(QUESTION) else "attribute"
    named = {kind: row.subject.partition(":")[2]}
    takes = subject.ops[row.op]
    if takes is Takes.NOTHING:
        return _of_nothing(row.op, named)
    if takes is Takes.CODES:
        return _of_codes(row, named, [code for code, _label in subject.choices])
    value = _VALUES[takes](row.typed)
    if row.op == "lacks":
        return {"not": {**named, "is": "contains", "value": value}}
    return {**named, "is": row.op, "value": value}


def _of_nothing(op: str, named: Rule) -> Rule:
    if op in ("agreed", "not_agreed"):
        return {**named, "is": "is" if op == "agreed" else "is_not", "value": True}
    answered = {**named, "is": "answered"}
    return answered if op == "answered" else {"not": answered}


def _of_codes(row: Row, named: Rule, known: Sequence[str]) -> Rule:
    codes = [code for code in known if code in row.picked]
    if not codes:
        raise BadRow(row.subject)
    if len(codes) == 1 and row.op in ("any_of", "none_of"):
        return {**named, "is": "is" if row.op == "any_of" else "is_not", "value": codes[0]}
    if row.op == "none_of":
        return {"not": {**named, "is": "any_of", "value": codes}}
    return {**named, "is": row.op, "value": codes}


def row_of(rule: Rule, subjects: Mapping[str, Subject]) -> Row | None:
    """The row that says this rule; None where no row does."""
    denied = "not" in rule
    inner = rule["not"] if denied else rule
    if "is" not in inner:
        return None
    name = f"{QUESTION}{inner['question']}" if "question" in inner else f"{ATTRIBUTE}{inner['attribute']}"
    subject = subjects.get(name)
    if subject is None:
        return None
    value = inner.get("value")
    listed = [str(one) for one in (value if isinstance(value, list | tuple) else [value])]
    for op, takes in subject.ops.items():
        row = Row(name, op, listed if takes is Takes.CODES else [], "" if takes is Takes.CODES else listed[0])
        try:
            said = rule_of_row(row, subjects)
        except BadRow:
            continue
        if _same(said, rule):
            return row
    return None


def _same(one: Rule, other: Rule) -> bool:
    """Do two comparisons say the same? Numbers may be written as text, codes stand in any order."""
    if "not" in one or "not" in other:
        return "not" in one and "not" in other and _same(one["not"], other["not"])
    return _pressed(one) == _pressed(other)


def _pressed(rule: Rule) -> tuple[Any, ...]:
    value = rule.get("value")
    values = sorted(str(one) for one in value) if isinstance(value, list | tuple) else [str(value)]
    op = "is" if rule["is"] == "any_of" and len(values) == 1 else rule["is"]
    return rule.get("question"), rule.get("attribute"), op, values if rule["is"] != "answered" else []


def _as_number(typed: str) -> int | float:
    text = unicodedata.normalize("NFKC", typed[:40]).strip().replace(",", "").replace("−", "-")
    if not _NUMBER.fullmatch(text):
        raise BadRow(typed)
    return float(text) if "." in text else int(text)


def _as_day(typed: str) -> str:
    try:
        return date.fromisoformat(
            unicodedata.normalize("NFKC", typed[:40]).strip().replace("/", "-")
        ).isoformat()
    except ValueError:
        raise BadRow(typed) from None


def _as_text(typed: str) -> str:
    text = typed.strip()
    if not text or len(text) > LONGEST_TEXT or "\0" in text:
        raise BadRow(typed)
    return text


_VALUES: dict[Takes, Any] = {Takes.NUMBER: _as_number, Takes.DAY: _as_day, Takes.TEXT: _as_text}
