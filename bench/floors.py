"""What is compared with: the least that does the job, as an application of its own.

POST /s/<token>/1 inserts one row and redirects, GET /look/<number> looks one up by its key and renders one template:
Flask, the database's own driver, a connection kept per thread, and nothing else.
"""

import os
import sqlite3
import threading
from typing import Any

from flask import Flask, Response, redirect, render_template_string, request

URL = os.environ.get("DATABASE_URL", "")
_here = threading.local()
PAGE = "<!doctype html><html lang=ja><title>{{ name }}</title><main><h1>{{ name }}</h1><p>{{ key }}</p></main></html>"


def connection() -> Any:
    """This thread's connection, made to keep what it commits, as the product's."""
    if not hasattr(_here, "connection"):
        _here.connection = _connect()
    return _here.connection


def _connect() -> Any:
    if URL.startswith("sqlite"):
        made = sqlite3.connect(URL.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
            made.execute(f"PRAGMA {pragma}")
        return made
    import psycopg

    return psycopg.connect(URL, autocommit=True)


def _mark() -> str:
    return "?" if URL.startswith("sqlite") else "%s"


def make_table() -> None:
    """The table the floors write into."""
    number = "integer primary key" if URL.startswith("sqlite") else "serial primary key"
    connection().execute(f"create table if not exists floor (id {number}, body text not null)")


app = Flask(__name__)


@app.get("/healthz")
def show_health() -> str:
    return "ok"


@app.post("/s/<token>/1")
def insert(token: str) -> Response:
    connection().execute(f"insert into floor (body) values ({_mark()})", (request.form["q_reason_text"],))
    return redirect(f"/s/{token}/thanks", 303)  # type: ignore[return-value] # werkzeug's, which is one


@app.get("/look/<int:number>")
def look(number: int) -> str:
    found = connection().execute(f"select name, key from customer where id = {_mark()}", (number,)).fetchone()
    return render_template_string(PAGE, name=found[0], key=found[1])


if URL:
    make_table()
