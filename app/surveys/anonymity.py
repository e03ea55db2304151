"""What does not go with a survey that is answered without names."""

from collections.abc import Sequence

from app.i18n import gettext as _
from app.surveys.compiled import CompiledQuestion
from app.surveys.finding import Finding
from app.surveys.models import QuestionKind, Survey


def anonymous_findings(survey: Survey, questions: Sequence[CompiledQuestion]) -> list[Finding]:
    """What must be mended before an anonymous survey is published: nothing for one with names."""
    return [found for one in questions for found in _of_question(one)] if survey.anonymous else []


def _of_question(question: CompiledQuestion) -> list[Finding]:
    found = []
    if question.kind is QuestionKind.CONTACT:
        found.append(
            Finding(
                _("無記名の調査で、「%(title)s」が連絡の希望をたずねています。", title=question.title),
                question.code,
                _("この設問を消すか、調査を記名にしてください。無記名では、どなたの希望かわかりません。"),
            )
        )
    rules = (question.condition, question.page_condition, *(prompt.when for prompt in question.prompts))
    if any(rule is not None and rule.attributes for rule in rules):
        found.append(
            Finding(
                _(
                    "無記名の調査で、「%(title)s」がお客さまの属性で出し分けられています。",
                    title=question.title,
                ),
                question.code,
                _("属性の条件を消してください。出たかどうかから、どなたの回答かがわかってしまいます。"),
            )
        )
    return found
