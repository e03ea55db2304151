"""Items stand on reasons and picked clauses, and nobody's money counts twice."""

from datetime import date, timedelta

import pytest

from app.accounts.models import Role
from app.backlog import queries, services
from app.backlog.recompute import differences, recompute
from app.backlog.services import Grounds
from app.customers.services import recount_purchases
from app.db import db
from app.errors import BadInput
from app.reasons.services import merge_reasons
from tests import factories
from tests import factories_backlog as made

TODAY = date(2026, 11, 21)


@pytest.fixture
def member(context):
    one = factories.member(role=Role.PRODUCT)
    db.session.add(one)
    db.session.flush()
    return one


@pytest.fixture
def world(member):
    """Three lapsed customers of 12,000 yen: price and box; box; support. Each speaks for one."""
    survey = made.survey()
    price, box, support = (
        made.reason("price", "価格"),
        made.reason("delivery", "配送"),
        made.reason("support", "応対"),
    )
    said = [("送料が高いし箱がつぶれた", [price, box]), ("箱がつぶれた", [box]), ("電話が冷たい", [support])]
    readings = []
    for text, reasons in said:
        who = made.lapsed(12_000)
        db.session.add(factories.purchase(who, who.last_bought_on, 12_000))
        readings.append(made.answer(survey, who, text, reasons))
    db.session.flush()
    recount_purchases()
    return survey, (price, box, support), readings


def lost(survey):
    rows = queries.ranked_items(survey.id, TODAY).items
    return {row.item.title: row.figures.lost if row.figures else 0 for row in rows}


def test_an_item_of_two_reasons_holds_what_both_would_hold_apart(world, member):
    survey, (price, box, support), _ = world
    services.create_item(survey, Grounds([price, box]), "送る", member, made.AT)
    services.promote_reason(support, survey, member, made.AT)
    assert lost(survey) == {"送る": 24_000, "応対": 12_000}
    with pytest.raises(BadInput, match="もうIM-001の根拠"):
        services.create_item(survey, Grounds([box]), "", member, made.AT)


def test_a_picked_clause_leaves_the_item_of_its_reason(world, member):
    survey, (_price, box, _support), readings = world
    by_box = services.promote_reason(box, survey, member, made.AT)
    assert lost(survey) == {"配送": 18_000}
    clause = readings[1].clauses[0]
    item = services.create_item(survey, Grounds(clause_ids=[clause.id]), "つぶれない箱", member, made.AT)
    assert item.reason is box
    assert lost(survey) == {"配送": 6_000, "つぶれない箱": 12_000}
    assert (queries.evidence_count(by_box), queries.evidence_count(item)) == (1, 1)
    assert queries.people_of(item) == [readings[1].answer.response.customer_id]
    for grounds in (Grounds(clause_ids=[clause.id]), Grounds(clause_ids=[999_999]), Grounds()):
        with pytest.raises(BadInput):
            services.create_item(survey, grounds, "もう一度", member, made.AT)
    assert differences(survey.id, TODAY) == []

    # A clause without any reason counts for the item it was picked for; words that changed since do not.
    readings[1].clauses[0].codings.clear()
    db.session.flush()
    assert lost(survey) == {"配送": 6_000, "つぶれない箱": 12_000}
    assert differences(survey.id, TODAY) == []
    readings[1].text_hash = "changed"
    db.session.flush()
    assert lost(survey) == {"配送": 6_000, "つぶれない箱": 0}


def test_evidence_comes_and_goes_but_for_the_last(world, member):
    survey, (price, _box, support), readings = world
    item = services.promote_reason(price, survey, member, made.AT)
    services.add_evidence(
        item, Grounds([price, support], [readings[1].clauses[0].id]), survey, member, made.AT
    )
    assert lost(survey) == {"価格": 30_000}
    kept, *rest = [row.id for row in item.evidence]
    services.drop_evidence(item, kept, member, made.AT)
    assert (item.reason.code, lost(survey)) == ("support", {"価格": 24_000})
    services.drop_evidence(item, rest[0], member, made.AT)
    services.drop_evidence(item, rest[0], member, made.AT)
    with pytest.raises(BadInput, match="ひとつは残して"):
        services.drop_evidence(item, rest[1], member, made.AT)
    assert [entry.kind for entry in queries.history_of(item)].count("evidence") == 3


def test_figures_worked_out_anew_are_those_on_the_screens(world, member):
    survey, (price, box, support), readings = world
    for reason in (price, box, support):
        services.promote_reason(reason, survey, member, made.AT)
    early, late = (one.answer.response for one in readings[1:])
    early.submitted_at = late.submitted_at = made.AT - timedelta(days=300)
    db.session.add(factories.purchase(early.customer, (made.AT - timedelta(days=200)).date(), 3_000))
    db.session.flush()
    recount_purchases()
    rows = {one.item: one for one in recompute(survey.id, TODAY)}
    # Support: one stayed away, Beta (1.5, 8.5) becomes 1.5 / 11. Box: one of one came back; the other answered late.
    assert (rows["IM-003"].lost, rows["IM-003"].chance) == (12_000, pytest.approx(1.5 / 11))
    assert rows["IM-002"].chance == pytest.approx(2.5 / 11)
    assert differences(survey.id, TODAY) == []
    readings[2].answer.response.customer.yearly_revenue = 99
    db.session.flush()
    assert differences(survey.id, TODAY) == ["IM-003 lost", "IM-003 value", "IM-003 score"]


def test_typical_voices_and_the_other_side_are_quoted(world, member):
    survey, (_price, box, _support), readings = world
    item = services.promote_reason(box, survey, member, made.AT)
    liked = made.answer(survey, made.lapsed(1_000), "箱がつぶれたことはなくて助かりました", [])
    liked.clauses[0].role = made.ClauseRole.PRAISE
    db.session.flush()
    assert {one.reading_id for one in queries.typical_voices(item)} == {one.id for one in readings[:2]}
    assert queries.contrary_voice(item).reading_id == liked.id
    assert "箱がつぶれた" in queries.problem_in_their_words(item)


def test_a_reason_that_was_merged_away_keeps_its_item_and_makes_no_second_one(world, member):
    survey, (price, box, support), _readings = world
    item = services.promote_reason(box, survey, member, made.AT)
    merge_reasons(box, support, member, made.AT)
    assert (lost(survey), queries.taken_over(item)) == (
        {"配送": 30_000},
        {item.evidence[0].id: (support, None)},
    )
    # The heir's voices count for the item that was there: it is no free reason, under either name.
    assert services.promote_reason(support, survey, member, made.AT) is item
    assert services.promote_reason(box, survey, member, made.AT) is item
    with pytest.raises(BadInput, match="もうIM-001の根拠"):
        services.create_item(survey, Grounds([support, price]), "", member, made.AT)
    assert services.add_evidence(item, Grounds([support]), survey, member, made.AT) == []
    assert {row.reason.code: holder for row, holder in queries.reasons_to_choose(survey.id)} == {
        "support": item,
        "price": None,
    }
    # Where the heir is an item already, the voices go there, and the emptied item says so.
    other = services.promote_reason(price, survey, member, made.AT)
    merge_reasons(support, price, member, made.AT)
    assert lost(survey)["価格"] == 36_000
    assert queries.taken_over(other) == {}
    assert queries.taken_over(item) == {item.evidence[0].id: (price, other)}
