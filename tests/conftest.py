"""The tests' world: a database built by migrations, copied fresh for each test; people; a queue to drain."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, jobs
from app.accounts.models import Member, Role
from app.db import db, unit_of_work
from tests import factories
from tests.servers import postgres
from tests.sink import Sink, SinkServer
from tests.stock import PostgresStock, SqliteStock, settings_for

Stock = SqliteStock | PostgresStock
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres", action="store_true", help="run on a real PostgreSQL, started for the tests"
    )


@pytest.fixture(scope="session")
def stock(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    """Where fresh, migrated databases come from, once per process."""
    folder = tmp_path_factory.mktemp("stock")
    if request.config.getoption("--postgres"):
        with postgres() as server:
            yield PostgresStock(folder, server)
    else:
        yield SqliteStock(folder)


@pytest.fixture
def app(stock: Stock, tmp_path: Path) -> Iterator[Flask]:
    """An application on a fresh database, with an organisation."""
    url = stock.fresh(tmp_path)
    app = create_app(settings_for(tmp_path, DATABASE_URL=url), testing=True)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), unit_of_work():
        db.session.add(factories.organisation())
    yield app
    with app.app_context():
        db.engine.dispose()
    stock.drop(url)


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An application context around the whole test, for tests that call services directly."""
    with app.app_context():
        yield
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Role], FlaskClient]:
    """Return a function that makes a member of a role and gives their signed-in browser."""

    def make(role: Role = Role.ADMINISTRATOR) -> FlaskClient:
        email = f"{role.value}@asagiri.example"
        with app.app_context(), unit_of_work():
            if db.session.query(Member).filter_by(email=email).first() is None:
                db.session.add(factories.member(email=email, role=role))
        browser = app.test_client()
        answer = browser.post("/sign-in", data={"email": email, "password": factories.PASSWORD})
        assert answer.status_code == 302, answer.text
        return browser

    return make


@pytest.fixture
def drain(app: Flask) -> Callable[[], int]:
    """Return a function that runs all waiting jobs."""

    def run() -> int:
        with app.app_context():
            return jobs.drain()

    return run


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A real SMTP server on a free port."""
    with SinkServer() as server:
        yield server
