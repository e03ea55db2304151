"""A list of reasons lets everybody out: whoever finds none of theirs would pick a wrong one or stop."""

import re
from collections.abc import Iterator, Sequence

from app.i18n import gettext as _
from app.surveys.compiled import Choice, CompiledQuestion
from app.surveys.finding import Finding, advice
from app.surveys.models import QuestionKind

_CHOSEN = (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
_REASONS = re.compile(r"理由|きっかけ|原因|要因|事情|決め手|わけ(は|を|に)|なぜ|どうして")
_WAY_OUT = re.compile(
    r"その他|そのほか|このほか|[上右]記以外|どれにも|当ては?まら|当て嵌|あてはまら|(それ|これ|どれ)(でも|以外)|ほかの(理由|きっかけ|こと)"
)


def findings(questions: Sequence[CompiledQuestion]) -> Iterator[Finding]:
    for question in questions:
        if _lists_reasons(question) and not any(map(_lets_out, question.choices)):
            yield advice(
                _("「%(title)s」に「その他」がありません。", title=question.title),
                _("近いものがない方が困ります。選択肢の最後に「その他」を加えてください。"),
                question.code,
            )


def _lists_reasons(question: CompiledQuestion) -> bool:
    is_list = question.kind in _CHOSEN and len(question.choices) > 1
    return is_list and _REASONS.search(question.title) is not None


def _lets_out(choice: Choice) -> bool:
    return choice.other or _WAY_OUT.search(choice.label) is not None
