"""What must be mended before a survey may be published."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.i18n import gettext as _
from app.surveys.compiled import CompiledQuestion
from app.surveys.models import QuestionKind

WITH_CHOICES = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.CONTACT)
PERSONAL = (QuestionKind.CONTACT, QuestionKind.CONSENT)


@dataclass(frozen=True)
class Finding:
    """One thing to mend. `question`: the code of the question it is about, None for the survey as a whole."""

    sentence: str
    question: str | None = None


def findings(questions: Sequence[CompiledQuestion], purpose: str) -> list[Finding]:
    """Everything that keeps these questions from being published, in their order."""
    found = []
    if not any(question.is_asked for question in questions):
        found.append(Finding(_("設問がありません。ひとつ加えてください。")))
    before: set[str] = set()
    for question in questions:
        found += [Finding(sentence, question.code) for sentence in _of_question(question, before)]
        before.add(question.code)
    if not purpose.strip() and any(question.kind in PERSONAL for question in questions):
        found.append(
            Finding(
                _(
                    "連絡の希望や同意をたずねていますが、使いみちの説明がありません。「文章と期限」で書いてください。"
                )
            )
        )
    return found


def _of_question(question: CompiledQuestion, before: set[str]) -> list[str]:
    title = question.title or question.code
    sentences = []
    if not question.title.strip():
        sentences.append(_("「%(code)s」に問いかけの文がありません。", code=question.code))
    if question.code in before:
        sentences.append(
            _("「%(title)s」の記号（%(code)s）が、ほかの設問と同じです。", title=title, code=question.code)
        )
    if question.kind in WITH_CHOICES and len(question.choices) < 2:
        sentences.append(_("「%(title)s」の選択肢を、2つ以上にしてください。", title=title))
    if len({choice.code for choice in question.choices}) < len(question.choices):
        sentences.append(_("「%(title)s」に、記号が同じ選択肢があります。", title=title))
    asked = question.condition.questions if question.condition else frozenset()
    asked = asked.union(*(prompt.when.questions for prompt in question.prompts))
    if asked - before:
        sentences.append(
            _(
                "「%(title)s」を出す条件が、あとの設問か、もうない設問を見ています。順番を変えるか、条件を消してください。",
                title=title,
            )
        )
    return sentences
