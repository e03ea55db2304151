"""When a question is asked: conditions over earlier answers and over what is known of the customer.

A rule is {"all": [rules]}, {"any": [rules]}, {"not": rule}, {"question": code, "is": op, "value": value} or
{"attribute": name, "is": op, "value": value}; attributes are those kept with the sheet (see app.surveys.attributes).
Nothing answered makes every comparison false but is_not; 0 and False are answers. Equal texts are equal without
case, figures written as text compare as numbers, "true" and "false" are True and False; other texts stand in the
order of their characters (days written as ISO texts in that of time), and never before or after a number. On a
question with several choices is, any_of and all_of look at each of them, exactly at all of them together, in any
order. contains looks for a piece of a text.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Rule = Mapping[str, Any]
Answers = Mapping[str, Any]
Attributes = Mapping[str, Any]
NOBODY: Attributes = MappingProxyType({})  # the attributes of somebody of whom nothing is known

OPS = (
    "is", "is_not", "any_of", "all_of", "exactly", "contains", "answered", "at_least", "at_most", "above", "below",
)  # fmt: skip
GROUPS = ("all", "any")
DEEPEST = 20
_FIGURES = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_WORDS = {"true": True, "false": False}


class BadRule(ValueError):
    """The rule has none of the known shapes."""


@dataclass(frozen=True)
class Condition:
    """One rule. Raises BadRule for a shape nobody knows."""

    rule: Rule

    def __post_init__(self) -> None:
        for _part in _parts(self.rule):
            pass

    def holds(self, answers: Answers, attributes: Attributes = NOBODY) -> bool:
        """Is it fulfilled by these answers (question code → value) of somebody with these attributes?"""
        return _holds(self.rule, answers, attributes)

    @property
    def questions(self) -> frozenset[str]:
        """The codes of the questions it looks at."""
        return frozenset(part["question"] for part in _parts(self.rule) if "question" in part)

    @property
    def attributes(self) -> frozenset[str]:
        """The names of the attributes it looks at."""
        return frozenset(part["attribute"] for part in _parts(self.rule) if "attribute" in part)


def is_answer(value: Any) -> bool:
    """Nothing, an empty text and an empty list are no answers; 0 and False are."""
    return value not in (None, "", [])


def _parts(rule: Any, depth: int = 0) -> Iterator[Rule]:
    """The comparisons inside a rule, wherever they nest."""
    if not isinstance(rule, Mapping) or depth > DEEPEST:
        raise BadRule(f"no rule: {rule!r:.80}")
    group = next((name for name in GROUPS if name in rule), None)
    if group:
        if not isinstance(rule[group], list | tuple):
            raise BadRule(f"{group} needs a list")
        for part in rule[group]:
            yield from _parts(part, depth + 1)
    elif "not" in rule:
        yield from _parts(rule["not"], depth + 1)
    elif isinstance(rule.get("question", rule.get("attribute")), str) and rule.get("is") in OPS:
        yield rule
    else:
        raise BadRule(f"no rule: {rule!r:.80}")


def _holds(rule: Rule, answers: Answers, attributes: Attributes) -> bool:
    if "all" in rule:
        return all(_holds(part, answers, attributes) for part in rule["all"])
    if "any" in rule:
        return any(_holds(part, answers, attributes) for part in rule["any"])
    if "not" in rule:
        return not _holds(rule["not"], answers, attributes)
    known = answers.get(rule["question"]) if "question" in rule else attributes.get(rule["attribute"])
    return _compares(rule["is"], known, rule.get("value"))


def _compares(op: str, answer: Any, value: Any) -> bool:
    if op == "answered":
        return is_answer(answer)
    if not is_answer(answer):
        return op == "is_not"
    return _OPS[op](answer, value)


def _is(answer: Any, value: Any) -> bool:
    return _plain(value) in _all(answer)


def _is_exactly(answer: Any, value: Any) -> bool:
    same_shape = isinstance(answer, list | tuple) is isinstance(value, list | tuple)
    return same_shape and _all(answer) == _all(value)


def _order(answer: Any, value: Any) -> int:
    """1 where the answer is above the value, -1 where it is below, 0 where neither; numbers and texts have no order."""
    given = _ordered(answer)
    limit = value if isinstance(given, str) else _ordered(value)
    if isinstance(given, str) is not isinstance(limit, str):
        return 0
    return int(given > limit) - int(given < limit)


_OPS: dict[str, Callable[[Any, Any], bool]] = {
    "is": _is,
    "is_not": lambda answer, value: not _is(answer, value),
    "any_of": lambda answer, value: bool(_all(answer) & _all(value)),
    "all_of": lambda answer, value: _all(value) <= _all(answer),
    "exactly": _is_exactly,
    "contains": lambda answer, value: str(value).casefold() in str(answer).casefold(),
    "above": lambda answer, value: _order(answer, value) > 0,
    "below": lambda answer, value: _order(answer, value) < 0,
    "at_least": lambda answer, value: _is_exactly(answer, value) or _order(answer, value) > 0,
    "at_most": lambda answer, value: _is_exactly(answer, value) or _order(answer, value) < 0,
}


def _all(value: Any) -> set[float | str]:
    return {_plain(one) for one in (value if isinstance(value, list | tuple) else [value])}


def _plain(value: Any) -> float | str:
    """A value as it is compared: everything that is no number as text without case."""
    found = _ordered(value)
    return found.casefold() if isinstance(found, str) else found


def _ordered(value: Any) -> Any:
    """Numbers and truth as numbers, also where they are written as text; everything else as its text."""
    text = str(value).strip()
    if isinstance(value, int | float) or _FIGURES.fullmatch(text):
        return float(value)
    return float(_WORDS[text.casefold()]) if text.casefold() in _WORDS else text
