"""Two people at one customer, one lapse rule, one segment."""

from datetime import date

from app.accounts.models import Role
from app.customers.models import Customer, CustomerState, LapseRule, Segment
from app.db import db, unit_of_work
from tests import factories
from tests.at_once import browser_of, revision_in, revision_on

RULE = {"silent_months": "9", "fewest_purchases": "2", "contract_grace_days": "0", "grievance_lapses": "y"}


def pair(app):
    return browser_of(app, "森 健一"), browser_of(app, "佐藤 花")


def test_the_second_to_correct_a_state_sees_what_the_first_said(app):
    mori, sato = pair(app)
    with app.app_context(), unit_of_work():
        one = factories.customer(last_bought_on=date(2020, 1, 1), purchase_count=3)
        db.session.add(one)
        db.session.flush()
        path = f"/customers/{one.id}"
    seen = revision_on(mori, path)
    mori.post(f"{path}/state", data={"state": "lapsed", "revision": seen})
    told = sato.post(f"{path}/state", data={"state": "dormant", "revision": seen})
    assert told.status_code == 409
    for words in ("森 健一さんが先に変えました", "離反", "休眠"):
        assert words in told.text.split('class="error-summary clash"')[1].split("</div>\n</div>")[0], words
    again = {"state": "dormant", "revision": revision_in(told.text)}
    assert [sato.post(f"{path}/state", data=again).status_code for _ in "ab"] == [302, 302]
    with app.app_context():
        assert db.session.query(Customer).one().state is CustomerState.DORMANT


def test_the_second_rule_saved_is_laid_beside_the_first(app):
    mori, sato = pair(app)
    mori.post("/customers/rules", data={**RULE, "revision": "0"})
    seen = revision_on(mori, "/customers/rules")
    assert seen == "1"
    mori.post("/customers/rules", data={**RULE, "silent_months": "12", "revision": seen})
    twice = mori.post("/customers/rules", data={**RULE, "silent_months": "12", "revision": seen})
    assert twice.status_code == 302
    told = sato.post("/customers/rules", data={**RULE, "silent_months": "6", "revision": seen})
    assert told.status_code == 409
    for words in ("森 健一さんが先に第2版を保存しました", "第3版として保存する", ">12<", ">6<"):
        assert words in told.text, words
    again = {**RULE, "silent_months": "6", "revision": revision_in(told.text)}
    assert sato.post("/customers/rules", data=again).status_code == 302
    with app.app_context():
        assert [one.silent_months for one in db.session.query(LapseRule).order_by(LapseRule.version)] == [
            9,
            12,
            6,
        ]


def test_a_segment_saved_or_deleted_twice_is_one_and_who_deleted_it_is_told(app):
    mori, sato = pair(app)
    form = {"name": "休眠の方", "states": ["dormant"]}
    assert [mori.post("/customers/segments", data=form).status_code for _ in "ab"] == [302, 302]
    with app.app_context():
        path = f"/customers/segments/{db.session.query(Segment).one().id}/delete"
    assert [mori.post(path).status_code for _ in "ab"] == [302, 302]
    told = sato.post(path)
    assert (told.status_code, "森 健一さんが" in told.text, "休眠の方" in told.text) == (409, True, True)


def test_a_segment_deleted_while_a_campaign_is_made_keeps_what_was_typed(app):
    administrator = browser_of(app, "森 健一", Role.ADMINISTRATOR)
    form = {"name": "春の配信", "segment": "999", "survey": "1", "content": "advert"}
    answer = administrator.post("/campaigns", data=form)
    assert answer.status_code == 422
