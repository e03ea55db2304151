"""Members are added and let go; one administrator always stays."""

import threading

from app.accounts import passwords, services
from app.accounts.models import Member, Role
from app.db import db, unit_of_work
from app.errors import BadInput
from tests import factories
from tests.conftest import NOW

NEW = {
    "name": "佐々木 徹", "email": "sasaki@asagiri.example", "role": "editor", "password": "a long enough word",
}  # fmt: skip


def test_an_address_that_is_taken_is_told_beside_its_field(app, sign_in):
    administrator = sign_in(Role.ADMINISTRATOR)
    assert administrator.post("/settings/members", data=NEW).status_code == 302
    answer = administrator.post("/settings/members", data={**NEW, "email": "Sasaki@asagiri.example"})
    assert answer.status_code == 422
    assert "このメールアドレスのメンバーは、もういます。" in answer.text
    with app.app_context():
        assert db.session.query(Member).count() == 2


def test_nobody_waits_for_the_database_while_a_password_is_hashed(sign_in, monkeypatch):
    administrator = sign_in(Role.ADMINISTRATOR)
    hasher, open_meanwhile = passwords.hasher, []

    class Watched:
        def hash(self, password):
            open_meanwhile.append(db.session().in_transaction())
            return hasher.hash(password)

    monkeypatch.setattr(passwords, "hasher", Watched())
    assert administrator.post("/settings/members", data=NEW).status_code == 302
    assert open_meanwhile == [False]


def test_two_administrators_cannot_let_go_of_each_other_at_once(app):
    with app.app_context(), unit_of_work():
        both = [factories.member(), factories.member()]
        db.session.add_all(both)
        db.session.flush()
        numbers = [one.id for one in both]
    ready = threading.Barrier(2, timeout=5)

    def let_go(number: int, by: int) -> None:
        with app.app_context():
            try:
                with unit_of_work():
                    if db.engine.dialect.name == "postgresql":
                        ready.wait()
                    member, actor = db.session.get(Member, number), db.session.get(Member, by)
                    if db.engine.dialect.name == "postgresql":
                        ready.wait()
                    services.change_role(member, Role.VIEWER, True, actor, NOW)
            except BadInput:
                pass

    threads = [threading.Thread(target=let_go, args=pair) for pair in (numbers, numbers[::-1])]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    with app.app_context():
        assert db.session.query(Member).filter_by(role=Role.ADMINISTRATOR).count() == 1


def test_a_senders_address_is_one_every_mail_server_knows(sign_in):
    fields = {
        "name": "朝霧茶舗", "sender_name": "朝霧茶舗",
        "postal_address": "静岡県川根本町1-2-3", "contact": "0120-000-000", "privacy_url": "", "revision": "1",
    }  # fmt: skip
    administrator = sign_in(Role.ADMINISTRATOR)
    for address in ("太郎@example.jp", "taro@例え.jp"):
        answer = administrator.post("/settings/organisation", data={**fields, "sender_address": address})
        assert answer.status_code == 422
        assert "半角の英数字と記号のアドレスを入力してください。" in answer.text
    fields["sender_address"] = "taro@example.jp"
    assert administrator.post("/settings/organisation", data=fields).status_code == 302
