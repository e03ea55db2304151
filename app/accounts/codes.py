"""The second step of signing in: the six digits of a phone (TOTP, RFC 6238) and the codes for when it is gone."""

import hashlib
import secrets
import unicodedata
from datetime import datetime

import pyotp
import segno

SECONDS = 30  # one code lasts
DRIFT = (-1, 0, 1)  # codes a clock may be off
RECOVERY_COUNT, RECOVERY_LENGTH, GROUP = 10, 12, 4
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none of them looks like another


def make_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def matching_step(secret: str, typed: str, at: datetime) -> int | None:
    """The number of the half minute whose code was typed, or None. The caller lets each step pass once."""
    now, code = int(at.timestamp()) // SECONDS, plain(typed)
    generator = pyotp.TOTP(secret, interval=SECONDS)
    for step in (now + drift for drift in DRIFT):
        if pyotp.utils.strings_equal(code, generator.generate_otp(step)):
            return step
    return None


def plain(typed: str) -> str:
    """A code as it is compared: half-width, large, without blanks and hyphens."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed).upper() if sign.isalnum())


def make_recovery_codes() -> list[str]:
    """Ten new codes of 58 bits, such as 7KQM-3XHD-PWT2."""
    groups = range(0, RECOVERY_LENGTH, GROUP)
    drawn = ("".join(secrets.choice(SIGNS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_COUNT))
    return ["-".join(code[start : start + GROUP] for start in groups) for code in drawn]


def recovery_hash(typed: str) -> str:
    """What is kept of a recovery code."""
    return hashlib.sha256(plain(typed).encode()).hexdigest()


def qr_picture(secret: str, email: str) -> str:
    """What a phone's camera reads, as the address of an SVG picture."""
    address = pyotp.TOTP(secret, interval=SECONDS).provisioning_uri(name=email, issuer_name="Okaeri")
    return str(segno.make(address, error="l").svg_data_uri(scale=4, border=4, light="#fff"))


def spaced(secret: str) -> str:
    """A secret for typing, in groups of four."""
    return " ".join(secret[start : start + GROUP] for start in range(0, len(secret), GROUP))
