"""Whether a question is asked is decided on the server, by rules over earlier answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.surveys.conditions import BadRule, Condition


def holds(rule, **answers):
    return Condition(rule).holds(answers)


def says(op, value=None):
    return {"question": "q", "is": op, "value": value}


@pytest.mark.parametrize(
    ("rule", "answer", "met"),
    [
        (says("is", "price"), "price", True),
        (says("is", "Price"), "PRICE", True),
        (says("is", "price"), "support", False),
        (says("is", 7), "7", True),
        (says("is", "price"), ["support", "price"], True),
        (says("is_not", "price"), "support", True),
        (says("is_not", "price"), ["support", "price"], False),
        (says("any_of", ["price", "trust"]), "trust", True),
        (says("any_of", ["price", "trust"]), ["support"], False),
        (says("answered"), 0, True),
        (says("answered"), False, True),
        (says("answered"), "", False),
        (says("answered"), [], False),
        (says("at_least", 9), 9, True),
        (says("at_least", 9), "１０", False),
        (says("at_least", 9), "10", True),
        (says("at_most", 6), 7, False),
        (says("at_most", 6), "あ", False),
    ],
)
def test_each_comparison_says_what_its_name_says(rule, answer, met):
    assert holds(rule, q=answer) is met


@pytest.mark.parametrize(
    ("op", "met"),
    [
        ("is", False),
        ("any_of", False),
        ("at_least", False),
        ("at_most", False),
        ("answered", False),
        ("is_not", True),
    ],
)
def test_a_question_without_an_answer_meets_nothing_but_is_not(op, met):
    assert holds(says(op, 0)) is met


def test_rules_nest_with_and_or_and_not():
    low = {"question": "nps", "is": "at_most", "value": 6}
    price = {"question": "reason", "is": "is", "value": "price"}
    rule = {"all": [low, {"not": {"any": [price, {"question": "reason", "is": "is", "value": "none"}]}}]}
    assert holds(rule, nps=3, reason="support")
    assert not holds(rule, nps=3, reason="price")
    assert not holds(rule, nps=8, reason="support")
    assert Condition(rule).questions == {"nps", "reason"}


@pytest.mark.parametrize(
    "rule", [{}, [], "nps", {"question": "q"}, {"question": "q", "is": "like"}, {"all": "x"}, {"any": [None]}]
)
def test_a_rule_of_no_known_shape_is_refused(rule):
    with pytest.raises(BadRule):
        Condition(rule)


def test_a_rule_nested_without_end_is_refused():
    rule = says("answered")
    for _step in range(500):
        rule = {"not": rule}
    with pytest.raises(BadRule):
        Condition(rule)


leaves = st.builds(
    lambda question, value: {"question": question, "is": "is", "value": value},
    st.sampled_from("abc"),
    st.integers(0, 2),
)
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=8,
)
answers = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2))


def turned(rule):
    """The opposite of a rule, by De Morgan."""
    if "all" in rule:
        return {"any": [turned(part) for part in rule["all"]]}
    if "any" in rule:
        return {"all": [turned(part) for part in rule["any"]]}
    return rule.get("not", {"not": rule})


@given(rules, answers)
def test_the_opposite_of_a_rule_holds_exactly_where_the_rule_does_not(rule, given_answers):
    assert Condition(turned(rule)).holds(given_answers) is not Condition(rule).holds(given_answers)


def test_what_is_known_of_the_customer_is_compared_like_an_answer():
    often = {"attribute": "customer:purchases", "is": "at_least", "value": 3}
    shop = {"attribute": "ご利用", "is": "is", "value": "店舗"}
    rule = Condition({"all": [{"question": "q", "is": "is", "value": "a"}, {"any": [often, {"not": shop}]}]})
    assert rule.questions == {"q"}
    assert rule.attributes == {"customer:purchases", "ご利用"}
    assert rule.holds({"q": "a"}, {"customer:purchases": 3, "ご利用": "店舗"})
    assert rule.holds({"q": "a"}), "of somebody unknown nothing is said, so it is not the shop"
    assert not rule.holds({"q": "a"}, {"customer:purchases": 2, "ご利用": "店舗"})
    assert not rule.holds({"q": "a", "ご利用": "通販", "customer:purchases": 9}, {"ご利用": "店舗"}), (
        "answers are no attributes"
    )
