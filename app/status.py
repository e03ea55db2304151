"""Health: alive, and ready to work."""

from collections.abc import Callable
from functools import cache

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.accounts.access import public
from app.config import ROOT
from app.db import db

blueprint = Blueprint("status", __name__)


class NotReady(Exception):
    """Something is there, but not as it must be. The message is for whoever runs the product."""


@blueprint.get("/healthz")
@public
def show_health() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def show_readiness() -> ResponseReturnValue:
    """200 where the database answers and is migrated and the queue takes jobs, else 503 and which of them does not."""
    found = {name: _state_of(check) for name, check in CHECKS.items()}
    ready = set(found.values()) == {"ok"}
    return jsonify(status="ok" if ready else "unavailable", **found), 200 if ready else 503


def _state_of(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as error:
        return str(error)
    except Exception as error:
        # A driver's message names hosts and users: the kind of error is enough for a public page.
        return type(error).__name__
    return "ok"


def _check_database() -> None:
    db.session.execute(sa.text("select 1"))


def _check_migrations() -> None:
    rows = db.session.execute(sa.text("select version_num from alembic_version")).scalars()
    if set(rows) != _newest_migrations():
        raise NotReady("behind: run `flask --app wsgi db upgrade`")


@cache
def _newest_migrations() -> set[str]:
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def _check_queue() -> None:
    current_app.extensions["huey"].pending_count()


CHECKS = {"database": _check_database, "migrations": _check_migrations, "queue": _check_queue}


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
