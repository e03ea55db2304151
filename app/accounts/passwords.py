"""Passwords, as argon2 keeps them. Both ways take long on purpose: never inside a transaction."""

from pwdlib import PasswordHash

hasher = PasswordHash.recommended()
# Compared against when no such member exists, so that a wrong address takes as long as a wrong password.
NOBODY = hasher.hash("nobody has this password")
