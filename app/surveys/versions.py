"""What is different between two versions of a survey, as sentences. Knows no database."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.surveys.compiled import Choice, CompiledQuestion, CompiledVersion
from app.surveys.conditions import Condition
from app.surveys.models import AsksFor, ReadAs
from app.surveys.piping import plain
from app.surveys.wording import KIND_LABELS, condition_in_words, prompt_in_words

_LONGEST_TITLE = 40
_SETTINGS = {
    "low": _l("小さいほうの端のことば"),
    "middle": _l("真ん中のことば"),
    "high": _l("大きいほうの端のことば"),
    "points": _l("段階の数"),
    "lowest": _l("いちばん小さい数"),
    "highest": _l("いちばん大きい数"),
    "unit": _l("単位"),
    "label": _l("同意のことば"),
    "short": _l("ひとことの欄"),
    "shuffle": _l("選択肢の並びをまぜる"),
}
_MARKS = {
    "other": _l("書き込む欄"),
    "exclusive": _l("これだけで選ぶ"),
    "pinned": _l("まぜても動かさない"),
}
_READ_AS = {
    ReadAs.REASON: _l("離れた理由"),
    ReadAs.IMPROVE: _l("直してほしいこと"),
    ReadAs.CURRENT: _l("今の代わり"),
    ReadAs.NPS: _l("点数の理由"),
    ReadAs.OTHER: _l("そのほかの声"),
    None: _l("読まない"),
}
_ASKS_FOR = {
    AsksFor.ANYTHING: _l("何でも"),
    AsksFor.COMPLAINT: _l("困ったこと"),
    AsksFor.WISH: _l("希望"),
    AsksFor.PRAISE: _l("よかったこと"),
}


@dataclass(frozen=True)
class Change:
    """One thing that is different. `question`: the title it is about; before, after: where words or rules were replaced."""

    sentence: str
    question: str = ""
    before: str = ""
    after: str = ""


def changes_between(before: CompiledVersion, after: CompiledVersion) -> list[Change]:
    """Everything that is different: questions taken out, added, moved, then each changed one in its new order."""
    old = {one.code: one for one in before.questions}
    new = {one.code: one for one in after.questions}
    found = [Change(_("設問を消しました"), _short(one)) for one in before.questions if one.code not in new]
    found += [Change(_("設問を加えました"), _short(one)) for one in after.questions if one.code not in old]
    found += _moved(before, after)
    for one in after.questions:
        if one.code in old:
            found += _of_question(old[one.code], one, before, after)
    return found


def _moved(before: CompiledVersion, after: CompiledVersion) -> Iterator[Change]:
    """The fewest questions whose moving explains the new order."""
    old = {one.code: place for place, one in enumerate(before.questions)}
    common = [one for one in after.questions if one.code in old]
    kept = _longest_rising([old[one.code] for one in common])
    places = {one.code: place for place, one in enumerate(after.questions, 1)}
    for one in common:
        if old[one.code] not in kept:
            sentence = _(
                "%(before)s番目から%(after)s番目へ動かしました",
                before=old[one.code] + 1,
                after=places[one.code],
            )
            yield Change(sentence, _short(one))


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The longest part of these numbers that is in rising order; of equally long ones the one that begins lowest."""

    def worth(part: Sequence[int]) -> tuple[int, list[int]]:
        return len(part), [-number for number in part]

    best: list[list[int]] = []
    for number in numbers:
        before: list[int] = max((one for one in best if one[-1] < number), key=worth, default=[])
        best.append([*before, number])
    longest: list[int] = max(best, key=worth, default=[])
    return set(longest)


def _of_question(
    old: CompiledQuestion, new: CompiledQuestion, before: CompiledVersion, after: CompiledVersion
) -> Iterator[Change]:
    title = _short(new)
    pairs = (
        (_("種類を変えました"), *(str(KIND_LABELS[one.kind]) for one in (old, new))),
        (_("問いかけを言いかえました"), old.title, new.title),
        (_("補足を変えました"), old.help, new.help),
        (_("読み方を変えました"), *(str(_READ_AS[one.read_as]) for one in (old, new))),
        (_("たずねていることを変えました"), *(str(_ASKS_FOR[one.asks_for]) for one in (old, new))),
    )
    for sentence, was, is_now in pairs:
        if was != is_now:
            yield Change(sentence, title, was or _("（なし）"), is_now or _("（なし）"))
    yield from _of_rules(old, new, before, after)
    if old.required != new.required:
        yield Change(
            _("答えてもらってから先へ進む設問にしました")
            if new.required
            else _("答えずに進める設問にしました"),
            title,
        )
    if _is_joined(before, old) != _is_joined(after, new):
        yield Change(
            _("前の設問と同じ画面に出すようにしました")
            if _is_joined(after, new)
            else _("別の画面に分けました"),
            title,
        )
    yield from _of_choices(old.choices, new.choices, title)
    yield from _of_settings(old.settings, new.settings, title)
    yield from _of_prompts(old, new, before, after)


def _of_rules(
    old: CompiledQuestion, new: CompiledQuestion, before: CompiledVersion, after: CompiledVersion
) -> Iterator[Change]:
    """What decides is the rule: its sentence also changes where a choice it names was reworded."""
    for sentence, was, is_now in (
        (_("出す相手を変えました"), old.condition, new.condition),
        (_("画面を出す相手を変えました"), old.page_condition, new.page_condition),
    ):
        if was != is_now:
            words = _rule(was, before), _rule(is_now, after)
            yield Change(sentence, _short(new), *(words if words[0] != words[1] else ()))


def _of_choices(old: Sequence[Choice], new: Sequence[Choice], title: str) -> Iterator[Change]:
    before, after = {one.code: one for one in old}, {one.code: one for one in new}
    for one in old:
        if one.code not in after:
            yield Change(_("選択肢「%(label)s」を消しました", label=one.label), title)
    for one in new:
        if one.code not in before:
            yield Change(_("選択肢「%(label)s」を加えました", label=one.label), title)
    for one in new:
        was = before.get(one.code)
        if was is None:
            continue
        if was.label != one.label:
            yield Change(_("選択肢を言いかえました"), title, was.label, one.label)
        for name, label in _MARKS.items():
            if getattr(was, name) != getattr(one, name):
                yield _switched(
                    _("選択肢「%(label)s」の%(what)s", label=one.label, what=label), one, name, title
                )
    if [one.code for one in old if one.code in after] != [one.code for one in new if one.code in before]:
        yield Change(_("選択肢の順番を変えました"), title)


def _switched(what: str, choice: Choice, name: str, title: str) -> Change:
    sentence = (
        _("%(what)sを付けました", what=what)
        if getattr(choice, name)
        else _("%(what)sを外しました", what=what)
    )
    return Change(sentence, title)


def _of_settings(old: Mapping[str, Any], new: Mapping[str, Any], title: str) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        was, is_now = ("" if one is None or one is False else one for one in (old.get(name), new.get(name)))
        if was == is_now:
            continue
        what = _SETTINGS.get(name, name)
        if was is True or is_now is True:
            yield Change(
                _("「%(what)s」にしました", what=what)
                if is_now
                else _("「%(what)s」をやめました", what=what),
                title,
            )
        else:
            yield Change(
                _("%(what)sを変えました", what=what),
                title,
                str(was) or _("（なし）"),
                str(is_now) or _("（なし）"),
            )


def _of_prompts(
    old: CompiledQuestion, new: CompiledQuestion, before: CompiledVersion, after: CompiledVersion
) -> Iterator[Change]:
    """The other wordings, told by the condition they go with."""
    was = {_key(one.when): one for one in old.prompts}
    is_now = {_key(one.when): one for one in new.prompts}
    title = _short(new)
    for key, one in was.items():
        if key not in is_now:
            words = prompt_in_words(one.when, before)
            yield Change(_("%(when)sの問いかけを消しました", when=words), title, one.title, _("（なし）"))
    for key, one in is_now.items():
        words = prompt_in_words(one.when, after)
        if key not in was:
            yield Change(_("%(when)sの問いかけを加えました", when=words), title, _("（なし）"), one.title)
        elif (was[key].title, was[key].help) != (one.title, one.help):
            yield Change(
                _("%(when)sの問いかけを言いかえました", when=words),
                title,
                _with_help(was[key].title, was[key].help),
                _with_help(one.title, one.help),
            )
    if [key for key in was if key in is_now] != [key for key in is_now if key in was]:
        yield Change(_("前の答えに合わせた問いかけの順番を変えました"), title)


def _with_help(title: str, help_text: str) -> str:
    return _("%(answer)s（%(written)s）", answer=title, written=help_text) if help_text else title


def _key(condition: Condition) -> str:
    return json.dumps(condition.rule, sort_keys=True, ensure_ascii=False, default=str)


def _rule(condition: Condition | None, version: CompiledVersion) -> str:
    return condition_in_words(condition, version) if condition else _("全員")


def _is_joined(version: CompiledVersion, question: CompiledQuestion) -> bool:
    """Does it share a screen with the question before it?"""
    pairs = pairwise(version.questions)
    return any(one.page == other.page and other.code == question.code for one, other in pairs)


def _short(question: CompiledQuestion) -> str:
    title = plain(question.title)
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"
