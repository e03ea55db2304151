"""A choice clicked in a mail: ?q=nps&v=7. It is shown as chosen and waits for a press; nothing is stored by opening."""

from collections.abc import Mapping
from typing import Any

from app.responses.values import BadAnswer, stored
from app.surveys.compiled import CompiledQuestion, CompiledVersion, Page
from app.surveys.models import QuestionKind

CLICKED = (QuestionKind.NPS, QuestionKind.SCALE, QuestionKind.SINGLE)


def answers_on(page: Page, arguments: Mapping[str, str]) -> dict[str, Any]:
    """What was clicked, where its question stands on this screen and takes it; else nothing."""
    question = next((one for one in page.questions if one.code == arguments.get("q")), None)
    value = _value(question, arguments.get("v", "")) if question else None
    return {} if question is None or value is None else {question.code: value}


def choice_in_words(version: CompiledVersion, arguments: Mapping[str, str]) -> str:
    """What was clicked, as people read it: 7, or the label of a choice; "" where it is no answer."""
    question = version.question(arguments.get("q", ""))
    value = _value(question, arguments.get("v", "")) if question else None
    if question is None or value is None:
        return ""
    labels = {choice.code: choice.label for choice in question.choices}
    return labels.get(str(value), str(value)) if question.kind is QuestionKind.SINGLE else str(value)


def carried(arguments: Mapping[str, str]) -> dict[str, str]:
    """What the next address must carry so that the choice is not lost."""
    return {name: arguments[name][:40] for name in ("q", "v") if arguments.get("q") and arguments.get("v")}


def _value(question: CompiledQuestion, typed: str) -> Any:
    if question.kind not in CLICKED:
        return None
    is_point = question.kind is not QuestionKind.SINGLE
    if is_point and not (typed.isascii() and typed.isdecimal() and len(typed) < 3):
        return None
    try:
        return stored(question, int(typed) if is_point else typed)[0]
    except BadAnswer:
        return None
