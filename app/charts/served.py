"""Charts on their way to the browser: kept on disk, answered under a policy of their own."""

import base64
import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, request, url_for

from app.charts.sheet import STYLE

FACE = '@font-face{{font-family:"Okaeri Figures";src:url("{}") format("woff2");font-weight:{}}}'
FOLLOWING, FOLLOWED = "color-scheme:light dark;", "color-scheme:{};"
KEPT_FILES = 2_000


def cached(folder: Path, draw: Callable[..., bytes], *args: Any, **kwargs: Any) -> bytes:
    """`draw(*args, **kwargs)`, kept in `folder` under the hash of the drawing, its code and what it shows."""
    shown = repr((draw.__module__, draw.__qualname__, args, sorted(kwargs.items())))
    file = folder / hashlib.sha256(f"{_edition()}{shown}".encode()).hexdigest()
    try:
        return file.read_bytes()
    except FileNotFoundError:
        image = draw(*args, **kwargs)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:
        draft.write(image)
    os.replace(draft.name, file)
    for old in sorted(folder.iterdir(), key=_written, reverse=True)[KEPT_FILES:]:
        old.unlink(missing_ok=True)
    return image


def svg_response(svg: bytes, theme: str = "") -> Response:
    """Answer the current request with a chart, under a policy of its own.

    `theme`: the member's light or dark; anything else follows the system, as the page does. matplotlib writes
    style attributes, so those are allowed here and nowhere else; the one style element is named by its hash.
    Nothing runs, and nothing is loaded but the figures' font.
    """
    faces = "".join(
        FACE.format(url_for("static", filename=f"vendor/inter/inter-latin-{weight}-normal.woff2"), weight)
        for weight in (400, 600)
    )
    style = faces + (
        STYLE.replace(FOLLOWING, FOLLOWED.format(theme)) if theme in ("light", "dark") else STYLE
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    body = svg.replace(STYLE.encode(), style.encode(), 1)
    response = Response(body, mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; style-src-attr 'unsafe-inline'; font-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(body).hexdigest())
    response.make_conditional(request)
    return response


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


@cache
def _edition() -> str:
    """Changes with the drawing code, so that no chart of an older one is served."""
    import matplotlib

    code = b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    return f"{matplotlib.__version__} {hashlib.sha256(code).hexdigest()} "
