"""A house to kill workers in: a fresh database, a queue in a file, a mail server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Settings
from app.db import db, unit_of_work
from tests import factories
from tests.conftest import Stock
from tests.sink import Sink
from tests.stock import settings_for

pytest.register_assert_rewrite("tests.faults.scenarios")


@dataclass(frozen=True)
class House:
    """Settings of its processes, what they have written, and an application on the same database and queue."""

    settings: Settings
    app: Flask
    log: Path
    sink: Sink

    def dying_at(self, point: str) -> Settings:
        return replace(self.settings, die_at=point)

    def sees(self, what: Callable[[], bool]) -> bool:
        """Ask the database, afresh."""
        with self.app.app_context():
            return what()


@pytest.fixture
def build(tmp_path: Path, sink: Sink) -> Iterator[Callable[[Stock], House]]:
    """Return a function that builds a house on a fresh database of a stock."""
    built: list[House] = []

    def make(stock: Stock) -> House:
        url = stock.fresh(tmp_path)
        settings = settings_for(tmp_path, DATABASE_URL=url, SMTP_PORT=str(sink.port), QUIET_HOURS="0")
        app = create_app(settings)
        with app.app_context(), unit_of_work():
            db.session.add(factories.organisation())
        built.append(House(settings, app, tmp_path / "processes.log", sink))
        return built[-1]

    yield make
    for house in built:
        with house.app.app_context():
            db.session.remove()
            db.engine.dispose()
