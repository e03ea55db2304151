"""The first start: one key, one administrator, once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from app import create_app
from app.accounts.models import Member, Organisation, Role
from app.db import db, unit_of_work
from tests import factories
from tests.conftest import NOW
from tests.servers import postgres
from tests.stock import PostgresStock, SqliteStock, settings_for

FORM = {
    "name": "やまびこ珈琲", "sender_name": "やまびこ珈琲", "sender_address": "hello@yamabiko.example",
    "postal_address": "長野県松本市1-2-3", "contact": "0263-00-0000", "privacy_url": "",
    "own_name": "杉山 光", "own_email": "Hikaru@yamabiko.example", "password": "kohii no kaori",
    "again": "kohii no kaori", "locale": "ja", "time_zone": "Asia/Seoul",
}  # fmt: skip


@pytest.fixture
def empty(app):
    """A product nobody has set up."""
    with app.app_context(), unit_of_work():
        db.session.delete(db.session.get(Organisation, 1))
    return app


def key(app):
    answer = app.test_cli_runner().invoke(args=["setup", "link"])
    assert answer.exit_code == 0
    return answer.stdout.strip().removeprefix("http://localhost")


def test_the_key_leads_to_a_first_administrator_who_is_signed_in(empty, client):
    link = key(empty)
    assert client.get(link).status_code == 200
    answer = client.post(link, data=FORM)
    assert (answer.status_code, answer.location) == (302, "/")
    assert "声が届くまでの5つの段どり" in client.get("/").text
    with empty.app_context():
        member, organisation = db.session.query(Member).one(), db.session.get(Organisation, 1)
        assert (member.role, member.email) == (Role.ADMINISTRATOR, "hikaru@yamabiko.example")
        assert member.password_hash.startswith("$argon2")
        assert organisation.may_send
        assert not organisation.is_demo


def test_times_are_shown_in_the_founders_zone(empty, client):
    with time_machine.travel(NOW, tick=False):
        client.post(key(empty), data={**FORM, "time_zone": "America/New_York"})
        assert "11月20日 22:00" in client.get("/settings/own").text


def test_without_the_key_there_is_no_set_up_and_sign_in_says_where_it_is(empty, client):
    key(empty)
    assert client.get("/setup/guessed").status_code == 404
    assert client.post("/setup/guessed", data=FORM).status_code == 404
    answer = client.get("/", follow_redirects=True)
    assert "はじめの設定がまだです" in answer.text


def test_a_new_key_ends_the_one_before(empty, client):
    old, new = key(empty), key(empty)
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_once_set_up_there_is_no_such_page_and_no_new_key(empty, client):
    link = key(empty)
    client.post(link, data=FORM)
    assert client.get(link).status_code == 404
    assert empty.test_client().get(link).status_code == 404
    assert key(empty) == ""
    assert client.get(link).status_code == 404


def test_who_comes_second_is_told_by_whom_it_was_done_and_led_to_sign_in(empty, client):
    link, second = key(empty), empty.test_client()
    assert second.get(link).status_code == 200
    client.post(link, data=FORM)
    answer = second.post(link, data={**FORM, "own_name": "別の 人", "own_email": "betsu@yamabiko.example"})
    assert answer.status_code == 409
    assert "杉山 光さんが先に済ませました" in answer.text
    assert 'href="/sign-in"' in answer.text
    assert empty.test_client().post("/setup/guessed", data=FORM).status_code == 404
    with empty.app_context():
        assert db.session.query(Member).count() == 1


def test_the_day_after_even_the_key_tells_nothing(empty, client):
    link = key(empty)
    client.post(link, data=FORM)
    with time_machine.travel("2099-01-01"):
        assert empty.test_client().post(link, data=FORM).status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password": "short", "again": "short"}, "12文字以上で入力してください。"),
        ({"again": "another long password"}, "上のパスワードと違います。"),
        ({"postal_address": ""}, "入力してください。"),
        ({"own_email": "hikaru"}, "メールアドレスの形になっていません。"),
        ({"privacy_url": "javascript:alert(1)"}, "https:// で始まるアドレスを入力してください。"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_made(empty, client, changes, sentence):
    answer = client.post(key(empty), data={**FORM, **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    with empty.app_context():
        assert db.session.query(Member).count() == 0


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request, tmp_path_factory):
    """Both databases, whatever the run was asked for: the race is decided by them."""
    folder = tmp_path_factory.mktemp("opening")
    if request.param == "sqlite":
        yield SqliteStock(folder)
        return
    with postgres() as server:
        yield PostgresStock(folder, server)


def test_of_many_at_once_exactly_one_sets_it_up(either, tmp_path):
    count, url = 6, either.fresh(tmp_path)
    app = create_app(settings_for(tmp_path, DATABASE_URL=url), testing=True)
    app.config["WTF_CSRF_ENABLED"] = False
    link, ready = key(app), threading.Barrier(count, timeout=20)

    def attempt(number):
        browser = app.test_client()
        ready.wait()
        return browser.post(link, data={**FORM, "own_email": f"m{number}@yamabiko.example"}).status_code

    with ThreadPoolExecutor(count) as pool:
        statuses = sorted(pool.map(attempt, range(count)))
    assert statuses == [302] + [409] * (count - 1)
    with app.app_context():
        assert db.session.query(Member).count() == db.session.query(Organisation).count() == 1
        db.engine.dispose()


def test_the_demos_database_is_never_taken_for_ones_own(app):
    runner = app.test_cli_runner()
    assert runner.invoke(args=["setup", "check"]).exit_code == 0
    with app.app_context(), unit_of_work():
        db.session.get(Organisation, 1).is_demo = True
    refused = runner.invoke(args=["setup", "check"])
    assert refused.exit_code == 2
    assert "this database holds the demo" in refused.stderr


def test_who_is_locked_out_is_helped_from_the_console(app, client):
    with app.app_context(), unit_of_work():
        db.session.add(factories.member(email="a@asagiri.example"))
    runner = app.test_cli_runner()
    given = ["members", "set-password", "a@asagiri.example", "--password", "another long password"]
    assert runner.invoke(args=given).exit_code == 0
    form = {"email": "a@asagiri.example", "password": "another long password"}
    assert client.post("/sign-in", data=form).status_code == 302
    unknown = runner.invoke(args=["members", "reset-second-step", "b@asagiri.example"])
    assert (unknown.exit_code, unknown.stderr) == (2, "no member has this address\n")
