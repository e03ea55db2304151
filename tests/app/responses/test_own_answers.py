"""A copy of one's answers goes to the address on file, by a link that opens for half an hour; and answers are erased."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest
import sqlalchemy as sa
import time_machine

from app import create_app, jobs
from app.audit import AuditEntry
from app.campaigns.models import Invitation
from app.customers.models import Customer, CustomerFact, CustomerState, StateSource, TimelineEntry
from app.db import db, unit_of_work
from app.reasons import engine
from app.reasons.models import Clause, Coding, Reading, ReviewEvent, ThemeMember
from app.reasons.queries.readable import answers_of, answers_to_read
from app.reasons.services import read_answers, store_findings
from app.responses.models import Answer, AnswerLink, AnswerLinkState, Response
from tests import factories, factories_surveys
from tests.conftest import NOW
from tests.stock import settings_for

WORDS = factories_surveys.ANSWERS["reason_text"]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(stock, tmp_path, sink):
    """With a real mail server at the other end."""
    url = stock.fresh(tmp_path)
    made = create_app(settings_for(tmp_path, DATABASE_URL=url, SMTP_PORT=str(sink.port)), testing=True)
    made.config["WTF_CSRF_ENABLED"] = False
    with made.app_context(), unit_of_work():
        db.session.add(factories.organisation())
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def link(app, drain):
    with app.app_context(), unit_of_work():
        response = factories_surveys.response()
        response.customer.state, response.customer.email = CustomerState.LAPSED, "hanako@okyaku.example"
        token = response.invitation.token
    drain()
    return f"/s/{token}"


def count(app, kind, *conditions):
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(kind).where(*conditions))


def fresh_link(client, link, drain, sink):
    client.post(f"{link}/copy")
    drain()
    body = message_from_bytes(sink.received[-1].content, policy=SMTP).get_content()
    return re.search(r"/a/[\w-]{24}", body)[0]


def test_the_link_goes_to_the_address_on_file_and_shows_ones_own_answers_alone(
    app, link, client, drain, sink
):
    with app.app_context(), unit_of_work():
        factories_surveys.response(answers={**factories_surveys.ANSWERS, "reason_text": "別の方のことば"})
    path = fresh_link(client, link, drain, sink)
    assert sink.received[-1].rcpt_tos == ["hanako@okyaku.example"]
    page = client.get(path)
    assert page.status_code == 200
    assert WORDS in page.text
    assert "届く日や届き方" in page.text
    assert "別の方のことば" not in page.text
    with app.app_context():
        kept = db.session.scalars(sa.select(AnswerLink)).one()
        assert kept.state is AnswerLinkState.SENT
        assert path.removeprefix("/a/") not in str(vars(kept))


def test_the_link_ends_after_half_an_hour_and_guesses_are_told_nothing(link, client, drain, sink, clock):
    path = fresh_link(client, link, drain, sink)
    clock.shift(timedelta(minutes=29))
    assert client.get(path).status_code == 200
    clock.shift(timedelta(minutes=2))
    expired, guessed = client.get(path), client.get("/a/guessed")
    assert expired.status_code == guessed.status_code == 404
    assert expired.text == guessed.text
    assert {client.get(f"/a/guess{n}").status_code for n in range(60)} == {404, 429}


def test_the_page_says_the_same_where_no_address_is_known_and_asking_is_limited(
    app, link, client, drain, sink
):
    known = client.get(client.post(f"{link}/copy").headers["Location"])
    with app.app_context(), unit_of_work():
        unreachable = factories_surveys.response()
        unreachable.customer.email = ""
        other = f"/s/{unreachable.invitation.token}"
    unknown = client.get(client.post(f"{other}/copy").headers["Location"])
    assert known.text.replace(link, "") == unknown.text.replace(other, "")
    drain()
    assert len(sink.received) == 1
    told = [client.post(f"{link}/copy").status_code for _n in range(3)]
    assert told == [303, 303, 429]


def test_looking_at_the_receipt_or_the_confirmation_sends_and_erases_nothing(app, link, client, sink, drain):
    for path in ("", "/copy", "/erase", "/preferences", "/thanks"):
        assert client.get(link + path).status_code == 200
    drain()
    assert sink.received == []
    assert count(app, Answer) == 6


def test_erasing_takes_the_words_and_all_that_was_read_from_them(app, link, client):
    with app.app_context():
        assert db.session.query(Customer).one().state_source is StateSource.ANSWER
    assert count(app, Coding) > 0
    client.post(f"{link}/returned")
    assert "消してよろしいですか" in client.get(f"{link}/erase").text.replace("<wbr>", "")
    assert client.post(f"{link}/erase").status_code == 303
    page = client.get(link)
    assert "回答は消しました" in page.text
    assert "受付番号" not in page.text
    for kind in (Response, Answer, Reading, Clause, Coding, ThemeMember, ReviewEvent):
        assert count(app, kind) == 0, kind
    with app.app_context():
        facts = {
            (fact.kind, fact.source.partition(":")[0]) for fact in db.session.scalars(sa.select(CustomerFact))
        }
        assert facts == {("answered", "invitation")}
        told = {line.kind for line in db.session.scalars(sa.select(TimelineEntry))}
        assert "erased_answers" in told
        assert told.isdisjoint({"answered", "says_returned"})
        assert db.session.scalars(sa.select(Invitation.spent_at)).one() is not None
        customer = db.session.query(Customer).one()
        assert (customer.has_grievance, customer.state_source) == (False, StateSource.RULE)
        entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.verb == "erased")).one()
        assert entry.detail == {}


def test_erased_it_stays_erased_however_often_it_is_pressed_and_is_not_answered_anew(app, link, client):
    for _press in range(2):
        client.post(f"{link}/erase")
    assert count(app, AuditEntry, AuditEntry.verb == "erased") == 1
    assert client.post(link, follow_redirects=True).status_code == 200
    assert count(app, Response) == 0


def test_the_fresh_link_erases_too_and_then_opens_no_more(app, link, client, drain, sink):
    path = fresh_link(client, link, drain, sink)
    assert "この回答を消す" in client.get(path).text
    assert "消さずに戻る" in client.get(f"{path}/erase").text
    done = client.post(f"{path}/erase", follow_redirects=True)
    assert "回答は消しました" in done.text
    assert client.get(path).status_code == 404
    assert count(app, Answer) == 0


def test_a_reader_at_work_at_that_moment_stores_nothing(app, link, client):
    with app.app_context():
        response_id = db.session.scalars(sa.select(Response.id)).one()
        with unit_of_work():
            db.session.execute(sa.delete(Reading))
        readables = answers_to_read(answers_of(response_id), again=False)
        found = engine.shipped().read([one.words for one in readables])
        db.session.rollback()
    assert len(found) > 0
    client.post(f"{link}/erase")
    with app.app_context(), unit_of_work():
        assert store_findings(readables, found, None, NOW) == 0
        assert read_answers([1, 2, 3], None, NOW) == 0
    assert count(app, Reading) == 0


def test_a_link_that_a_worker_left_in_the_middle_is_never_sent_twice(app, link, client, sink, drain, clock):
    client.post(f"{link}/copy")
    with app.app_context(), unit_of_work():
        db.session.execute(sa.update(AnswerLink).values(state=AnswerLinkState.HANDING_OVER))
    clock.shift(timedelta(minutes=11))
    with app.app_context():
        jobs.run_sweep()
    drain()
    assert sink.received == []
    assert count(app, AnswerLink, AnswerLink.state == AnswerLinkState.UNKNOWN) == 1


def test_a_lost_bell_is_rung_again(app, link, client, sink, drain, clock):
    client.post(f"{link}/copy")
    app.extensions["huey"].flush()
    clock.shift(timedelta(minutes=2))
    with app.app_context():
        jobs.run_sweep()
    drain()
    assert len(sink.received) == 1
