"""Conditions as a Japanese sentence: 「いちばんの理由」が「値段」、かつ「おすすめ度」が9以上のとき."""

from collections.abc import Mapping
from typing import Any

from app.i18n import gettext as _
from app.surveys.attributes import CHOICES, label_of
from app.surveys.compiled import CompiledVersion
from app.surveys.conditions import Rule
from app.surveys.eras import day_in_words
from app.surveys.models import QuestionKind
from app.surveys.piping import plain

_LONGEST_TITLE = 24
# Sentences that end in a verb or an adjective stand before とき as they are; the others need a の.
_VERBAL = {"is_not", "answered", "all_of", "contains", "above", "below"}
_DENIED_VERBAL = {"is", "any_of", "answered", "all_of", "contains", "exactly"}


def rule_in_words(rule: Rule, version: CompiledVersion) -> str:
    """The whole sentence, as far as とき."""
    if not _parts(rule) and ("all" in rule or "any" in rule):
        return _("いつでも") if "all" in rule else _("だれにも出さない")
    said = _said(rule, version)
    return _("%(rule)sとき", rule=said) if _ends_in_verb(rule) else _("%(rule)sのとき", rule=said)


def _parts(rule: Rule) -> list[Rule]:
    return list(rule.get("all", rule.get("any", ())))


def _said(rule: Rule, version: CompiledVersion) -> str:
    parts = _parts(rule)
    if "all" in rule or "any" in rule:
        if not parts:
            return _("いつでも") if "all" in rule else _("どんなときも出さない")
        joint = _("、かつ") if "all" in rule else _("、または")
        return joint.join(_part(part, version) for part in parts)
    if "not" in rule:
        denied = _plainly(rule["not"])
        if "is" in denied and denied["is"] in _DENIED_VERBAL:
            return _sentence(f"not_{denied['is']}", denied, version)
        return _("（%(rule)s）ではない", rule=_said(denied, version))
    return _sentence(str(rule["is"]), rule, version)


def _plainly(rule: Rule) -> Rule:
    """One of one is that one."""
    value = rule.get("value")
    is_one = rule.get("is") == "any_of" and isinstance(value, list | tuple) and len(value) == 1
    return {**rule, "is": "is", "value": value[0]} if is_one and value else rule


def _part(rule: Rule, version: CompiledVersion) -> str:
    """A rule inside a longer one, in brackets where it joins several itself."""
    said = _said(rule, version)
    return _("（%(rule)s）", rule=said) if len(_parts(rule)) > 1 else said


def _ends_in_verb(rule: Rule) -> bool:
    if parts := _parts(rule):
        last = parts[-1]
        return _ends_in_verb(last) if len(_parts(last)) <= 1 else False
    return "not" in rule or rule.get("is") in _VERBAL


def _sentence(op: str, rule: Rule, version: CompiledVersion) -> str:
    names = _names(rule, version)
    if "attribute" in rule and op in ("answered", "not_answered"):
        return (
            _("「%(name)s」がわかっている", **names)
            if op == "answered"
            else _("「%(name)s」がわかっていない", **names)
        )
    sentences = {
        "is": _("「%(name)s」が「%(value)s」", **names),
        "is_not": _("「%(name)s」が「%(value)s」ではない", **names),
        "not_is": _("「%(name)s」が「%(value)s」ではない", **names),
        "any_of": _("「%(name)s」が「%(value)s」", **names),
        "not_any_of": _("「%(name)s」が「%(value)s」のどれでもない", **names),
        "answered": _("「%(name)s」に答えた", **names),
        "not_answered": _("「%(name)s」に答えていない", **names),
        "all_of": _("「%(name)s」で「%(value)s」をすべて選んだ", **names),
        "not_all_of": _("「%(name)s」で「%(value)s」をすべては選んでいない", **names),
        "exactly": _("「%(name)s」の答えがちょうど「%(value)s」", **names),
        "not_exactly": _("「%(name)s」の答えがちょうど「%(value)s」ではない", **names),
        "contains": _("「%(name)s」に「%(value)s」が含まれる", **names),
        "not_contains": _("「%(name)s」に「%(value)s」が含まれない", **names),
        "above": _("「%(name)s」が%(value)sより大きい", **names),
        "below": _("「%(name)s」が%(value)sより小さい", **names),
        "at_least": _("「%(name)s」が%(value)s以上", **names),
        "at_most": _("「%(name)s」が%(value)s以下", **names),
    }
    return sentences[op]


def _names(rule: Rule, version: CompiledVersion) -> dict[str, str]:
    """What is compared, and with what, as people read them."""
    value = rule.get("value")
    if "attribute" in rule:
        labels = {code: str(label) for code, label in CHOICES.get(rule["attribute"], {}).items()}
        return {"name": label_of(rule["attribute"]), "value": _value(value, labels)}
    question = version.question(rule["question"])
    if question is None:
        return {"name": rule["question"], "value": _value(value, {})}
    labels = {choice.code: plain(choice.label) for choice in question.choices}
    if question.kind is QuestionKind.CONSENT:
        labels = {"True": _("はい"), "False": _("いいえ")}
    if question.kind is QuestionKind.DATE:
        value = day_in_words(value)
    return {"name": shortened(plain(question.title)), "value": _value(value, labels)}


def shortened(title: str) -> str:
    """A title as far as it fits into a sentence."""
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def _value(value: Any, labels: Mapping[str, str]) -> str:
    if isinstance(value, list | tuple):
        return _("」か「").join(labels.get(str(one), str(one)) for one in value)
    return labels.get(str(value), str(value))
