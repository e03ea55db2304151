"""How a promise is tried: its number and sentence, its seed, how often, and a product with the whole demo in it."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import clock, create_app
from app.db import db
from app.demo import story
from tests.browser.conftest import browser  # noqa: F401 - one for all promises: two at once are refused
from tests.stock import SqliteStock, settings_for

SMALL = 100  # of a hundred trials `make test` makes one


def pytest_configure(config: pytest.Config) -> None:
    line = "promise(number, sentence, small=False): a promise of docs/promises.md; `small`: a hundredth of it runs in `make test`"
    config.addinivalue_line("markers", line)


def _is_promise_run(config: pytest.Config) -> bool:
    return "promise" in (config.option.markexpr or "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _is_promise_run(config):
        return
    long = [
        item
        for item in items
        if (mark := item.get_closest_marker("promise")) and not mark.kwargs.get("small")
    ]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture
def trials(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """Return a function: how often to try, given how often is promised."""
    return lambda promised: promised if _is_promise_run(request.config) else max(1, promised // SMALL)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> Random:
    """Chance that can be repeated: SEED=7 make promises."""
    seed = os.environ.get("SEED", "1")
    sys.stdout.write(f"seed {seed}\n")
    return Random(f"{seed}:{request.node.name}")


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Return a function that says how it was tried, and in how many independent tries nothing went wrong."""

    def say(how: str, zeros: int = 0) -> None:
        record_property("tried", how)
        record_property("zeros", zeros)

    return say


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, told to its end: a folder with its database."""
    folder = tmp_path_factory.mktemp("told")
    SqliteStock(folder).fresh(folder)
    app = create_app(settings_for(folder, QUIET_HOURS="0"))
    with app.app_context():
        story.prepare(clock.now())
        story.tell()
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def demo(told: Path, tmp_path: Path) -> Iterator[Flask]:
    """A product of its own with everything the demo tells."""
    for entry in told.iterdir():
        copy = shutil.copytree if entry.is_dir() else shutil.copy
        copy(entry, tmp_path / entry.name)
    made = create_app(settings_for(tmp_path, QUIET_HOURS="0"), testing=True)
    made.config["WTF_CSRF_ENABLED"] = False
    made.config["PROPAGATE_EXCEPTIONS"] = False  # a failure is a 500, as people would see it
    yield made
    with made.app_context():
        db.engine.dispose()


LOGIN = {"email": story.LOGINS[0].email, "password": story.LOGINS[0].password}


def signed_in(app: Flask) -> FlaskClient:
    """The administrator's browser."""
    visitor = app.test_client()
    assert visitor.post("/sign-in", data=LOGIN).status_code == 302
    return visitor


@pytest.fixture
def administrator(demo: Flask) -> FlaskClient:
    return signed_in(demo)


Values = Callable[[str, bool], Any]


def known_values(app: Flask) -> Values:
    """Return a function: a value that leads somewhere, for the parameter of an address."""
    with app.app_context():
        tables = {table.name: table for table in db.metadata.sorted_tables}

        def first(table: str, column: str = "id", **conditions: Any) -> Any:
            query = sa.select(tables[table].c[column]).order_by(tables[table].c.id)
            return (
                db.session.scalar(query.filter_by(**conditions).limit(1))
                if conditions
                else db.session.scalar(query.limit(1))
            )

        known = {f"{name}_id": first(name) for name in tables if "id" in tables[name].c}
        known |= {
            "batch_id": first("import_batch"),
            "item_id": first("backlog_item"),
            "run_id": first("analysis_run"),
            "token": first("invitation", "token", arm="asked"),
            "code": first("question", "code"),
            "rule": "no_consent",
            "number": 1,
        }
    return lambda name, numeric: known.get(name) or (1 if numeric else "nothing")
