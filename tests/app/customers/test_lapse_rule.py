"""A lapse rule is counted before it is saved, saved as a version, and says who is dormant or lapsed."""

import re
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts.models import Role
from app.customers import queries, services
from app.customers.days import months_before
from app.customers.jobs import lapse_rule_of_yesterday
from app.customers.models import (
    Account,
    Customer,
    CustomerKind,
    CustomerState,
    LapseRule,
    StateSource,
    TimelineEntry,
)
from app.db import db, unit_of_work
from app.jobs import JOBS
from tests import factories

TODAY = date(2026, 11, 21)
AT = factories.AT
ACTIVE, DORMANT, LAPSED, RETURNED = CustomerState
RULE = {"preset": "mail_order", "silent_months": 9, "fewest_purchases": 2}


def silent(days, **changes):
    return factories.customer(
        **{
            "last_bought_on": TODAY - timedelta(days=days),
            "purchase_count": 3,
            "yearly_revenue": 10_000,
            **changes,
        }
    )


def company(**contract):
    one = factories.customer(kind=CustomerKind.ACCOUNT)
    one.account = Account(**contract)
    return one


def added(*people):
    with unit_of_work():
        db.session.add_all(people)
    return people


def saved(silent_months=9, fewest_purchases=2, grace=0, grievance=True, today=TODAY, at=AT):
    with unit_of_work():
        return services.save_lapse_rule(
            "", silent_months, fewest_purchases, grace, grievance, None, today, at
        )


def states(*people):
    return [one.state for one in people]


@pytest.mark.usefixtures("context")
def test_silence_without_a_grievance_is_dormant_with_one_lapsed_and_the_rest_stay_active():
    people = added(
        silent(400),
        silent(400, has_grievance=True),
        silent(30, has_grievance=True),
        silent(400, purchase_count=1),
    )
    saved()
    assert states(*people) == [DORMANT, LAPSED, ACTIVE, ACTIVE]


@pytest.mark.usefixtures("context")
def test_the_month_counts_to_the_day():
    edge = months_before(TODAY, 9)
    people = added(silent(0, last_bought_on=edge), silent(0, last_bought_on=edge + timedelta(days=1)))
    saved()
    assert states(*people) == [DORMANT, ACTIVE]
    assert months_before(date(2026, 11, 30), 9) == date(2026, 2, 28)


@pytest.mark.usefixtures("context")
def test_a_contract_decides_for_a_company():
    over, graced, running, open_ended = added(
        company(contract_ends_on=TODAY - timedelta(days=90)),
        company(contract_ends_on=TODAY - timedelta(days=30)),
        company(contract_ends_on=TODAY + timedelta(days=90)),
        company(contract_started_on=date(2020, 1, 1)),
    )
    for one in (running, open_ended):
        one.last_bought_on, one.purchase_count = TODAY - timedelta(days=900), 5
    saved(grace=60)
    assert states(over, graced, running, open_ended) == [LAPSED, ACTIVE, ACTIVE, ACTIVE]


@pytest.mark.usefixtures("context")
def test_who_cancelled_and_bought_nothing_since_has_lapsed():
    left, back = added(silent(60), silent(10))
    with unit_of_work():
        for one in (left, back):
            day = TODAY - timedelta(days=30)
            services.record_fact(one.id, "cancelled", day.isoformat(), "import", AT)
    saved()
    assert states(left, back) == [LAPSED, ACTIVE]


@pytest.mark.usefixtures("context")
def test_what_a_person_or_an_answer_said_stays_and_a_person_outranks_an_answer():
    by_person, by_answer = added(silent(400), silent(400))
    with unit_of_work():
        services.set_state(by_person, ACTIVE, StateSource.PERSON, AT)
        services.set_state(by_answer, LAPSED, StateSource.ANSWER, AT)
        assert not services.set_state(by_person, LAPSED, StateSource.ANSWER, AT)
        assert not services.set_state(by_answer, DORMANT, StateSource.RULE, AT)
    saved()
    assert states(by_person, by_answer) == [ACTIVE, LAPSED]
    with unit_of_work():
        services.release_state(by_person, TODAY, AT)
    assert by_person.state is DORMANT


def test_what_a_person_says_while_a_rule_is_applied_stays_and_history_says_nothing_else(app):
    with app.app_context():
        number = added(silent(400))[0].id

    def apply():
        with app.app_context():
            saved()

    with app.app_context(), ThreadPoolExecutor(1) as other:
        with unit_of_work():
            services.set_state(db.session.get(Customer, number), RETURNED, StateSource.PERSON, AT)
            db.session.flush()
            applying = other.submit(apply)
            wait([applying], timeout=1)  # it has read, and waits for the row that is being written
        applying.result(timeout=20)
    with app.app_context():
        one = db.session.get(Customer, number)
        assert (one.state, one.state_source) == (RETURNED, StateSource.PERSON)
        lines = db.session.scalars(sa.select(TimelineEntry).order_by(TimelineEntry.id))
        assert [line.params["source"] for line in lines] == ["person"]


@pytest.mark.usefixtures("context")
def test_the_count_before_saving_is_the_count_after_it():
    added(
        *(silent(days, has_grievance=days % 3 == 0) for days in range(0, 800, 25)),
        company(contract_ends_on=date(2025, 1, 1)),
    )
    by_person = added(silent(500))[0]
    with unit_of_work():
        services.set_state(by_person, LAPSED, StateSource.PERSON, AT)
    before = queries.customers_gone(services.draft_lapse_rule("", 9, 2, 0, True), TODAY)
    rule = saved()
    after = queries.customer_states()
    assert (before.dormant, before.lapsed, before.total) == (after.dormant, after.lapsed, after.total)
    assert (rule.dormant_count, rule.lapsed_count) == (after.dormant, after.lapsed)
    assert before.lost_yen == 10_000 * (before.gone - 1)


@pytest.mark.usefixtures("context")
def test_a_looser_rule_makes_people_active_again_and_a_purchase_makes_them_return():
    loosened, back = added(silent(300), silent(400))
    saved()
    with unit_of_work():
        back.last_bought_on = TODAY
    saved(silent_months=11, at=AT + timedelta(days=1))
    assert states(loosened, back) == [ACTIVE, RETURNED]


@pytest.mark.usefixtures("context")
def test_each_change_of_state_is_one_line_of_history():
    one = added(silent(400))[0]
    saved()
    saved()
    lines = db.session.scalars(sa.select(TimelineEntry).where(TimelineEntry.customer_id == one.id)).all()
    assert [(line.kind, line.params) for line in lines] == [
        ("state_changed", {"before": "active", "after": "dormant", "source": "rule"})
    ]


@pytest.mark.usefixtures("context")
def test_each_saving_is_a_new_version():
    assert [saved().version, saved(silent_months=12).version] == [1, 2]
    assert queries.lapse_rule_in_force().silent_months == 12


@pytest.mark.usefixtures("context")
def test_silence_that_grows_by_itself_is_noticed_the_next_day():
    one = added(silent(0, last_bought_on=months_before(clock.today(), 9) + timedelta(days=1)))[0]
    yesterday = clock.today() - timedelta(days=1)
    saved(today=yesterday)
    with unit_of_work():
        one.last_bought_on -= timedelta(days=1)
    assert list(lapse_rule_of_yesterday()) == [("follow_purchases", ())]
    JOBS["follow_purchases"]()
    assert one.state is DORMANT
    assert list(lapse_rule_of_yesterday()) == []


@pytest.mark.usefixtures("context")
def test_the_curve_counts_purchase_days_and_not_cancellations_or_second_orders():
    one = added(factories.customer())[0]
    start = date(2025, 1, 1)
    with unit_of_work():
        for days, amount in ((0, 1000), (0, 500), (10, -1000), (30, 1000), (330, 1000)):
            db.session.add(factories.purchase(one, start + timedelta(days=days), amount))
    gaps = queries.purchase_gaps()
    assert (gaps.days, gaps.counts) == ((30, 300), (1, 1))
    assert (gaps.share_within(1), gaps.share_within(9), gaps.share_within(10)) == (0.5, 0.5, 1.0)
    with unit_of_work():
        db.session.add(factories.purchase(one, start + timedelta(days=340), 1000))
    assert queries.purchase_gaps().total == 3


def form(**changes):
    return {
        "silent_months": "9",
        "fewest_purchases": "2",
        "contract_grace_days": "0",
        "grievance_lapses": "y",
        **changes,
    }


def test_the_workbench_counts_shows_the_curve_and_saves_a_version(app, sign_in):
    with app.app_context(), unit_of_work():
        one = silent(0, last_bought_on=clock.today() - timedelta(days=400))
        db.session.add(one)
        db.session.flush()
        for days in (460, 430, 400):
            db.session.add(factories.purchase(one, clock.today() - timedelta(days=days)))
    browser = sign_in(Role.EDITOR)
    page = browser.get("/customers/rules").text
    assert "9か月あくと、また買う方の100%はもう買い終えています。" in page
    live = browser.get("/customers/rules/count", query_string=form(silent_months="15")).text
    assert ">0<span" in live
    assert ">1<span" in browser.get("/customers/rules/count", query_string=form()).text
    curve = browser.get("/customers/rules/curve.svg?months=9")
    assert (curve.status_code, curve.mimetype) == (200, "image/svg+xml")
    saving = browser.post("/customers/rules", data=form(), follow_redirects=True)
    assert "第1版として保存しました。休眠1人、離反0人です。" in saving.text
    assert "第2版として保存する" in saving.text


def test_without_purchases_the_page_leads_to_the_import_unless_contracts_decide(app, sign_in):
    browser = sign_in(Role.EDITOR)
    assert "ご購入の記録がまだありません" in browser.get("/customers/rules").text
    with app.app_context():
        added(company(contract_ends_on=date(2026, 1, 31)))
    page = browser.get("/customers/rules?preset=contract").text
    assert "第1版として保存する" in page
    assert "2回以上ご購入の方がまだいないため" in page


@pytest.mark.parametrize(
    "changes", [{"silent_months": "61"}, {"fewest_purchases": "0"}, {"silent_months": "x"}]
)
def test_figures_that_make_no_rule_are_told(app, sign_in, changes):
    with app.app_context(), unit_of_work():
        db.session.add(factories.customer())
        db.session.flush()
    browser = sign_in(Role.EDITOR)
    assert browser.post("/customers/rules", data=form(**changes)).status_code == 422
    live = browser.get("/customers/rules/count", query_string=form(**changes))
    assert "数を確かめてください。" in live.text
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(LapseRule.id))) == 0


def test_viewers_see_the_rule_but_only_editors_save_one(sign_in, client):
    viewer = sign_in(Role.VIEWER)
    assert viewer.get("/customers/rules").status_code == 200
    assert viewer.post("/customers/rules", data=form()).status_code == 403
    assert client.post("/customers/rules", data=form()).status_code == 302
    assert sign_in(Role.OPERATOR).get("/customers/rules").status_code == 403


def test_what_a_rule_would_do_is_compared_with_the_rule_in_force_today(app, sign_in):
    with app.app_context(), unit_of_work():
        for days in (320, 430):
            db.session.add(silent(0, last_bought_on=clock.today() - timedelta(days=days)))
    browser = sign_in(Role.EDITOR)
    browser.post("/customers/rules", data=form(silent_months="12", fewest_purchases="1", revision="0"))
    with app.app_context(), unit_of_work():
        db.session.query(LapseRule).one().dormant_count = 99  # counted on another day
    live = browser.get("/customers/rules/count", query_string=form(fewest_purchases="1")).text
    assert "第1版で数えるより +1人" in live
    assert "99" not in live


def test_everybody_is_said_only_where_it_is_everybody(app, sign_in):
    with app.app_context(), unit_of_work():
        one = factories.customer()
        db.session.add(one)
        db.session.flush()
        for days in (0, *range(340, 591)):
            db.session.add(factories.purchase(one, clock.today() - timedelta(days=days)))
    browser = sign_in(Role.EDITOR)
    assert "9か月あくと、また買う方の99%は" in browser.get("/customers/rules").text
    live = browser.get("/customers/rules/count", query_string=form(silent_months="12")).text
    assert re.search(r'<span id="rule-lead" hx-swap-oob="true">12か月あくと、また買う方の100%は', live)
