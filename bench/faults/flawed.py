"""The product with one seeded bug, named by FLAW: what the kill runs must catch, or they prove nothing.

early    acknowledges before it writes
twice    looks for no response before it makes one; the run drops the unique key
apart    what must follow a submission is written in a transaction of its own
"""

import io
import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from app import create_app
from app.db import db
from app.responses import queries, services

FLAW = os.environ.get("FLAW", "")
_SUBMITTING = re.compile(r"/s/[^/]+/1$")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def acknowledging_early(product: Wsgi) -> Wsgi:
    """Thank first, write a moment later."""

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or not _SUBMITTING.search(environ["PATH_INFO"]):
            return product(environ, start)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        later = {**environ, "wsgi.input": io.BytesIO(body)}
        threading.Thread(target=_write, args=(product, later), daemon=True).start()
        start(
            "303 See Other",
            [("Location", environ["PATH_INFO"].rpartition("/")[0] + "/thanks"), ("Content-Length", "0")],
        )
        return [b""]

    return answer


def _write(product: Wsgi, environ: dict[str, Any]) -> None:
    time.sleep(0.2)
    b"".join(product(environ, lambda *_: None))


def tell_apart() -> None:
    """Commit the submission, then write down what follows from it."""
    tell = services.tell_answered

    def late(*args: Any) -> None:
        db.session.commit()
        time.sleep(0.1)
        tell(*args)

    services.tell_answered = late


def look_for_none() -> None:
    """Make a response for every press on はじめる."""
    services.queries = SimpleNamespace(**{**vars(queries), "response_of": lambda invitation: None})


app = create_app()
if FLAW == "early":
    app.wsgi_app = acknowledging_early(app.wsgi_app)  # type: ignore[method-assign] # as Flask's documentation says
elif FLAW == "apart":
    tell_apart()
elif FLAW == "twice":
    look_for_none()
