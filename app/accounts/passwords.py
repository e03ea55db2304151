"""Passwords, as argon2 keeps them. Both ways take long on purpose: never inside a transaction."""

from functools import cache

from pwdlib import PasswordHash

hasher = PasswordHash.recommended()


@cache
def nobody() -> str:
    """What is compared against when no such member exists: a wrong address takes as long as a wrong password."""
    return hasher.hash("nobody has this password")
