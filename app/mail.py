"""Mail: one message built plainly, one connection kept open for many.

What may stand in a header is decided here: line breaks, NUL and encoded words are refused before a message exists.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Any

from app.config import Settings

TIMEOUT_SECONDS, LONGEST_WORD = 20, 40


class _Policy(EmailPolicy):
    """SMTP's policy, but a link in a List- header stays as it is: folded into encoded words nobody would find it."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower().startswith("list-") and value.isascii():
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


POLICY = _Policy(linesep=SMTP.linesep)
# The library unpacks =?utf-8?q?=0A?= and then writes the line break it holds. Nobody writes such a thing by hand.
_ENCODED_WORD = re.compile(r"=\?.*\?=")


class BadHeader(ValueError):
    """A name, title or address would start a header of its own."""


class NotHandedOver(OSError):
    """The server refused or was gone before it had taken the words; trying again is safe."""


class HandOverUnknown(OSError):
    """Cut off after the words had gone out: nobody knows whether the server took them (RFC 1047)."""


class Refused(OSError):
    """The server said no for good (5xx): this sender or these words will never be taken."""


class RecipientRefused(Refused):
    """The server said no for good to this recipient."""


@dataclass(frozen=True)
class Letter:
    """One mail. `headers` holds what goes beside From, To and Subject."""

    sender_name: str
    sender_address: str
    recipient: str
    subject: str
    text: str
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def one_line(value: str) -> str:
    """Return the value if it can stand in a header; raise BadHeader otherwise."""
    if "\0" in value or len(f"{value}.".splitlines()) > 1:  # VT, FF, NEL and U+2028 break lines as well
        raise BadHeader("a header holds one line")
    if _ENCODED_WORD.search(value):
        raise BadHeader("a header is written in plain words")
    return value


def compose(letter: Letter, message_id: str) -> EmailMessage:
    """Build the message. Raises BadHeader for line breaks or an address that is none."""
    message = EmailMessage(policy=POLICY)
    try:
        _write_head(message, letter, message_id)
    except BadHeader:
        raise
    except (
        ValueError,
        IndexError,
        MessageError,
    ) as error:  # what the parser of the library raises over nonsense
        raise BadHeader(f"not an address: {type(error).__name__}") from None
    message.set_content(letter.text, cte="base64")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="base64")
    return message


def _write_head(message: EmailMessage, letter: Letter, message_id: str) -> None:
    message["From"] = Address(_in_words(letter.sender_name), addr_spec=one_line(letter.sender_address))
    message["To"] = Address(addr_spec=_quoted(one_line(letter.recipient)))
    message["Subject"] = one_line(letter.subject)
    message["Message-ID"] = one_line(message_id)
    for name, value in letter.headers.items():
        message[name] = one_line(value)


def _in_words(name: str) -> str:
    """A name that can stand before an address. The library loses the quotes of one that it cannot break into lines."""
    if name.isascii() and any(len(word) > LONGEST_WORD for word in name.split()):
        raise BadHeader("a name is made of words")
    return one_line(name)


def _quoted(address: str) -> str:
    """Japanese carriers gave out addresses like a..b.@docomo.ne.jp, which are parsed in quotes only."""
    name, at, domain = address.rpartition("@")
    has_stray_dots = ".." in name or name.startswith(".") or name.endswith(".")
    return f'"{name}"{at}{domain}' if has_stray_dots and '"' not in name else address


@contextmanager
def connection(settings: Settings) -> Iterator[smtplib.SMTP]:
    """An open, signed-in SMTP connection. Raises NotHandedOver where the server cannot be reached."""
    try:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
    except OSError as error:
        raise NotHandedOver(type(error).__name__) from None
    try:
        yield server
    finally:
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


def hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    """Give one message to the server. Raises Refused, NotHandedOver or HandOverUnknown."""
    sender, recipient = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
    try:
        words = message.as_bytes()
        _expect(server.mail(sender))
        _expect(server.rcpt(recipient), RecipientRefused)
    except (Refused, NotHandedOver):
        server.rset()
        raise
    except ValueError as error:
        # An address smtplib cannot say in ASCII: no word has gone out, and none ever will.
        server.rset()
        raise Refused(f"not an address: {type(error).__name__}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotHandedOver(type(error).__name__) from None
    try:
        _expect(server.data(words))
    except (Refused, NotHandedOver):
        raise
    except smtplib.SMTPDataError as error:
        # The server said no to DATA itself: no word has gone out.
        _expect((error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""))
    except (smtplib.SMTPException, OSError) as error:
        raise HandOverUnknown(type(error).__name__) from None


def _expect(answer: tuple[int, bytes], refused: type[Refused] = Refused) -> None:
    code, words = answer
    if code >= 500:
        raise refused(f"{code} {words.decode('utf-8', 'replace')[:200]}")
    if code >= 400:
        raise NotHandedOver(f"{code} {words.decode('utf-8', 'replace')[:200]}")
