"""What does not go with a survey that is answered without names."""

import re
from collections.abc import Iterator, Sequence

from app.i18n import gettext as _
from app.surveys.compiled import CompiledQuestion
from app.surveys.finding import Finding, Place, Weight
from app.surveys.models import QuestionKind, Survey

_PERIOD = re.compile(
    r"[0-9０-９一二三四五六七八九十数]{1,3}(日|週間|[かヶカケ]月)|(本日|今週|今月|翌日)(中|のうち|までに)"
)
_REPLY = re.compile(r"(ご連絡|お返事|ご返事|ご返信|お電話)")


def anonymous_findings(survey: Survey, questions: Sequence[CompiledQuestion]) -> list[Finding]:
    """What must be mended before an anonymous survey is published: nothing for one with names."""
    if not survey.anonymous:
        return []
    return [*(found for one in questions for found in _of_question(one)), *_of_thanks(survey.thanks)]


def _of_thanks(thanks: str) -> Iterator[Finding]:
    """What the last page says is worth a look where it cannot be kept."""
    mend = _(
        "無記名の回答は、5件そろってから読みます。「おわりのお礼」に、いつまでにとは書かないでください。"
    )
    if _PERIOD.search(thanks):
        yield _in_thanks(_("無記名の調査で、お礼の文がいつ読むかを約束しています。"), mend)
    if _REPLY.search(thanks):
        mend = _("どなたの回答かわからないので、お返事はできません。「おわりのお礼」から消してください。")
        yield _in_thanks(_("無記名の調査で、お礼の文がお返事を約束しています。"), mend)


def _in_thanks(sentence: str, mend: str) -> Finding:
    return Finding(sentence, None, mend, Weight.ADVICE, Place.TEXTS, "thanks")


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
