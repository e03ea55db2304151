"""What may be stored as the answer to a question. Whatever door it came through, it passes here."""

import re
from datetime import date
from typing import Any

from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys.compiled import CompiledQuestion
from app.surveys.conditions import is_answer
from app.surveys.contact import PHONE
from app.surveys.models import QuestionKind

COMMENT = "-Comment"
LONGEST_ANSWER, LONGEST_COMMENT, LARGEST_NUMBER = 4000, 200, 10**12
# NUL and halves of characters: no database and no mail takes them.
_UNSTORABLE = re.compile(r"[\0\ud800-\udfff]")


class BadAnswer(BadInput):
    """An answer that is none to its question. `question` is the question's code."""

    def __init__(self, question: CompiledQuestion, sentence: str) -> None:
        super().__init__(_("「%(title)s」：%(sentence)s", title=question.title[:40], sentence=sentence))
        self.question = question.code


def stored(question: CompiledQuestion, value: Any, comment: str = "") -> tuple[Any, str]:
    """Return (value, text) as Answer keeps them; (None, "") where nothing was answered. Raises BadAnswer.

    nps, scale: int · single, contact: a code · multiple: list of codes · number: int or float · date: ISO day ·
    consent: bool · text: value None, the words in text. `comment` is written beside a choice, and chooses it.
    """
    value = _with_other(question, value, comment)
    if not is_answer(value):
        return None, ""
    kept = _KINDS[question.kind](question, value)
    if question.kind is QuestionKind.TEXT:
        return None, kept
    return kept, _comment(question, kept, comment)


def answer_value(question: CompiledQuestion, value: Any, text: str) -> Any:
    """What conditions see of a stored answer."""
    return text if question.kind is QuestionKind.TEXT else value


def _point(question: CompiledQuestion, value: Any) -> int:
    low, high = (0, 10) if question.kind is QuestionKind.NPS else (1, int(question.settings.get("points", 5)))
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadAnswer(question, _("%(low)sから%(high)sまでの数字を選んでください。", low=low, high=high))
    return value


def _code(question: CompiledQuestion, value: Any) -> str:
    if not isinstance(value, str) or value not in {choice.code for choice in question.choices}:
        raise BadAnswer(question, _("並んでいるものから選んでください。"))
    return value


def _codes(question: CompiledQuestion, value: Any) -> list[str]:
    given = value if isinstance(value, list | tuple) else [value]
    chosen = {_code(question, one) for one in given}
    kept = [choice for choice in question.choices if choice.code in chosen]
    if len(kept) > 1 and any(choice.exclusive for choice in kept):
        raise BadAnswer(question, _("ひとつだけで選ぶ答えが、ほかの答えと一緒に選ばれています。"))
    return [choice.code for choice in kept]


def _words(question: CompiledQuestion, value: Any) -> str:
    if not isinstance(value, str) or _UNSTORABLE.search(value):
        raise BadAnswer(question, _("保存できない文字が含まれています。入力しなおしてください。"))
    if len(value) > LONGEST_ANSWER:
        raise BadAnswer(question, _("%(limit)s文字までで入力してください。", limit=f"{LONGEST_ANSWER:,}"))
    return value.strip()


def _number(question: CompiledQuestion, value: Any) -> int | float:
    lowest, highest = question.settings.get("lowest"), question.settings.get("highest")
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST_NUMBER:
        raise BadAnswer(question, _("数字で入力してください。"))
    if (lowest is not None and value < lowest) or (highest is not None and value > highest):
        raise BadAnswer(question, _("入力できる範囲を外れています。"))
    if question.is_counted and value != int(value):
        raise BadAnswer(question, _("小数のない数で入力してください。例：12"))
    return value


def _day(question: CompiledQuestion, value: Any) -> str:
    try:
        return (
            value.isoformat()[:10] if isinstance(value, date) else date.fromisoformat(str(value)).isoformat()
        )
    except ValueError:
        raise BadAnswer(question, _("日付で入力してください。")) from None


def _yes(question: CompiledQuestion, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadAnswer(question, _("同意するかどうかで答えてください。"))
    return value


def _nothing(question: CompiledQuestion, value: Any) -> None:
    raise BadAnswer(question, _("これは説明で、答えるところはありません。"))


def _with_other(question: CompiledQuestion, value: Any, comment: str) -> Any:
    """Whoever writes in the box has chosen it; beside another single choice nobody knows which one is meant."""
    if question.other is None or not comment.strip():
        return value
    other = question.other.code
    if question.kind is QuestionKind.MULTIPLE:
        given = list(value) if isinstance(value, list | tuple) else [value] if is_answer(value) else []
        return given if other in given else [*given, other]
    if is_answer(value) and value != other:
        raise BadAnswer(question, _("ほかの答えが選ばれ、「その他」の内容も書かれています。"))
    return other


def _comment(question: CompiledQuestion, kept: Any, comment: str) -> str:
    """The text beside a choice counts only where that choice was taken: other words, or when to call."""
    if question.hours:
        return comment if kept == PHONE and comment in question.hours else ""
    chosen = kept if isinstance(kept, list) else [kept]
    if question.other is None or question.other.code not in chosen or not comment:
        return ""
    return _words(question, comment)[:LONGEST_COMMENT]


_KINDS: dict[QuestionKind, Any] = {
    QuestionKind.NPS: _point,
    QuestionKind.SCALE: _point,
    QuestionKind.SINGLE: _code,
    QuestionKind.CONTACT: _code,
    QuestionKind.MULTIPLE: _codes,
    QuestionKind.TEXT: _words,
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _day,
    QuestionKind.CONSENT: _yes,
    QuestionKind.STATEMENT: _nothing,
}
