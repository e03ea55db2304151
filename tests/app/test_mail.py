"""Mail reaches a real SMTP server as written, and no name or title can add a header."""

import ssl
import subprocess
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller

from app import mail
from app.mail import BadHeader, HandOverUnknown, Letter, NotHandedOver, Refused
from tests.servers import free_port
from tests.sink import Sink
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


@pytest.mark.parametrize("place", ["sender_address", "recipient"])
def test_an_address_the_server_cannot_be_told_is_refused_before_any_word(sink, tmp_path, place):
    with pytest.raises(Refused):
        send(sink, tmp_path, letter(**{place: "taro@例え.jp"}))
    assert sink.received == []


def test_a_server_nobody_vouches_for_gets_no_mail(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*make.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    vouched = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    vouched.load_cert_chain(certificate, key)
    door = Controller(Sink(), hostname="127.0.0.1", port=free_port(), tls_context=vouched)
    door.start()
    try:
        settings = settings_for(tmp_path, SMTP_HOST="127.0.0.1", SMTP_PORT=str(door.port), SMTP_STARTTLS="1")
        with pytest.raises(NotHandedOver, match="SSLCertVerificationError"), mail.connection(settings):
            pass
    finally:
        door.stop()
