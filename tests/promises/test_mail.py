"""A mail holds the headers it should and no other, and never goes out without saying who writes."""

from email import message_from_bytes
from email.policy import default

import pytest

from app import mail
from app.accounts.queries import organisation
from app.campaigns.models import Message
from app.db import db, unit_of_work
from tests import factories
from tests.app.campaigns.world import send, started, states

EXPECTED = [
    "content-type", "date", "from", "list-unsubscribe", "list-unsubscribe-post", "message-id", "mime-version", "subject", "to",
]  # fmt: skip
BREAKS = (
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
    "\r\n ",
    "\n\t",
    "\r\n\r\n",
)
TAILS = (
    "Bcc: evil@evil.example",
    "To: evil@evil.example",
    "X-Evil: 1",
    "Content-Type: text/html",
    "<evil@evil.example>",
    "",
    "a,b@evil.example",
)
WORDS = (
    "=?utf-8?q?=0D=0ABcc=3A_evil=40evil.example?=", "=?utf-8?b?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?=", "=?utf-8?q?a?= =?utf-8?q?=0A?=",
    "=?us-ascii?Q?=00?=", "朝霧茶舗", "\"quoted\" <x@y.example>", "a" * 900, "あ" * 300, "(comment)", "a;b=c", "𠮷野 髙", "\\", "=?",
)  # fmt: skip


def drawn(rng):
    if rng.random() < 0.5:
        return rng.choice(WORDS)
    parts = [rng.choice(WORDS), rng.choice((*BREAKS, "", "", "")), rng.choice(TAILS)]
    rng.shuffle(parts)
    return "".join(parts)


def rarely(rng, usual):
    """The usual value nine times of ten: what the product makes itself, or has checked."""
    return drawn(rng) if rng.random() < 0.1 else usual


def headers_of(message):
    return message_from_bytes(message.as_bytes(), policy=default)


@pytest.mark.promise(
    "11", "mail headers: tricks are refused; the bytes hold exactly the expected headers", small=True
)
def test_a_mail_holds_exactly_the_expected_headers_whatever_is_put_into_them(rng, trials, tried):
    refused = written = 0
    for _try in range(trials(10_000)):
        # As long as the forms let them be.
        sender, subject = drawn(rng)[:120], drawn(rng)[:320]
        recipient = rarely(rng, "hanako@okyaku.example")
        headers = {
            "Date": "Sun, 22 Nov 2026 12:00:00 +0900",
            "List-Unsubscribe": "<https://x.example/u/t>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        letter = mail.Letter(
            sender,
            rarely(rng, "okyakusama@asagiri.example"),
            recipient,
            subject,
            "本文",
            "<p>本文</p>",
            headers,
        )
        try:
            message = mail.compose(letter, rarely(rng, "<1@asagiri.example>"))
            found = headers_of(message)
        except (mail.BadHeader, UnicodeEncodeError):
            refused += 1  # the second: what cannot be said in ASCII is not handed over
            continue
        assert sorted(name.lower() for name in found.keys()) == EXPECTED, (sender, recipient, subject)  # noqa: SIM118 - keys() names each as often as it stands there
        assert len(found["To"].addresses) == len(found["From"].addresses) == 1
        assert not [value for value in found.values() if "\n" in value or "\r" in value]
        written += 1
    assert written
    tried(
        f"{refused:,} refused, {written:,} written and read again from their bytes", zeros=refused + written
    )


@pytest.mark.usefixtures("context")
@pytest.mark.promise("20a", "a mail without the sender's identity cannot go out", small=True)
@pytest.mark.parametrize("missing", ["sender_name", "sender_address", "postal_address", "contact"])
def test_a_campaign_that_would_not_say_who_writes_sends_nothing(sink, missing, tried):
    campaign = started(3)
    with unit_of_work():
        setattr(organisation(), missing, "")
    send(campaign, sink.port)
    assert sink.received == []
    assert set(states()) == {"queued"}
    tried(f"without {missing}: nothing sent")


@pytest.mark.usefixtures("context")
@pytest.mark.promise("20a", "every mail names sender, address, contact and the way out", small=True)
def test_every_mail_names_who_writes_and_how_to_stop(sink, trials, tried):
    count = max(3, trials(200))
    send(started(count), sink.port)
    own = factories.organisation()
    for envelope in sink.received:
        message = message_from_bytes(envelope.content, policy=default)
        for part in ("plain", "html"):
            text = message.get_body((part,)).get_content()
            for words in (own.sender_name, own.postal_address, own.contact, "/u/"):
                assert words in text
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Unsubscribe"].startswith("<http")
    assert len(sink.received) == db.session.query(Message).count() == count
    tried(f"{count} mails, both parts", zeros=count)
