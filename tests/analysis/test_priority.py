"""The ranking is the formula, done by hand here, and says when two ranks could swap."""

import json
from datetime import date, timedelta

import pytest

from analysis.priority import PRIORS, Beta, Coding, rank_reasons, returned, run_door
from analysis.weighting import Customer, merged_cells, rfm_cells, weights, yearly_revenue

A, B = (1, 1, 1), (3, 1, 1)


def tea_house():
    """Cell A: 12 lapsed, 6 answered, 10,000 yen each. Cell B: 15 lapsed, 5 answered, 20,000 yen each."""
    customers = [Customer(f"a{i}", 10_000, A) for i in range(1, 13)]
    customers += [Customer(f"b{i}", 20_000, B) for i in range(1, 16)]
    respondents = [f"a{i}" for i in range(1, 7)] + [f"b{i}" for i in range(1, 6)]
    codings = [Coding(f"a{i}", "price", 1) for i in range(1, 5)]
    codings += [Coding("a5", "price", 1), Coding("a5", "support", 3)]  # a6 answered without a reason
    codings += [Coding(f"b{i}", "support", 1) for i in range(1, 4)]
    codings += [Coding("b4", "delivery", 2), Coding("b5", "delivery", 1), Coding("b5", "price", 1)]
    return customers, respondents, codings


def crowd(first, second, unnamed=0):
    """`first` people name reason x, `second` reason y: one yen, one cell, everybody answered."""
    people = range(first + second + unnamed)
    codings = [Coding(i, "x" if i < first else "y") for i in range(first + second)]
    return [Customer(i, 1, A) for i in people], list(people), codings


def test_the_yen_of_each_reason_follow_the_formula():
    # Weights: A 12 / 6 = 2, B 15 / 5 = 3. Shares: a5 price 1/4, support 3/4; b5 delivery 1/2, price 1/2.
    # price:    lost 2 * 10,000 * (4 + 1/4) + 3 * 20,000 * 1/2 = 115,000; high 3 / 10; 34,500 yen; / 3 days
    # support:  lost 2 * 10,000 * 3/4 + 3 * 20,000 * 3 = 195,000; Beta(2, 2) 1/2; 97,500 yen; / 30 days
    # delivery: lost 3 * 20,000 * (1 + 1/2) = 90,000; unset: middle 1.5 / 10; 13,500 yen; / 10 days assumed
    recover = {"price": PRIORS["high"], "support": Beta(2, 2)}
    ranking = rank_reasons(*tea_house(), {"price": 3, "support": 30}, recover)
    price, support, delivery = ranking.items
    assert ranking.in_yen
    assert (price.reason, support.reason, delivery.reason) == ("price", "support", "delivery")
    assert [item.lost for item in ranking.items] == pytest.approx([115_000, 195_000, 90_000])
    assert [item.chance for item in ranking.items] == pytest.approx([0.3, 0.5, 0.15])
    assert [item.value for item in ranking.items] == pytest.approx([34_500, 97_500, 13_500])
    assert [item.score for item in ranking.items] == pytest.approx([11_500, 3_250, 1_350])
    assert [item.rank for item in ranking.items] == [1, 2, 3]
    assert [item.effort_is_assumed for item in ranking.items] == [False, False, True]


def test_a_reason_counts_its_people_and_those_they_speak_for():
    # price: a1 to a5 and b5 speak for 5 * 2 + 3 = 13; support: a5, b1 to b3: 2 + 9; delivery: b4, b5: 6
    items = {item.reason: item for item in rank_reasons(*tea_house()).items}
    assert {reason: (item.n, item.count) for reason, item in items.items()} == {
        "price": (6, 13),
        "support": (4, 11),
        "delivery": (2, 6),
    }


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("score", ["price", "delivery", "support"]),
        ("value", ["support", "price", "delivery"]),
        ("count", ["price", "support", "delivery"]),
    ],
)
def test_the_reader_chooses_what_the_ranks_go_by(by, order):
    # All chances middle: 0.15 * lost is support 29,250, price 17,250, delivery 13,500 yen; per person-day
    # 29,250 / 30 = 975, 17,250 / 3 = 5,750, 13,500 / 10 = 1,350
    ranking = rank_reasons(*tea_house(), {"price": 3, "support": 30}, by=by)
    assert [item.reason for item in ranking.items] == order


def test_reasons_left_out_of_the_ranking_still_take_their_share():
    # Without support: price stays 115,000 (a5 gives it 1/4, b5 1/2) and delivery 90,000
    ranking = rank_reasons(*tea_house(), among={"price", "delivery"}, by="lost")
    assert [(item.reason, item.lost) for item in ranking.items] == [("price", 115_000), ("delivery", 90_000)]


def test_reasons_of_too_few_people_stand_last_without_a_rank():
    # delivery would be first by far (2 people), but only reasons of 3 people and more rank
    ranking = rank_reasons(*tea_house(), {"delivery": 0.1}, least=3)
    assert [(item.reason, item.rank) for item in ranking.items] == [
        ("support", 1),
        ("price", 2),
        ("delivery", None),
    ]
    assert ranking.items[-1].band is None


def test_the_interval_holds_the_middle_ninety_percent_of_the_bootstraps():
    # 50 of 100 people name x, worth 0.15 yen each: a bootstrap is 0.15 * Binomial(100, 1/2), whose
    # 5 % and 95 % points are 42 and 58 (P(X <= 41) = .044, P(X <= 42) = .067, and the same above)
    (x,) = rank_reasons(*crowd(50, 0, unnamed=50)).items
    assert (x.value, x.low, x.high) == pytest.approx((7.5, 0.15 * 42, 0.15 * 58))


@pytest.mark.parametrize(
    ("second", "bands"),
    [
        (46, [1, 1]),  # P(Binomial(100, .46) > 50) + half a tie = .183 + .029 = .21
        (44, [1, 2]),  # P(Binomial(100, .44) > 50) + half a tie = .096 + .020 = .12
    ],
)
def test_neighbours_share_a_band_when_a_fifth_of_the_bootstraps_swap_them(second, bands):
    ranking = rank_reasons(*crowd(100 - second, second))
    assert [item.band for item in ranking.items] == bands


def test_reasons_that_always_tie_share_a_band():
    customers, respondents, _ = crowd(20, 0)
    codings = [Coding(i, reason) for i in respondents for reason in ("x", "y")]
    assert [item.band for item in rank_reasons(customers, respondents, codings).items] == [1, 1]


def test_the_same_seed_gives_the_same_ranking_and_another_seed_another_interval():
    assert rank_reasons(*tea_house(), seed=7) == rank_reasons(*tea_house(), seed=7)
    customers = [Customer(i, 1_000 + 137 * i, A) for i in range(40)]
    question = customers, range(40), [Coding(i, "x") for i in range(40)]
    assert rank_reasons(*question, seed=7).items[0].low != rank_reasons(*question, seed=8).items[0].low


def test_without_any_revenue_the_ranks_go_by_weighted_count():
    # The weighted counts of the tea house: price 13, support 11, delivery 6; effort and chance do not matter
    customers, respondents, codings = tea_house()
    nameless = [Customer(customer.id, None, customer.cell) for customer in customers]
    ranking = rank_reasons(nameless, respondents, codings, {"price": 100}, {"delivery": Beta(9, 1)})
    assert not ranking.in_yen
    assert [(item.reason, item.value) for item in ranking.items] == [
        ("price", 13),
        ("support", 11),
        ("delivery", 6),
    ]


def test_who_has_not_lapsed_adds_nothing_and_who_is_unknown_speaks_for_one():
    customers = [Customer("gone", 5_000, A), Customer("here", 9_000, A, is_lapsed=False)]
    codings = [Coding("gone", "price"), Coding("here", "price"), Coding("stranger", "price")]
    (price,) = rank_reasons(customers, ["gone", "here", "stranger"], codings).items
    assert (price.n, price.count, price.lost) == (2, 2, 5_000)


def test_no_reasons_are_an_empty_ranking():
    assert rank_reasons([Customer("a", 1, A)], ["a"], []).items == ()
    assert rank_reasons([], [], []).items == ()


def test_a_reason_of_somebody_who_never_answered_is_refused():
    with pytest.raises(ValueError, match="'b' has a reason but is not among the respondents"):
        rank_reasons([], ["a"], [Coding("b", "price")])


def test_small_cells_join_their_neighbour_along_f():
    # f = 1 has 3 respondents: it joins f = 2; f = 3 stands on its own
    groups = merged_cells({(1, 1, 1): 3, (1, 2, 1): 6, (1, 3, 1): 7})
    assert groups[1, 1, 1] == groups[1, 2, 1] != groups[1, 3, 1]


def test_a_small_cell_between_two_joins_the_one_with_fewer():
    groups = merged_cells({(1, 1, 1): 9, (1, 2, 1): 3, (1, 3, 1): 6})
    assert groups[1, 1, 1] != groups[1, 2, 1] == groups[1, 3, 1]


def test_a_line_too_small_along_f_joins_the_next_along_r():
    # r = 1 has 2 + 1 respondents in all; r = 2 has 6 and 8: each cell joins its own f there
    groups = merged_cells({(1, 1, 1): 2, (1, 2, 1): 1, (2, 1, 1): 6, (2, 2, 1): 8})
    assert groups[1, 1, 1] == groups[2, 1, 1] != groups[1, 2, 1] == groups[2, 2, 1]


def test_cells_of_another_amount_join_only_when_nothing_else_is_left():
    assert len(set(merged_cells({(1, 1, 1): 5, (1, 1, 3): 5}).values())) == 2
    assert len(set(merged_cells({(1, 1, 1): 5, (1, 1, 3): 4}).values())) == 1


def test_the_respondents_together_speak_for_every_lapsed_customer():
    # 3 answered of 30 at f = 1, 6 of 12 at f = 2: merged, 42 / 9 each
    customers = [Customer(i, 1, (1, 1, 1)) for i in range(30)] + [
        Customer(i, 1, (1, 2, 1)) for i in range(30, 42)
    ]
    spoken_for = weights(customers, [0, 1, 2, *range(30, 36)])
    assert set(spoken_for.values()) == {42 / 9}
    assert sum(spoken_for.values()) == pytest.approx(42)


def test_who_answered_twice_is_still_one_person():
    customers = [Customer(i, 1, A) for i in range(10)]
    assert weights(customers, [1, 1, 2]) == {1: 5.0, 2: 5.0}


def test_terciles_cut_each_measure_in_three_and_never_part_equals():
    cells = rfm_cells([10, 20, 30, 40, 50, 60], [1, 1, 1, 1, 1, 2], [5, 5, 5, 5, 5, 5])
    assert [cell[0] for cell in cells] == [1, 1, 2, 2, 3, 3]
    assert [cell[1] for cell in cells] == [1, 1, 1, 1, 1, 3]
    assert {cell[2] for cell in cells} == {1}
    assert rfm_cells([], [], []) == []


def test_a_customer_was_worth_the_last_365_days_it_bought():
    last = date(2026, 3, 1)
    purchases = [
        (last, 3_000),
        (last - timedelta(days=364), 2_000),
        (last - timedelta(days=365), 50_000),  # a day too old
        (last - timedelta(days=10), -500),
        (last + timedelta(days=3), -1_000),  # after the last purchase: of no year that ended with one
    ]
    assert yearly_revenue(purchases) == 4_500
    assert yearly_revenue([(last, 1_000), (last, -1_500)]) == 0
    assert yearly_revenue([], yearly_fee=120_000) == 120_000
    assert yearly_revenue([]) is None


def test_a_return_is_a_purchase_within_the_window_after_the_answer():
    answered = date(2026, 1, 1)
    later = answered + timedelta(days=181)
    assert returned(answered, [answered + timedelta(days=180)], later) is True
    assert returned(answered, [answered, answered + timedelta(days=181)], later) is False
    assert returned(answered, [answered + timedelta(days=5)], answered + timedelta(days=180)) is None


def test_observed_returns_move_the_chance():
    # Beta(3, 7) and 2 of 10 came back: Beta(5, 15); the eleventh may still come
    learnt = PRIORS["high"].updated([True] * 2 + [False] * 8 + [None])
    assert (learnt, learnt.mean) == (Beta(5, 15), 0.25)


def ask(folder, question):
    (folder / "in.json").write_text(json.dumps(question), encoding="utf-8")
    run_door(folder / "in.json", folder / "out.json")
    return json.loads((folder / "out.json").read_text(encoding="utf-8"))


QUESTION = {
    "customers": [{"id": f"c{i}", "revenue": 10_000, "cell": [1, 1, 1], "lapsed": True} for i in range(20)],
    "respondents": [f"c{i}" for i in range(10)],
    "codings": [
        {"customer": f"c{i}", "reason": "価格" if i < 8 else "配送", "clauses": 1} for i in range(10)
    ],
    "effort": {"価格": 4},
    "recover": {"価格": "high", "配送": [2, 2]},
    "seed": 0,
}


def test_the_door_writes_the_ranked_reasons(tmp_path):
    # Weight 20 / 10 = 2. 価格: 8 * 2 * 10,000 * 0.3 = 48,000, by 4 days.
    # 配送: 2 * 2 * 10,000 * 0.5 = 20,000, by 10 days
    rows = ask(tmp_path, QUESTION | {"comment": "unknown fields do not matter"})
    assert [set(row) for row in rows] == [
        {"reason", "n", "value", "low", "high", "score", "rank", "band"}
    ] * 2
    assert [(row["reason"], row["n"], row["rank"], row["band"]) for row in rows] == [
        ("価格", 8, 1, 1),
        ("配送", 2, 2, 2),
    ]
    assert [row["value"] for row in rows] == pytest.approx([48_000, 20_000])
    assert [row["score"] for row in rows] == pytest.approx([12_000, 2_000])
    assert all(row["low"] < row["value"] < row["high"] for row in rows)


def test_the_door_says_when_it_ranks_people_instead_of_yen(tmp_path, capsys):
    nameless = [{"id": customer["id"], "cell": [1, 1, 1]} for customer in QUESTION["customers"]]
    rows = ask(tmp_path, QUESTION | {"customers": nameless})
    assert [row["value"] for row in rows] == [16, 4]
    assert "weighted count" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"customers": None}, "lacks customers"),
        ({"respondents": [[1]]}, "lacks respondents"),
        ({"customers": [{"id": "c", "revenue": "5万"}]}, "revenue of customer 'c' must be a number"),
        ({"customers": [{"id": "c", "revenue": float("nan")}]}, "must be a number"),
        ({"customers": [{"id": "c", "revenue": 10**400}]}, "must be a number"),
        ({"customers": [{"id": "c", "cell": [1, 2]}]}, "three whole numbers"),
        ({"customers": [{"id": "c", "lapsed": "no"}]}, "true or false"),
        ({"customers": [{"revenue": 5}]}, "an id must be"),
        ({"customers": [{"id": "c"}, {"id": "c"}]}, "more than once"),
        ({"codings": [{"customer": "c1"}]}, "has no reason"),
        ({"codings": [{"customer": "c1", "reason": "価格", "clauses": -1}]}, "whole number"),
        ({"codings": [{"customer": "x", "reason": "価格"}]}, "not among the respondents"),
        ({"effort": {"価格": 0}}, "above 0 person-days"),
        ({"recover": {"価格": "maybe"}}, "high, middle, low"),
        ({"recover": {"価格": [0, 1]}}, "above 0"),
        ({"seed": -1}, "seed must be a number"),
    ],
)
def test_the_door_says_in_one_line_what_is_wrong(tmp_path, change, words):
    with pytest.raises(ValueError, match=words) as refusal:
        ask(tmp_path, QUESTION | change)
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "out.json").exists()


def test_the_door_refuses_what_is_no_json(tmp_path):
    (tmp_path / "in.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(ValueError, match="not JSON"):
        run_door(tmp_path / "in.json", tmp_path / "out.json")
    with pytest.raises(ValueError, match="cannot read"):
        run_door(tmp_path / "missing.json", tmp_path / "out.json")
    with pytest.raises(ValueError, match="one JSON object"):
        ask(tmp_path, [1])
