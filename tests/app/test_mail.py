"""Mail reaches a real SMTP server as written, and no name or title can add a header."""

from email import message_from_bytes
from email.policy import default

import pytest

from app import mail
from app.mail import BadHeader, HandOverUnknown, Letter, NotHandedOver, Refused
from tests.stock import settings_for


def letter(**changes):
    values = {
        "sender_name": "朝霧茶舗 お客さま係",
        "sender_address": "okyaku@asagiri.example",
        "recipient": "hanako@okyaku.example",
        "subject": "お茶のこと、聞かせてください 髙𠮷①",
        "text": "こんにちは。\n回答はこちらから。",
    }
    return Letter(**{**values, **changes})


def send(sink, tmp_path, one):
    settings = settings_for(tmp_path, SMTP_PORT=str(sink.port))
    message = mail.compose(one, "<1@asagiri.example>")
    with mail.connection(settings) as server:
        mail.hand_over(server, message)


def test_what_was_written_arrives(sink, tmp_path):
    send(sink, tmp_path, letter(headers={"List-Unsubscribe": "<https://asagiri.example/u/1>"}))
    received = message_from_bytes(sink.received[0].original_content, policy=default)
    assert received["Subject"] == "お茶のこと、聞かせてください 髙𠮷①"
    assert received.get_content().splitlines() == ["こんにちは。", "回答はこちらから。"]
    assert received["List-Unsubscribe"] == "<https://asagiri.example/u/1>"
    assert sorted(received.keys()) == sorted(
        [
            "From",
            "To",
            "Subject",
            "Message-ID",
            "List-Unsubscribe",
            "Content-Type",
            "Content-Transfer-Encoding",
            "MIME-Version",
        ]
    )


@pytest.mark.parametrize("trick", ["x\r\nBcc: all@example.com", "x\nBcc: a@b.example", "x\rBcc: c", "x\0y"])
@pytest.mark.parametrize("place", ["sender_name", "sender_address", "recipient", "subject"])
def test_no_text_starts_a_header_of_its_own(place, trick):
    with pytest.raises(BadHeader):
        mail.compose(letter(**{place: trick}), "<1@asagiri.example>")


def test_a_refused_address_is_told_apart_from_a_busy_server(sink, tmp_path):
    sink.refusals = {"hanako@okyaku.example": "550 no such person", "taro@okyaku.example": "451 try later"}
    with pytest.raises(Refused):
        send(sink, tmp_path, letter())
    with pytest.raises(NotHandedOver):
        send(sink, tmp_path, letter(recipient="taro@okyaku.example"))
    assert sink.received == []


def test_a_connection_cut_after_the_words_is_unknown(sink, tmp_path):
    sink.hang_up = True
    with pytest.raises(HandOverUnknown):
        send(sink, tmp_path, letter())


def test_no_server_means_not_handed_over(tmp_path):
    settings = settings_for(tmp_path, SMTP_PORT="1")
    with pytest.raises(NotHandedOver), mail.connection(settings):
        pass
