"""Before publishing: questions nobody is asked, dead ends, and how long the longest way is."""

import pytest

from app.surveys.checks import Weight, findings
from app.surveys.checks.length import longest_walk
from app.surveys.compiled import Choice, CompiledQuestion
from app.surveys.conditions import Condition
from app.surveys.models import QuestionKind

CHOICES = (Choice("a", "本店"), Choice("b", "駅前店"), Choice("c", "その他", other=True))
NONE = Choice("none", "特になし", exclusive=True)


def asked(code, kind=QuestionKind.TEXT, condition=None, **fields):
    rule = Condition(condition) if condition else None
    return CompiledQuestion(id=1, code=code, page=1, kind=kind, title=f"設問{code}", condition=rule, **fields)


def shop(**fields):
    return asked("shop", QuestionKind.SINGLE, choices=CHOICES, **fields)


def shops(**fields):
    return asked("shops", QuestionKind.MULTIPLE, choices=(*CHOICES, NONE), **fields)


def is_(question, value, how="is"):
    return {"question": question, "is": how, "value": value}


def never_asked(*questions):
    return [one.question for one in findings(questions, "直すため。") if "だれにも出ません" in one.sentence]


SINGLE, SEVERAL, POINTS = shop(), shops(), asked("nps", QuestionKind.NPS)
COUNT = asked("count", QuestionKind.NUMBER, settings={"lowest": 0, "highest": 10})
WORDS, DAY = asked("words"), asked("day", QuestionKind.DATE)
AGREED = asked("agreed", QuestionKind.CONSENT, required=True)


@pytest.mark.parametrize(
    ("before", "condition"),
    [
        (SINGLE, {"any": []}),
        (SINGLE, {"all": [is_("shop", "a"), is_("shop", "b")]}),
        (SINGLE, {"all": [is_("shop", "a"), {"not": {"question": "shop", "is": "answered"}}]}),
        (SINGLE, is_("shop", "closed")),
        (SEVERAL, is_("shops", ["a", "none"], "all_of")),
        (SEVERAL, {"all": [is_("shops", "a"), is_("shops", ["none"], "exactly")]}),
        (POINTS, {"all": [is_("nps", 9, "at_least"), is_("nps", 6, "at_most")]}),
        (POINTS, is_("nps", 10, "above")),
        (COUNT, is_("count", 11, "at_least")),
        (COUNT, {"all": [is_("count", 3, "above"), is_("count", 3, "below")]}),
        (
            WORDS,
            {"all": [is_("words", "遅い", "contains"), {"not": {"question": "words", "is": "answered"}}]},
        ),
        (DAY, {"all": [is_("day", "2026-01-10", "above"), is_("day", "2026-01-10", "at_most")]}),
        (AGREED, is_("agreed", False)),
    ],
)
def test_a_question_nobody_is_asked_keeps_from_publishing(before, condition):
    found = [
        one
        for one in findings([before, asked("q", condition=condition)], "直すため。")
        if one.question == "q"
    ]
    assert [(one.weight, "だれにも出ません" in one.sentence) for one in found] == [(Weight.MUST, True)]
    assert found[0].mend


@pytest.mark.parametrize(
    ("before", "condition"),
    [
        (SINGLE, {"any": [is_("shop", "a"), is_("shop", "b")]}),
        (SINGLE, {"all": [is_("shop", "a", "is_not"), is_("shop", "b", "is_not")]}),
        (SINGLE, {"not": {"any": []}}),
        (SEVERAL, {"all": [is_("shops", "a"), is_("shops", "b"), {"not": is_("shops", "c")}]}),
        (SEVERAL, is_("shops", ["none"], "exactly")),
        (POINTS, {"all": [is_("nps", 9, "at_least"), is_("nps", 9, "at_most")]}),
        (COUNT, {"all": [is_("count", 3, "above"), is_("count", 4, "below")]}),
        (WORDS, {"all": [is_("words", "遅い", "contains"), is_("words", "高い", "contains")]}),
        (WORDS, {"all": [is_("words", "あ", "contains"), is_("words", "い", "contains"), {"not": is_("words", "あい", "contains")}]}),
        (WORDS, is_("words", "たろう", "above")),
        (DAY, {"all": [is_("day", "2026-01-10", "above"), is_("day", "2026-01-12", "below")]}),
        (SINGLE, {"attribute": "state", "is": "is", "value": "lapsed"}),
        (SINGLE, {"all": [{"attribute": "orders", "is": "at_least", "value": 3}, is_("shop", "c")]}),
    ],
)  # fmt: skip
def test_a_question_somebody_is_asked_is_left_alone(before, condition):
    assert never_asked(before, asked("q", condition=condition)) == []


def test_what_hangs_on_a_hidden_question_or_page_is_hidden_too_and_says_where_to_begin():
    nobody = Condition({"any": []})
    chain = [
        SINGLE,
        asked("hidden", condition={"all": [is_("shop", "a"), is_("shop", "b")]}),
        asked("after", condition={"question": "hidden", "is": "answered"}),
        CompiledQuestion(
            id=2, code="page", page=2, kind=QuestionKind.TEXT, title="設問", page_condition=nobody
        ),
    ]
    found = {one.question: one.mend for one in findings(chain, "") if "だれにも" in one.sentence}
    assert found.keys() == {"hidden", "after", "page"}
    assert "「設問hidden」" in found["after"]


def test_too_many_answers_to_try_are_no_finding():
    many = [asked(f"n{n}", QuestionKind.NPS) for n in range(8)]
    rule = {"all": [is_(one.code, 10) for one in many]}
    assert never_asked(*many, asked("q", condition=rule)) == []


def test_a_way_that_asks_nothing_and_a_consent_that_blocks_are_dead_ends():
    only_some = [asked("q", condition={"attribute": "state", "is": "is", "value": "lapsed"})]
    assert "ひとつも設問が出ないまま" in findings(only_some, "")[0].sentence
    assert not [one for one in findings([SINGLE, *only_some], "") if "ひとつも" in one.sentence]
    blocked = findings([AGREED, SINGLE], "連絡のため。")
    assert [(one.weight, "先へ進めません" in one.sentence) for one in blocked] == [(Weight.ADVICE, True)]
    no_number = asked("count", QuestionKind.NUMBER, settings={"lowest": 5, "highest": 1}, required=True)
    assert "答えられる数がありません" in findings([no_number], "")[0].sentence


def test_the_longest_way_counts_and_not_the_sum_of_all_branches():
    branches = [asked(f"{code}{n}", condition=is_("shop", code)) for code in "abc" for n in range(5)]
    assert longest_walk([SINGLE, *branches]) == (6, 15 + 5 * 25)
    assert findings([SINGLE, *branches], "") == []
    thirteen = [asked(f"n{n}", QuestionKind.NPS) for n in range(13)]
    assert ["13問" in one.sentence for one in findings(thirteen, "")] == [True]
    eight = [asked(f"t{n}") for n in range(8)]
    assert ["約3分20秒" in one.sentence for one in findings(eight, "")] == [True]
