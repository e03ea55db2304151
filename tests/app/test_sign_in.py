"""Members sign in with their password and out again; nobody else gets in."""

from app.accounts import passwords
from app.accounts.models import Member, MemberSession, Role
from app.db import db, unit_of_work
from tests import factories

STRAY = (
    "/\t/evil.example",
    "/settings\r\nSet-Cookie: a=1",
    "/\x00settings",
    "/ /evil.example",
    "/\u3000settings",
)


def test_the_right_password_opens_the_first_page(sign_in):
    browser = sign_in(Role.EDITOR)
    assert browser.get("/settings").status_code == 200


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(app, client):
    with app.app_context(), unit_of_work():
        db.session.add(factories.member(email="a@asagiri.example"))
    wrong = client.post("/sign-in", data={"email": "a@asagiri.example", "password": "x" * 12})
    unknown = client.post("/sign-in", data={"email": "b@asagiri.example", "password": "x" * 12})
    assert wrong.status_code == unknown.status_code == 422
    assert "メールアドレスかパスワードが違います。" in wrong.text
    assert "メールアドレスかパスワードが違います。" in unknown.text


def test_after_ten_wrong_tries_even_the_right_password_waits(app, client):
    with app.app_context(), unit_of_work():
        db.session.add(factories.member(email="a@asagiri.example"))
    for _ in range(10):
        client.post("/sign-in", data={"email": "a@asagiri.example", "password": "wrong"})
    last = client.post("/sign-in", data={"email": "a@asagiri.example", "password": factories.PASSWORD})
    assert last.status_code == 429


def test_a_member_who_was_let_go_is_out_on_the_next_request(app, sign_in):
    browser = sign_in(Role.EDITOR)
    with app.app_context(), unit_of_work():
        db.session.query(Member).filter_by(role=Role.EDITOR).one().active = False
    assert browser.get("/settings").status_code == 302


def test_signing_out_ends_the_session_row(app, sign_in):
    browser = sign_in(Role.EDITOR)
    browser.post("/sign-out")
    assert browser.get("/settings").status_code == 302
    with app.app_context():
        assert db.session.query(MemberSession).one().ended_at is not None


def test_sign_in_never_leads_to_another_site(app, client):
    with app.app_context(), unit_of_work():
        db.session.add(factories.member(email="a@asagiri.example"))
    for target in (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        *STRAY,
    ):
        form = {"email": "a@asagiri.example", "password": factories.PASSWORD, "next": target}
        assert client.post("/sign-in", data=form).location == "/"


def test_an_address_no_database_can_hold_is_told_beside_its_field(client):
    answer = client.post("/sign-in", data={"email": "a\0b@asagiri.example", "password": "x" * 12})
    assert answer.status_code == 422
    assert "保存できない文字が含まれています" in answer.text


def test_nobody_waits_for_the_database_while_a_password_is_compared(app, client, monkeypatch):
    with app.app_context(), unit_of_work():
        db.session.add(factories.member(email="a@asagiri.example"))
    hasher, open_meanwhile = passwords.hasher, []

    class Watched:
        def verify(self, password, password_hash):
            open_meanwhile.append(db.session().in_transaction())
            return hasher.verify(password, password_hash)

    monkeypatch.setattr(passwords, "hasher", Watched())
    form = {"email": "a@asagiri.example", "password": factories.PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 302
    assert open_meanwhile == [False]
