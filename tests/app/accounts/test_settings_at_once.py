"""Two administrators at the same settings."""

from app.accounts.models import Member, Organisation, Role
from app.db import db
from tests.at_once import browser_of, revision_in, revision_on

IDENTITY = {
    "name": "朝霧茶舗", "sender_name": "朝霧茶舗 お客さま係", "sender_address": "okyakusama@asagiri.example",
    "postal_address": "静岡県川根本町1-2-3", "contact": "0120-000-000", "privacy_url": "",
}  # fmt: skip
SETTINGS = "/settings/organisation"


def pair(app):
    return browser_of(app, "森 健一", Role.ADMINISTRATOR), browser_of(app, "佐藤 花", Role.ADMINISTRATOR)


def test_the_second_to_change_the_sender_sees_what_the_first_wrote(app):
    mori, sato = pair(app)
    seen = revision_on(mori, "/settings")
    mori.post(SETTINGS, data={**IDENTITY, "contact": "0120-111-111", "revision": seen})
    told = sato.post(SETTINGS, data={**IDENTITY, "contact": "0120-222-222", "revision": seen})
    assert told.status_code == 409
    for words in ("森 健一さんが先に変えました", "0120-111-111", "0120-222-222"):
        assert words in told.text, words
    again = {**IDENTITY, "contact": "0120-222-222", "revision": revision_in(told.text)}
    assert [sato.post(SETTINGS, data=again).status_code for _ in "ab"] == [302, 302]
    with app.app_context():
        assert db.session.get(Organisation, 1).contact == "0120-222-222"


def test_the_second_to_give_a_member_a_role_is_told(app):
    mori, sato = pair(app)
    browser_of(app, "高橋 実", Role.VIEWER)
    with app.app_context():
        path = f"/settings/members/{db.session.query(Member).filter_by(name='高橋 実').one().id}"
    mori.post(path, data={"role": "editor", "active": "y", "revision": "1"})
    told = sato.post(path, data={"role": "auditor", "active": "y", "revision": "1"})
    assert told.status_code == 409
    for words in ("森 健一さんが先に変えました", "CX編集", "監査"):
        assert words in told.text.split("error-summary clash")[1].split("</dl>")[0], words
    assert sato.post(path, data={"role": "auditor", "active": "y", "revision": "2"}).status_code == 302
    with app.app_context():
        assert db.session.query(Member).filter_by(name="高橋 実").one().role is Role.AUDITOR
