"""How an address is written, so that the same address is always the same text."""

import re
import unicodedata

from app.customers.models import Channel

LONGEST, MOST_MARKS = 254, 8
_DASHES = str.maketrans(dict.fromkeys("ー‐‑–—―−－ｰ", "-"))
# Wider than RFC 5321 on purpose: Japanese carriers gave out addresses like "a..b.@docomo.ne.jp". Never a blank, a
# quote, a comma or a bracket, of which mail headers are made.
_MAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")


def plain(text: str) -> str:
    """A short text in half-width letters and figures, trimmed. Cut to 10,000 characters first: NFKC is not linear."""
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFKC", few_marks(text[:10_000])).strip()


def few_marks(text: str) -> str:
    """At most eight marks on one letter: over long runs of them NFKC takes time by their square."""
    if not any(map(unicodedata.combining, text)):
        return text
    kept, run = [], 0
    for sign in text:
        run = run + 1 if unicodedata.combining(sign) else 0
        if run <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def normal_mail(text: str) -> str:
    """A mail address in half-width small letters, for storing and comparing."""
    return plain(text).lower()


def is_mail(address: str) -> bool:
    """Does a normal address look like one a mail can be sent to?"""
    return len(address) <= LONGEST and _MAIL.fullmatch(address) is not None


def normal_phone(text: str) -> str:
    """A telephone number in half-width figures with plain hyphens."""
    return plain(text.translate(_DASHES)).translate(_DASHES)


def normal_address(channel: Channel, address: str) -> str:
    """The form in which the suppression list keeps an address of a channel."""
    if channel is Channel.MAIL:
        return normal_mail(address)
    if channel is Channel.PHONE:
        return re.sub(r"\D", "", normal_phone(address))
    return re.sub(r"\s+", "", plain(address))[:LONGEST]
