"""/sign-in, /setup, /settings. Each file registers on the one blueprint when feature.py imports it."""

from urllib.parse import urlsplit

from flask import Blueprint, url_for

blueprint = Blueprint("accounts", __name__)


def own_address(target: str | None) -> str:
    """Only addresses of this site are followed after sign-in."""
    target = target or ""
    if not all(sign.isprintable() and not sign.isspace() and sign != "\\" for sign in target):
        return url_for("reports.show_today")
    parts = urlsplit(target)
    own = not parts.netloc and not parts.scheme and parts.path.startswith("/")
    return target if own and not target.startswith("//") else url_for("reports.show_today")
