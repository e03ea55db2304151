"""The walk of one answer: from the link in a mail to a line in a file a product manager takes home."""

import csv
import io
import re
from datetime import date

import pytest

from app.accounts.models import Role
from app.backlog.models import BacklogItem
from app.campaigns import services as campaigns
from app.campaigns.jobs import send_campaign
from app.campaigns.models import Invitation, Message, MessageState
from app.customers.models import CustomerFact, CustomerState, TimelineEntry
from app.db import db, unit_of_work
from app.reasons.models import Coder, Coding, Reading, ReadingState
from app.responses.models import Response, ResponseState
from app.surveys import services as surveys
from tests import factories, factories_campaigns

NOON = factories.AT.replace(hour=3)
WORDS = "送料が高くて、続けられなくなりました。"


@pytest.fixture
def invited(app, sink, monkeypatch):
    """One lapsed customer, asked by a campaign whose mail a real SMTP server took."""
    settings = app.extensions["settings"]
    object.__setattr__(settings, "smtp_port", sink.port)
    with app.app_context(), unit_of_work():
        editor = factories.member(role=Role.EDITOR)
        db.session.add(editor)
        db.session.flush()
        survey = surveys.create_survey("churn_b2c", "秋の調査", editor, NOON)
        surveys.publish_survey(survey, editor, NOON)
        customer = factories_campaigns.lapsed(
            last_bought_on=date(2025, 9, 1), purchase_count=3, yearly_revenue=12_000
        )
        campaign = factories_campaigns.campaign(survey=survey)
        approver = factories.member(role=Role.ADMINISTRATOR)
        db.session.add(approver)
        db.session.flush()
        campaigns.approve_campaign(campaign, approver, NOON)
        campaigns.start_campaign(campaign, NOON)
        while campaigns.invite_part(campaign.id, NOON):
            pass
        numbers = {"campaign": campaign.id, "survey": survey.id, "customer": customer.id}
    monkeypatch.setattr("app.clock.now", lambda: NOON)
    with app.app_context():
        send_campaign(numbers["campaign"])
        assert db.session.query(Message).one().state is MessageState.ACCEPTED
    return numbers


def answer_all(client, link):
    """Answer each page of the sheet as a phone without scripts would."""
    page = client.post(link, follow_redirects=True)
    for _step in range(20):
        fields = set(re.findall(r'name="(q_[^"]+)"', page.text))
        form = {name: value_for(name, page.text) for name in fields}
        page = client.post(page.request.path, data=form, follow_redirects=True)
        assert page.status_code == 200, page.text
        if page.request.path.endswith("/thanks"):
            return page
    raise AssertionError("the sheet has no end")


def value_for(name, page):
    if re.search(rf'<textarea[^>]*name="{name}"', page):
        return WORDS
    choices = re.findall(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    choices += re.findall(rf'<input[^>]*value="([^"]*)"[^>]*name="{name}"', page)
    return choices[0] if choices else ""


def test_an_answer_walks_from_the_link_to_the_backlog(app, client, invited, sink, sign_in, drain):
    # The mail carries identity, opt-out and one-click unsubscribe.
    mail = sink.received[0].original_content.decode()
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail

    # A customer answers: opening stores nothing, pressing does.
    with app.app_context():
        link = f"/s/{db.session.query(Invitation).one().token}"
    assert client.get(link).status_code == 200
    with app.app_context():
        assert db.session.query(Response).count() == 0
    thanks = answer_all(client, link)
    assert "R-0001" in thanks.text

    # It is read: clauses, reasons with the words that decided, a state, a fact.
    assert drain() >= 1
    with app.app_context():
        response = db.session.query(Response).one()
        assert (response.state, response.customer_id) == (ResponseState.SUBMITTED, invited["customer"])
        codings = db.session.query(Coding).all()
        assert "price" in {coding.reason.code for coding in codings}
        assert {coding.coder for coding in codings} == {Coder.RUN}
        facts = {(fact.kind, fact.value) for fact in db.session.query(CustomerFact)}
        assert ("reason", "price") in facts
        assert db.session.query(TimelineEntry).filter_by(customer_id=invited["customer"]).count() >= 2
        assert response.customer.state is CustomerState.LAPSED
        readings = [(one.id, one.revision) for one in db.session.query(Reading)]

    # A person confirms; from now on no run changes it.
    analyst = sign_in(Role.EDITOR)
    for number, revision in readings:
        form = {"act": "confirm", "revision": revision, "survey": invited["survey"]}
        assert analyst.post(f"/reasons/readings/{number}/decide", data=form).status_code in (200, 302, 303)
    analyst.post("/reasons/runs", data={"survey": invited["survey"]})
    drain()
    with app.app_context():
        assert {one.state for one in db.session.query(Reading)} == {ReadingState.CONFIRMED}
        coders = {coding.coder for coding in db.session.query(Coding)}
        assert coders == {Coder.PERSON}
        reason_id = next(c.reason_id for c in db.session.query(Coding) if c.reason.code == "price")

    # The reason becomes an item, is decided and taken home.
    product = sign_in(Role.PRODUCT)
    product.post("/backlog/promote", data={"reason_id": reason_id, "survey_id": invited["survey"]})
    with app.app_context():
        item = db.session.query(BacklogItem).one()
    decision = {"verdict": "do", "why": "送料を見直す", "revision": item.revision}
    assert product.post(f"/backlog/{item.id}/decide", data=decision).status_code == 302
    taken = product.post("/backlog/export", data={"form": "csv", "survey_id": invited["survey"]})
    line = next(csv.DictReader(io.StringIO(taken.data.decode("utf-8-sig"))))
    assert (line["番号"], line["理由コード"], line["声（人）"]) == ("IM-001", "price", "1")
    assert 0 < int(line["失った額（円/年）"]) <= 12_000
    assert WORDS.rstrip("。") in line["声の例1"]
