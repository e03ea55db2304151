"""When a question is asked: conditions over earlier answers, evaluated on the server.

A rule is {"all": [rules]}, {"any": [rules]}, {"not": rule} or {"question": code, "is": op, "value": value}.
Nothing answered makes is, any_of, at_least and at_most false and is_not true; 0 and False are answers. Text
compares without case, figures written as text compare as numbers. On a question with several choices, is and
any_of look at each of them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Rule = Mapping[str, Any]
Answers = Mapping[str, Any]

OPS = ("is", "is_not", "any_of", "answered", "at_least", "at_most")
GROUPS = ("all", "any")
DEEPEST = 20
_FIGURES = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")


class BadRule(ValueError):
    """The rule has none of the known shapes."""


@dataclass(frozen=True)
class Condition:
    """One rule. Raises BadRule for a shape nobody knows."""

    rule: Rule

    def __post_init__(self) -> None:
        for _part in _parts(self.rule):
            pass

    def holds(self, answers: Answers) -> bool:
        """Is it fulfilled by these answers (question code → value)?"""
        return _holds(self.rule, answers)

    @property
    def questions(self) -> frozenset[str]:
        """The codes of the questions it looks at."""
        return frozenset(part["question"] for part in _parts(self.rule))


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
    elif isinstance(rule.get("question"), str) and rule.get("is") in OPS:
        yield rule
    else:
        raise BadRule(f"no rule: {rule!r:.80}")


def _holds(rule: Rule, answers: Answers) -> bool:
    if "all" in rule:
        return all(_holds(part, answers) for part in rule["all"])
    if "any" in rule:
        return any(_holds(part, answers) for part in rule["any"])
    if "not" in rule:
        return not _holds(rule["not"], answers)
    return _compares(rule["is"], answers.get(rule["question"]), rule.get("value"))


def _compares(op: str, answer: Any, value: Any) -> bool:
    if op == "answered":
        return is_answer(answer)
    if not is_answer(answer):
        return op == "is_not"
    if op in ("at_least", "at_most"):
        given, limit = _plain(answer), _plain(value)
        if not isinstance(given, float) or not isinstance(limit, float):
            return False
        return given >= limit if op == "at_least" else given <= limit
    wanted = value if op == "any_of" and isinstance(value, list | tuple) else [value]
    given_all = answer if isinstance(answer, list | tuple) else [answer]
    met = bool({_plain(one) for one in given_all} & {_plain(one) for one in wanted})
    return not met if op == "is_not" else met


def _plain(value: Any) -> float | str:
    """Numbers as numbers, also where they are written as text; everything else as text without case."""
    text = str(value).strip()
    if isinstance(value, int | float) or _FIGURES.fullmatch(text):
        return float(value)
    return text.casefold()
