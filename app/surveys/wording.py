"""Things of a survey said in words: conditions, time, retention."""

from collections.abc import Mapping
from typing import Any

from app.i18n import counted as _n
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.surveys.compiled import CompiledVersion
from app.surveys.conditions import Condition, Rule
from app.surveys.models import QuestionKind, SurveyState

_LONGEST_TITLE = 24
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
    if condition.rule == {"any": []}:
        return _("だれにも出さない")
    return _("%(rule)sとき", rule=_rule(condition.rule, version))


def prompt_in_words(condition: Condition, version: CompiledVersion) -> str:
    """「値段」を選んだ方へ, or the whole condition where it is not as simple as that."""
    rule = condition.rule
    question = version.question(rule.get("question", ""))
    if question is not None and question.choices and rule["is"] in ("is", "any_of"):
        labels = {choice.code: choice.label for choice in question.choices}
        return _("「%(value)s」を選んだ方へ", value=_value(rule.get("value"), labels))
    return condition_in_words(condition, version)


def retention_in_words(months: int) -> str:
    """36 -> 3年, 18 -> 18か月"""
    if months % 12 == 0:
        return _n("%(years)s年", months // 12, years=months // 12)
    return _n("%(months)sか月", months, months=months)


def _rule(rule: Rule, version: CompiledVersion) -> str:
    if "all" in rule:
        return _("、かつ ").join(_part(part, version) for part in rule["all"])
    if "any" in rule:
        return _("、または ").join(_part(part, version) for part in rule["any"])
    if "not" in rule:
        return _("（%(rule)s）でない", rule=_rule(rule["not"], version))
    return _comparison(rule, version)


def _part(rule: Rule, version: CompiledVersion) -> str:
    """A rule inside a longer one, in brackets where it joins several itself."""
    said = _rule(rule, version)
    return _("（%(rule)s）", rule=said) if len(rule.get("all", rule.get("any", ()))) > 1 else said


def _comparison(rule: Mapping[str, Any], version: CompiledVersion) -> str:
    question = version.question(rule["question"])
    title = question.title if question else rule["question"]
    names = {
        "question": title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…",
        "value": _value(
            rule.get("value"), {choice.code: choice.label for choice in question.choices} if question else {}
        ),
    }
    sentences = {
        "is": _("「%(question)s」が「%(value)s」の", **names),
        "is_not": _("「%(question)s」が「%(value)s」ではない", **names),
        "any_of": _("「%(question)s」が「%(value)s」の", **names),
        "answered": _("「%(question)s」に答えた", **names),
        "all_of": _("「%(question)s」で「%(value)s」をすべて選んだ", **names),
        "exactly": _("「%(question)s」の答えがちょうど「%(value)s」の", **names),
        "contains": _("「%(question)s」に「%(value)s」が含まれる", **names),
        "above": _("「%(question)s」が%(value)sより大きい", **names),
        "below": _("「%(question)s」が%(value)sより小さい", **names),
        "at_least": _("「%(question)s」が%(value)s以上の", **names),
        "at_most": _("「%(question)s」が%(value)s以下の", **names),
    }
    return sentences[rule["is"]]


def _value(value: Any, labels: Mapping[str, str]) -> str:
    if isinstance(value, list | tuple):
        return _("」か「").join(labels.get(str(one), str(one)) for one in value)
    return labels.get(str(value), str(value))
