"""The mail as it leaves the house: its headers byte by byte, the words, who writes, why, and how to stop."""

import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest

from app.campaigns.models import Message
from app.customers.models import Contact, CustomerKind
from app.db import db, unit_of_work
from tests import factories_campaigns as made
from tests.app.campaigns.world import send, started

pytestmark = pytest.mark.usefixtures("context")


def sent(sink, **changes):
    """Send one mail; return its bytes, the parsed message and the invitation."""
    campaign = started(1, **changes)
    send(campaign, sink.port)
    raw = sink.received[0].original_content
    return raw, message_from_bytes(raw, policy=default), db.session.query(Message).one().invitation


def plain_words(message):
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def head(raw):
    return raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")


def test_the_head_holds_exactly_what_it_should(sink):
    raw, message, invitation = sent(sink)
    lines = head(raw)
    names = [line.split(b":")[0].decode() for line in lines if not line.startswith(b" ")]
    assert names == [
        "From", "To", "Subject", "Message-ID", "Date", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version",
        "Content-Type",
    ]  # fmt: skip
    assert f"List-Unsubscribe: <http://localhost/u/{invitation.token}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert b"Date: Sat, 21 Nov 2026 12:00:00 +0900" in lines
    assert f"To: {invitation.customer.email}".encode() in lines
    assert re.fullmatch(r"<[0-9a-f]{32}@asagiri\.example>", message["Message-ID"])
    assert invitation.token not in message["Message-ID"]
    assert str(message["From"]) == "朝霧茶舗 お客さま係 <okyakusama@asagiri.example>"
    assert message["Auto-Submitted"] is None


def test_a_long_address_of_the_house_leaves_the_stop_link_whole(app, sink):
    long = "https://okyakusama-no-koe.asagiri-chaho-honten.example.co.jp/okaeri-no-madoguchi"
    app.extensions["settings"] = replace(app.extensions["settings"], public_url=long)
    raw, _message, invitation = sent(sink)
    assert f"List-Unsubscribe: <{long}/u/{invitation.token}>".encode() in head(raw)


def test_the_words_come_first_then_the_link_the_code_who_writes_why_and_how_to_stop(sink):
    survey = made.survey(closes_on=date(2026, 12, 5))
    _raw, message, invitation = sent(sink, survey=survey)
    text = plain_words(message)
    code = f"{invitation.code[:4]}-{invitation.code[4:]}"
    order = [
        "山本 花子様\n",
        f"http://localhost/s/{invitation.token}\n",
        "締め切り：2026年12月5日（土）\n",
        f"http://localhost/c に番号 {code} を",
        "朝霧茶舗 お客さま係\n静岡県川根本町1-2-3\nお問い合わせ：0120-000-000\n",
        "2026年11月1日の「会員登録時の同意」にもとづいて",
        f"http://localhost/u/{invitation.token}",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_html_says_the_same_with_a_button_and_loads_nothing_from_elsewhere(sink):
    _raw, message, invitation = sent(sink)
    page = message.get_body(("html",)).get_content()
    link, stop = f"http://localhost/s/{invitation.token}", f"http://localhost/u/{invitation.token}"
    assert set(re.findall(r'href="([^"]+)"', page)) == {link, stop}
    assert not re.search(r"<(img|link|script|iframe|style)|src=|url\(", page)
    for words in ("山本 花子様", "おやめになった理由を", "静岡県川根本町1-2-3", "0120-000-000"):
        assert words in page


def test_what_a_customer_is_called_cannot_write_html(sink):
    campaign = started(1, body="{{name}}<b>太字</b> {{link}} ください")
    with unit_of_work():
        db.session.query(Message).one().invitation.customer.name = "<script>alert(1)</script>"
    send(campaign, sink.port)
    message = message_from_bytes(sink.received[0].original_content, policy=default)
    page = message.get_body(("html",)).get_content()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;様" in page


def test_an_account_is_addressed_by_its_contact(sink):
    with unit_of_work():
        account = made.lapsed(email="", name="株式会社朝日", kind=CustomerKind.ACCOUNT)
        db.session.add(Contact(customer_id=account.id, name="佐藤", email="sato@asahi.example"))
    campaign = started(0)
    send(campaign, sink.port)
    message = message_from_bytes(sink.received[0].original_content, policy=default)
    assert message["To"] == "sato@asahi.example"
    assert "株式会社朝日 佐藤様\n" in plain_words(message)


def test_rare_letters_arrive_whole(sink):
    _raw, message, _invitation = sent(sink, subject="髙橋さまへ 𠮷①㈱🍵", body="髙𠮷①㈱🍵\n{{link}}")
    assert message["Subject"] == "髙橋さまへ 𠮷①㈱🍵"
    assert "髙𠮷①㈱🍵" in plain_words(message)


def test_the_stray_dots_of_carrier_addresses_are_no_obstacle(sink):
    with unit_of_work():
        made.lapsed(email="a..b.@docomo.example")
    campaign = started(0)
    send(campaign, sink.port)
    assert len(sink.received) == 1
