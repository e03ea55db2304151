"""A member may want a code from their phone after the password: set up, asked for, spent once, reset."""

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine

from app.accounts.models import Member, MemberSession, RecoveryCode, Role
from app.audit import AuditEntry
from app.db import db, unit_of_work
from tests import factories
from tests.conftest import NOW

EMAIL = f"{Role.EDITOR.value}@asagiri.example"
PROOF = {"second-current": factories.PASSWORD}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def code(app, drift=0):
    """What the member's phone shows."""
    with app.app_context():
        secret = db.session.query(Member).filter_by(email=EMAIL).one().totp_secret
    from app import clock as house_clock

    return pyotp.TOTP(secret).at(house_clock.now() + timedelta(seconds=drift))


def password_only(app):
    browser = app.test_client()
    answer = browser.post(
        "/sign-in", data={"email": EMAIL, "password": factories.PASSWORD, "next": "/voices"}
    )
    return browser, answer


def turn_on(app, browser):
    """Set the second step up as the screens lead through it; return the recovery codes."""
    assert browser.post("/settings/own/second-step", data=PROOF).location == "/settings/own/second-step"
    assert "data:image/svg+xml" in browser.get("/settings/own/second-step").text
    done = browser.post("/settings/own/second-step/confirm", data={"code": code(app)})
    assert done.status_code == 200
    return re.findall(r"<code>([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})</code>", done.text)


def test_after_the_password_the_code_is_asked_for(app, sign_in, clock):
    turn_on(app, sign_in(Role.EDITOR))
    clock.shift(60)
    browser, answer = password_only(app)
    assert answer.location == "/sign-in/code?next=/voices"
    assert browser.get("/settings").status_code == 302
    wrong = browser.post("/sign-in/code", data={"code": "000000"})
    assert wrong.status_code == 422
    right = browser.post("/sign-in/code", data={"code": code(app), "next": "/voices"})
    assert right.location == "/voices"
    assert browser.get("/settings").status_code == 200


def test_a_code_opens_one_door_only(app, sign_in, clock):
    turn_on(app, sign_in(Role.EDITOR))
    clock.shift(60)
    first, second = password_only(app)[0], password_only(app)[0]
    spent = code(app)
    assert first.post("/sign-in/code", data={"code": spent}).status_code == 302
    assert second.post("/sign-in/code", data={"code": spent}).status_code == 422
    assert second.post("/sign-in/code", data={"code": code(app, drift=-30)}).status_code == 422


def test_a_clock_may_be_half_a_minute_off_and_full_width_digits_count(app, sign_in, clock):
    turn_on(app, sign_in(Role.EDITOR))
    clock.shift(120)
    for drift in (-30, 30):
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code(app, drift))
        assert password_only(app)[0].post("/sign-in/code", data={"code": f" {wide} "}).status_code == 302
    clock.shift(600)
    assert password_only(app)[0].post("/sign-in/code", data={"code": code(app, -90)}).status_code == 422


def test_a_recovery_code_works_once(app, sign_in, clock):
    codes = turn_on(app, sign_in(Role.EDITOR))
    assert len(set(codes)) == 10
    typed = codes[3].lower().replace("-", " ")
    assert password_only(app)[0].post("/sign-in/code", data={"code": typed}).status_code == 302
    assert password_only(app)[0].post("/sign-in/code", data={"code": codes[3]}).status_code == 422
    with app.app_context():
        assert db.session.query(RecoveryCode).filter(RecoveryCode.used_at.is_not(None)).count() == 1
        kept = {row.code_hash for row in db.session.query(RecoveryCode)}
        assert not kept & set(codes)


def test_after_ten_wrong_codes_even_the_right_one_waits(app, sign_in, clock):
    turn_on(app, sign_in(Role.EDITOR))
    clock.shift(60)
    browser = password_only(app)[0]
    for _number in range(10):
        assert browser.post("/sign-in/code", data={"code": "123456"}).status_code == 422
    assert browser.post("/sign-in/code", data={"code": code(app)}).status_code == 429


def test_the_right_password_is_remembered_for_ten_minutes_only(app, sign_in, clock):
    turn_on(app, sign_in(Role.EDITOR))
    browser = password_only(app)[0]
    clock.shift(601)
    assert browser.post("/sign-in/code", data={"code": code(app)}).location == "/sign-in"


def test_without_the_right_password_nothing_about_it_changes(app, sign_in):
    browser = sign_in(Role.EDITOR)
    wrong = {"second-current": "not my password"}
    answer = browser.post("/settings/own/second-step", data=wrong)
    assert answer.status_code == 422
    assert "いまのパスワードが違います。" in answer.text
    turn_on(app, browser)
    for path in ("codes", "drop"):
        assert browser.post(f"/settings/own/second-step/{path}", data=wrong).status_code == 422
    with app.app_context():
        assert db.session.query(Member).one().has_second_step


def test_a_set_up_that_was_never_confirmed_asks_for_nothing(app, sign_in):
    sign_in(Role.EDITOR).post("/settings/own/second-step", data=PROOF)
    assert password_only(app)[1].location == "/voices"


def test_it_can_be_dropped_and_its_codes_renewed(app, sign_in):
    browser = sign_in(Role.EDITOR)
    old = turn_on(app, browser)
    renewed = browser.post("/settings/own/second-step/codes", data=PROOF)
    assert renewed.status_code == 200
    assert old[0] not in renewed.text
    assert password_only(app)[0].post("/sign-in/code", data={"code": old[0]}).status_code == 422
    assert browser.post("/settings/own/second-step/drop", data=PROOF).status_code == 302
    assert password_only(app)[1].location == "/voices"


def test_an_administrator_resets_it_for_who_lost_the_phone(app, sign_in):
    editor, administrator = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    turn_on(app, editor)
    with app.app_context():
        number = db.session.query(Member).filter_by(email=EMAIL).one().id
    assert "二段階の確認を解く" in administrator.get(f"/settings/members/{number}").text
    assert editor.post(f"/settings/members/{number}/second-step").status_code == 403
    assert administrator.post(f"/settings/members/{number}/second-step").status_code == 302
    assert editor.get("/settings/own").status_code == 302
    assert password_only(app)[1].location == "/voices"
    with app.app_context():
        verbs = [row.verb for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert [verb for verb in verbs if "second_step" in verb] == ["began_second_step", "reset_second_step"]


def test_a_new_password_ends_every_other_session(app, sign_in):
    here, there = sign_in(Role.EDITOR), sign_in(Role.EDITOR)
    new = {"current": factories.PASSWORD, "password": "a wholly new word", "again": "a wholly new word"}
    assert here.post("/settings/own/password", data={**new, "current": "wrong"}).status_code == 422
    assert there.get("/settings/own").status_code == 200
    assert here.post("/settings/own/password", data=new).status_code == 302
    assert here.get("/settings/own").status_code == 200
    assert there.get("/settings/own").status_code == 302
    assert password_only(app)[1].status_code == 422
    again = app.test_client().post("/sign-in", data={"email": EMAIL, "password": "a wholly new word"})
    assert again.status_code == 302


def test_other_sessions_can_be_ended(app, sign_in):
    here, there = sign_in(Role.EDITOR), sign_in(Role.EDITOR)
    assert "この端末" in here.get("/settings/own").text
    assert here.post("/settings/own/sessions/end").status_code == 302
    assert (here.get("/settings/own").status_code, there.get("/settings/own").status_code) == (200, 302)
    with app.app_context():
        assert db.session.query(MemberSession).filter(MemberSession.ended_at.is_(None)).count() == 1


def test_an_administrator_gives_a_new_password(app, sign_in):
    editor, administrator = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    with app.app_context():
        number = db.session.query(Member).filter_by(email=EMAIL).one().id
    path = f"/settings/members/{number}/password"
    assert administrator.post(path, data={"password": "short"}).status_code == 422
    assert administrator.post(path, data={"password": "given by telephone"}).status_code == 302
    assert editor.get("/settings/own").status_code == 302
    signed = app.test_client().post("/sign-in", data={"email": EMAIL, "password": "given by telephone"})
    assert signed.status_code == 302


def test_whoever_is_let_go_between_password_and_code_stays_out(app, sign_in, clock):
    turn_on(app, sign_in(Role.EDITOR))
    clock.shift(60)
    browser = password_only(app)[0]
    with app.app_context(), unit_of_work():
        db.session.query(Member).filter_by(email=EMAIL).one().active = False
    assert browser.post("/sign-in/code", data={"code": code(app)}).location == "/sign-in"
