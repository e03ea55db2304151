"""Response headers, cookies and nonces: what a browser may do with our pages."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from app.config import Settings

View = TypeVar("View", bound=Callable[..., Any])
LARGEST_ROW_NUMBER = 2**31 - 1
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# A year; not for subdomains, which belong to the company and not to us.
ONLY_HTTPS = "max-age=31536000"


class RowNumber(IntegerConverter):
    """A number in an address: what no table can hold is no page (404), not an error of the database."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_ROW_NUMBER, **kwargs})


def cookie_settings(settings: Settings) -> dict[str, Any]:
    """__Host- and Secure as soon as the public address is https; plain names on the http of a first try."""
    secure = settings.is_https
    return {
        "SESSION_COOKIE_NAME": "__Host-okaeri" if secure else "okaeri",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }


def csp_nonce() -> str:
    """Return this response's nonce for script tags."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _policy() -> str:
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    return (
        f"default-src 'none'; script-src 'self'{nonce}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; object-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _policy())
    if current_app.extensions["settings"].is_https:
        response.headers.setdefault("Strict-Transport-Security", ONLY_HTTPS)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def takes_files(view: View) -> View:
    """Mark a view that files are sent to: it alone may be given more than a form's worth of bytes."""
    view.takes_files = True  # type: ignore[attr-defined] # the mark stands on the view
    return view


def _allow_files() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False):
        request.max_content_length = current_app.extensions["settings"].max_upload


def init_app(app: Flask) -> None:
    proxies = app.extensions["settings"].trusted_proxies
    if proxies:
        # Behind a proxy every visitor would else share one network address, and with it one limit.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign] # as its documentation says
    app.before_request(_allow_files)
    app.after_request(_protect)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
