"""Choices are written one per line and keep their codes however they are worded."""

import pytest

from app.errors import BadInput
from app.surveys.choices import choices_from_lines, open_lines

BEFORE = [
    {"code": "price", "label": "値段や送料が合わなくなった"},
    {"code": "delivery", "label": "届く日や届き方で困った"},
    {"code": "other", "label": "このほかの理由がある"},
]

pytestmark = pytest.mark.usefixtures("context")


def codes(*labels, before=BEFORE, taken=()):
    return [choice["code"] for choice in choices_from_lines(labels, before, taken)]


def test_a_reworded_choice_keeps_its_code():
    assert codes("値段や送料が高くなった", "届く日や届き方で困った", "このほかの理由がある") == [
        "price",
        "delivery",
        "other",
    ]


def test_moved_choices_keep_their_codes():
    assert codes("このほかの理由がある", "値段や送料が合わなくなった", "届く日や届き方で困った") == [
        "other",
        "price",
        "delivery",
    ]


def test_two_choices_reworded_and_moved_at_once_find_their_codes_again():
    assert codes("届く日や届き方で、困った", "値段や送料が合わなかった", "このほかの理由がある") == [
        "delivery",
        "price",
        "other",
    ]


def test_another_choice_in_the_place_of_one_never_takes_over_its_code():
    assert codes("値段や送料が合わなくなった", "味が変わった", "このほかの理由がある") == [
        "price",
        "c1",
        "other",
    ]
    swapped = [
        {"code": "phone", "label": "電話で返事がほしい"},
        {"code": "mail", "label": "メールで返事がほしい"},
    ]
    assert codes("LINEで返事がほしい", "店で聞きたい", before=swapped) == ["c1", "c2"]


def test_a_choice_put_between_gets_a_code_of_its_own():
    assert codes(*[one["label"] for one in BEFORE[:2]], "味が変わった", BEFORE[2]["label"]) == [
        "price",
        "delivery",
        "c1",
        "other",
    ]


def test_what_a_new_line_stands_for_is_open_only_where_an_old_one_is_gone_and_is_taken_as_said():
    kept = [one["label"] for one in BEFORE]
    assert open_lines([*kept, "味が変わった"], BEFORE) == ([], [])
    assert open_lines(kept[:2], BEFORE)[0] == []
    lines, gone = open_lines(["値段や送料が高くなった", kept[1], "ほかにわけがある"], BEFORE)
    assert [(one.label, one.guess) for one in lines] == [
        ("値段や送料が高くなった", "price"),
        ("ほかにわけがある", ""),
    ]
    assert [one["code"] for one in gone] == ["price", "other"]

    def said(**meant):
        labels = ["値段や送料が高くなった", kept[1], "ほかにわけがある"]
        return [choice["code"] for choice in choices_from_lines(labels, BEFORE, (), meant)]

    assert said(値段や送料が高くなった="price", ほかにわけがある="other") == ["price", "delivery", "other"]
    assert said(値段や送料が高くなった="", ほかにわけがある="price") == ["c1", "delivery", "price"]
    assert said(値段や送料が高くなった="delivery") == ["c1", "delivery", "c2"]
    with pytest.raises(BadInput, match="同じ選択肢"):
        said(値段や送料が高くなった="price", ほかにわけがある="price")


def test_a_code_that_was_ever_used_is_not_given_to_another_choice():
    assert codes("味が変わった", "香りが変わった", before=[], taken={"c1"}) == ["c2", "c3"]


def test_a_new_line_beginning_with_other_can_be_written_in_and_one_with_nothing_stands_alone():
    other, nothing = choices_from_lines(["その他（くわしく）", "特になし"])
    assert (other["other"], other["exclusive"], nothing["other"], nothing["exclusive"]) == (
        True,
        False,
        False,
        True,
    )


@pytest.mark.parametrize(
    "labels", [["同じ", "同じ"], ["長" * 201], [f"選択肢{number}" for number in range(51)]]
)
def test_doubled_endless_or_too_many_lines_are_refused_with_a_sentence(labels):
    with pytest.raises(BadInput, match="選択肢"):
        choices_from_lines(labels)
