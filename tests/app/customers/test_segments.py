"""Segments are saved filters, counted live, from an allow-list."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.customers import queries, services
from app.customers.models import (
    Channel,
    Contact,
    Customer,
    CustomerKind,
    CustomerState,
    Segment,
    SuppressionCause,
)
from app.db import db, unit_of_work
from app.errors import BadInput
from tests import factories

AT = factories.AT


@pytest.fixture
def people(app):
    """Five customers, named after what tells them apart."""
    with app.app_context(), unit_of_work():
        made = {
            "dormant": factories.customer(
                key="dormant", state=CustomerState.DORMANT, last_bought_on=date(2025, 1, 1)
            ),
            "lapsed": factories.customer(
                key="lapsed", state=CustomerState.LAPSED, last_bought_on=date(2024, 1, 1)
            ),
            "stopped": factories.customer(key="stopped", email="Stopped@okyaku.example"),
            "no_mail": factories.customer(key="no_mail", email=""),
            "company": factories.customer(key="company", kind=CustomerKind.ACCOUNT, email=""),
        }
        db.session.add_all(made.values())
        db.session.flush()
        db.session.add(Contact(customer_id=made["company"].id, name="田中", email="tanaka@cafe.example"))
        db.session.add_all(factories.consent(made[name]) for name in ("dormant", "stopped", "no_mail"))
        db.session.add(factories.consent(made["lapsed"]))
        db.session.add(factories.consent(made["lapsed"], granted=False))
        services.suppress(Channel.MAIL, "stopped@okyaku.example", SuppressionCause.OPT_OUT, AT)
        services.record_fact(made["lapsed"].id, "reason", "price", "response:1", AT)
        services.record_fact(made["lapsed"].id, "nps", "detractor", "response:1", AT)


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ({"states": ["dormant", "lapsed"]}, {"dormant", "lapsed"}),
        ({"kind": "account"}, {"company"}),
        ({"bought_before": "2025-01-01"}, {"lapsed"}),
        ({"bought_after": "2025-01-01"}, {"dormant"}),
        ({"has_mail": False}, {"no_mail"}),
        ({"has_mail": True, "kind": "account"}, {"company"}),
        ({"has_consent": True}, {"dormant", "no_mail"}),
        ({"reasons": ["price"]}, {"lapsed"}),
        ({"nps": ["promoter"]}, set()),
        ({}, {"dormant", "lapsed", "stopped", "no_mail", "company"}),
    ],
)
def test_each_filter_chooses_whom_it_says(people, context, filters, keys):
    assert set(db.session.scalars(queries.customers_where(filters).with_only_columns(Customer.key))) == keys


def test_a_segment_is_evaluated_afresh(people, context):
    with unit_of_work():
        segment = services.save_segment("休眠の方", {"states": ["dormant"]}, None, AT)
    assert queries.count_customers(segment.filters).total == 1
    with unit_of_work():
        db.session.scalar(sa.select(Customer).where(Customer.key == "lapsed")).state = CustomerState.DORMANT
    assert len(db.session.scalars(queries.customers_of_segment(segment)).all()) == 2
    assert queries.count_customers(segment.filters).by_mail == 1


@pytest.mark.parametrize(
    "filters", [{"password_hash": "x"}, {"states": ["gone"]}, {"bought_before": "tomorrow"}, {"kind": None}]
)
def test_no_other_filter_or_value_gets_in(context, filters):
    with pytest.raises(BadInput):
        services.save_segment("x", filters, None, AT)


def test_a_segment_is_made_and_dropped_in_the_browser(app, sign_in, people):
    browser = sign_in(Role.EDITOR)
    count = browser.get("/customers/segments/count?states=dormant&states=lapsed")
    assert ">2<span" in count.text
    data = {"name": "離れた方", "states": ["dormant", "lapsed"], "has_consent": "yes"}
    page = browser.post("/customers/segments", data=data, follow_redirects=True).text
    assert "「離れた方」を保存しました。" in page
    assert "休眠、離反、メールの同意あり" in page
    with app.app_context():
        segment = db.session.scalar(sa.select(Segment))
        assert segment.filters == {"states": ["dormant", "lapsed"], "has_consent": True}
    listed = browser.get(f"/customers?segment={segment.id}").text
    assert (">dormant<" in listed or "dormant" in listed, "no_mail" in listed) == (True, False)
    browser.post(f"/customers/segments/{segment.id}/delete")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Segment.id))) == 0


def test_a_name_that_is_taken_and_days_the_wrong_way_round_are_told(app, sign_in):
    browser = sign_in(Role.EDITOR)
    browser.post("/customers/segments", data={"name": "休眠"})
    again = browser.post("/customers/segments", data={"name": "休眠", "states": ["dormant"]})
    assert (again.status_code, "もうあります" in again.text) == (422, True)
    days = {"name": "期間", "bought_after": "2025-02-01", "bought_before": "2025-01-01"}
    assert browser.post("/customers/segments", data=days).status_code == 422


def test_viewers_see_segments_but_make_none(sign_in, client):
    viewer = sign_in(Role.VIEWER)
    assert viewer.get("/customers/segments").status_code == 200
    assert viewer.get("/customers/segments/new").status_code == 403
    assert viewer.post("/customers/segments", data={"name": "x"}).status_code == 403
    assert client.get("/customers/segments").status_code == 302
    assert sign_in(Role.EDITOR).post("/customers/segments/999/delete").status_code == 404
