"""All walks through a survey that its conditions can tell apart.

Of each question a condition looks at, the answers are tried that make a difference to the comparisons made with it:
every point of a scale, the choices named and one that is not, values just below, at and above a limit. What cannot be
tried in a bounded number of walks is left undecided: no finding is better than a wrong one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, combinations, pairwise, product
from typing import Any

from app.surveys.compiled import CompiledQuestion
from app.surveys.conditions import Condition, Rule
from app.surveys.models import QuestionKind

MOST_STEPS, MOST_NAMED = 20_000, 8
NEUTRAL = "・"  # a text that says none of the words a condition looks for
_BY_CODE = {"is", "is_not", "any_of", "all_of", "exactly", "answered"}
_ORDER = {"at_least", "at_most", "above", "below"}
Walk = tuple[dict[str, Any], dict[str, Any]]


class Undecided(Exception):
    """It cannot be told within bounds."""


def conditions_of(question: CompiledQuestion) -> list[Condition]:
    """The conditions under which a question is asked."""
    return [one for one in (question.page_condition, question.condition) if one is not None]


def walks(questions: Sequence[CompiledQuestion], asked: Iterable[CompiledQuestion]) -> Iterator[Walk]:
    """(answers, attributes) of each walk that the conditions of `asked` can tell apart, from the top.

    `questions`: all of the survey up to where the walk ends. Raises Undecided.
    """
    looked_at = _looked_at(questions, asked)
    compared: dict[tuple[str, str], list[Rule]] = {}
    for one in looked_at.values():
        for rule in one:
            name = "question" if "question" in rule else "attribute"
            compared.setdefault((name, rule[name]), []).append(rule)
    names = [name for kind, name in compared if kind == "attribute"]
    values = [[None, *_words(compared["attribute", name])] for name in names]
    relevant = [one for one in questions if ("question", one.code) in compared]
    candidates = {one.code: _candidates(one, compared["question", one.code]) for one in relevant}
    steps = iter(range(MOST_STEPS))
    for chosen in product(*values):
        attributes = dict(zip(names, chosen, strict=True))
        for answers in _answers(relevant, candidates, {}, attributes, steps):
            yield answers, attributes


def _looked_at(
    questions: Sequence[CompiledQuestion], asked: Iterable[CompiledQuestion]
) -> dict[str, list[Rule]]:
    """The comparisons that decide whether `asked`, and whatever they depend on, are shown, by question."""
    by_code = {one.code: one for one in questions}
    found: dict[str, list[Rule]] = {}
    waiting = list(asked)
    while waiting:
        one = waiting.pop()
        if one.code in found:
            continue
        found[one.code] = [part for condition in conditions_of(one) for part in _comparisons(condition.rule)]
        waiting += [by_code[rule["question"]] for rule in found[one.code] if rule.get("question") in by_code]
    return found


def _comparisons(rule: Rule) -> Iterator[Rule]:
    if "not" in rule:
        yield from _comparisons(rule["not"])
    elif "all" in rule or "any" in rule:
        for part in rule.get("all", rule.get("any", ())):
            yield from _comparisons(part)
    else:
        yield rule


def _answers(
    relevant: Sequence[CompiledQuestion],
    candidates: Mapping[str, Sequence[Any]],
    known: dict[str, Any],
    attributes: Mapping[str, Any],
    steps: Iterator[int],
) -> Iterator[dict[str, Any]]:
    """Every way to answer these questions from the top; a hidden one holds no value."""
    if next(steps, None) is None:
        raise Undecided
    if not relevant:
        yield known
        return
    first, rest = relevant[0], relevant[1:]
    if not first.is_for(known, attributes):
        yield from _answers(rest, candidates, known, attributes, steps)
        return
    for value in candidates[first.code]:
        yield from _answers(rest, candidates, {**known, first.code: value}, attributes, steps)


def _candidates(question: CompiledQuestion, rules: Sequence[Rule]) -> list[Any]:
    """The answers that make a difference; None for none, where none is needed."""
    return [*([] if question.required else [None]), *_TRIED[question.kind](question, rules)]


def _values(rules: Iterable[Rule]) -> list[Any]:
    """What the answers are compared with, one by one."""
    given = (rule.get("value") for rule in rules if rule["is"] != "answered")
    every = chain.from_iterable(one if isinstance(one, list | tuple) else [one] for one in given)
    return list(dict.fromkeys(every))


def _codes(question: CompiledQuestion, rules: Sequence[Rule]) -> list[str]:
    """The choices a rule names, and the first it does not; all of them where it does not ask for codes alone."""
    codes = [choice.code for choice in question.choices]
    if any(rule["is"] not in _BY_CODE for rule in rules):
        return codes
    named = {str(value).casefold() for value in _values(rules)}
    others = [code for code in codes if code.casefold() not in named]
    return [code for code in codes if code.casefold() in named] + others[:1]


def _sets(question: CompiledQuestion, rules: Sequence[Rule]) -> list[list[str]]:
    """Sets of choices; an exclusive one stands alone."""
    alone = {choice.code for choice in question.choices if choice.exclusive}
    free = [choice for choice in question.choices if not choice.exclusive]
    named = {str(value).casefold() for value in _values(rules)}
    codes = [one.code for one in free if one.code.casefold() in named]
    codes += [one.code for one in free if one.code.casefold() not in named][:1]
    if any(rule["is"] not in _BY_CODE for rule in rules):
        codes = [one.code for one in free]
    if len(codes) > MOST_NAMED:
        raise Undecided
    together = [list(some) for size in range(1, len(codes) + 1) for some in combinations(codes, size)]
    return together + [[code] for code in sorted(alone)]


def _numbers(question: CompiledQuestion, rules: Sequence[Rule]) -> list[float]:
    """Each limit, values between and beyond, within what the question allows."""
    if any(rule["is"] == "contains" for rule in rules):
        raise Undecided
    lowest, highest = question.settings.get("lowest"), question.settings.get("highest")
    limits = sorted({float(value) for value in _values(rules) if _is_number(value)})
    limits = limits or [0.0 if lowest is None else float(lowest)]
    between = [(one + other) / 2 for one, other in pairwise(limits)]
    tried = [limits[0] - 1, *limits, *between, limits[-1] + 1]
    tried += [float(bound) for bound in (lowest, highest) if bound is not None]
    return [
        one
        for one in dict.fromkeys(tried)
        if (lowest is None or one >= lowest) and (highest is None or one <= highest)
    ]


def _days(rules: Sequence[Rule]) -> list[str]:
    """Each day named, the day before and the day after."""
    if any(rule["is"] == "contains" for rule in rules):
        raise Undecided
    days = [_day(value) for value in _values(rules)] or [date(2000, 1, 1)]
    return _around([day for day in days if day is not None] or [date(2000, 1, 1)])


def _words(rules: Sequence[Rule]) -> list[Any]:
    """Texts: the values named, pieces looked for in all combinations, and one that is none of them."""
    tried: list[Any] = [NEUTRAL]
    pieces = [str(rule.get("value")) for rule in rules if rule["is"] == "contains"]
    if len(pieces) > MOST_NAMED:
        raise Undecided
    for size in range(1, len(pieces) + 1):
        tried += [NEUTRAL.join(some) for some in combinations(pieces, size)]
    for value in _values(rule for rule in rules if rule["is"] in _ORDER):
        day = _day(value)
        if not _is_number(value) and day is None:
            raise Undecided
        tried += _around([day]) if day else [float(value) - 1, float(value), float(value) + 1]
    return tried + _values(rule for rule in rules if rule["is"] in _BY_CODE)


def _around(days: Iterable[date]) -> list[str]:
    return [(day + timedelta(days=step)).isoformat() for day in days for step in (-1, 0, 1)]


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


_TRIED: dict[QuestionKind, Callable[[CompiledQuestion, Sequence[Rule]], Sequence[Any]]] = {
    QuestionKind.STATEMENT: lambda question, rules: [None] if question.required else [],
    QuestionKind.NPS: lambda question, rules: range(11),
    QuestionKind.SCALE: lambda question, rules: range(1, int(question.settings.get("points", 5)) + 1),
    QuestionKind.CONSENT: lambda question, rules: [True] if question.required else [True, False],
    QuestionKind.SINGLE: _codes,
    QuestionKind.CONTACT: _codes,
    QuestionKind.MULTIPLE: _sets,
    QuestionKind.NUMBER: _numbers,
    QuestionKind.TEXT: lambda question, rules: _words(rules),
    QuestionKind.DATE: lambda question, rules: _days(rules),
}
