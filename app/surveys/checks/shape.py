"""What a survey cannot do without: something to ask, words, codes of its own, something to choose from."""

from collections.abc import Iterator, Sequence

from app.i18n import gettext as _
from app.surveys.compiled import CompiledQuestion
from app.surveys.contact import CONTACT_LABELS
from app.surveys.finding import Finding
from app.surveys.models import QuestionKind

WITH_CHOICES = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.CONTACT)


def findings(questions: Sequence[CompiledQuestion]) -> Iterator[Finding]:
    if not any(question.is_asked for question in questions):
        yield Finding(_("設問がありません。ひとつ加えてください。"))
    before: set[str] = set()
    for question in questions:
        yield from _of_words(question, before)
        yield from _of_choices(question)
        yield from _of_bounds(question)
        before.add(question.code)


def _of_words(question: CompiledQuestion, before: set[str]) -> Iterator[Finding]:
    if not question.title.strip():
        sentence = _("「%(code)s」に問いかけの文がありません。", code=question.code)
        yield Finding(sentence, question.code, _("問いかけを入力してください。"))
    if question.code in before:
        title = question.title or question.code
        sentence = _(
            "「%(title)s」の記号（%(code)s）が、ほかの設問と同じです。", title=title, code=question.code
        )
        yield Finding(sentence, question.code, _("どちらかを消して、加えなおしてください。"))


def _of_choices(question: CompiledQuestion) -> Iterator[Finding]:
    if question.kind in WITH_CHOICES and len(question.choices) < 2:
        sentence = _("「%(title)s」の選択肢を、2つ以上にしてください。", title=question.title)
        yield Finding(sentence, question.code, _("選択肢の欄に、一行にひとつずつ書き足してください。"))
    if question.kind is QuestionKind.CONTACT and {one.code for one in question.choices} - set(CONTACT_LABELS):
        sentence = _(
            "「%(title)s」に、受け取ったあとどうするかの決まっていない選択肢があります。",
            title=question.title,
        )
        yield Finding(sentence, question.code, _("設問をひらいて、出すものを選びなおしてください。"))
    if len({choice.code for choice in question.choices}) < len(question.choices):
        sentence = _("「%(title)s」に、記号が同じ選択肢があります。", title=question.title)
        yield Finding(sentence, question.code, _("どちらかを消して、加えなおしてください。"))


def _of_bounds(question: CompiledQuestion) -> Iterator[Finding]:
    lowest, highest = question.settings.get("lowest"), question.settings.get("highest")
    if lowest is not None and highest is not None and lowest > highest:
        sentence = _("「%(title)s」には、答えられる数がありません。", title=question.title)
        yield Finding(
            sentence, question.code, _("いちばん小さい数と、いちばん大きい数を見なおしてください。")
        )
