"""Things of a survey said in words: conditions, time, retention."""

from app.i18n import counted as _n
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.surveys.checks.length import longest_walk
from app.surveys.compiled import CompiledVersion
from app.surveys.conditions import Condition
from app.surveys.models import QuestionKind, SurveyState
from app.surveys.telling import rule_in_words

KIND_LABELS = {
    QuestionKind.NPS: _l("おすすめ度 0〜10"),
    QuestionKind.SINGLE: _l("ひとつ選ぶ"),
    QuestionKind.MULTIPLE: _l("いくつでも選ぶ"),
    QuestionKind.SCALE: _l("段階で答える"),
    QuestionKind.TEXT: _l("文章で答える"),
    QuestionKind.NUMBER: _l("数で答える"),
    QuestionKind.DATE: _l("日付で答える"),
    QuestionKind.CONSENT: _l("同意をたずねる"),
    QuestionKind.CONTACT: _l("連絡の希望"),
    QuestionKind.STATEMENT: _l("説明だけ"),
}
STATE_LABELS = {
    SurveyState.DRAFT: _l("下書き"),
    SurveyState.PUBLISHED: _l("公開中"),
    SurveyState.CLOSED: _l("締め切り"),
}


def condition_in_words(condition: Condition, version: CompiledVersion) -> str:
    """「いちばんの理由」が「値段」のとき"""
    return rule_in_words(condition.rule, version)


def prompt_in_words(condition: Condition, version: CompiledVersion) -> str:
    """「値段」を選んだ方へ, or the whole condition where it is not as simple as that."""
    rule = condition.rule
    question = version.question(rule.get("question", ""))
    if question is not None and question.choices and rule["is"] in ("is", "any_of"):
        value = rule.get("value")
        codes = [str(one) for one in (value if isinstance(value, list | tuple) else [value])]
        labels = {choice.code: choice.label for choice in question.choices}
        return _(
            "「%(value)s」を選んだ方へ", value=_("」か「").join(labels.get(code, code) for code in codes)
        )
    return condition_in_words(condition, version)


def count_in_words(version: CompiledVersion) -> str:
    """How many questions there are: 5 where everybody is asked the same, 5〜8 where answers or details decide."""
    least, most = version.asked_count, longest_walk(version.questions)[0]
    return _("%(least)s〜%(most)s", least=least, most=most) if most > least else str(least)


def retention_in_words(months: int) -> str:
    """36 -> 3年, 18 -> 18か月"""
    if months % 12 == 0:
        return _n("%(years)s年", months // 12, years=months // 12)
    return _n("%(months)sか月", months, months=months)
