"""The tests' world: a database built by migrations, copied fresh for each test; people; a queue to drain."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from app import create_app, jobs
from app.accounts.models import Member, Role
from app.config import Settings
from app.db import db, unit_of_work
from tests import factories
from tests.sink import Sink, SinkServer

SECRET = "tests-only-secret-of-forty-characters-xx"
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def settings_for(folder: Path, **changes: str) -> Settings:
    """Settings of one test: everything below `folder`."""
    environment = {
        "SECRET_KEY": SECRET,
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'okaeri.db'}",
        "PUBLIC_URL": "http://localhost",
        **changes,
    }
    return Settings.from_environment(environment)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, built once per process by the migrations."""
    folder = tmp_path_factory.mktemp("migrated")
    app = create_app(settings_for(folder), testing=True)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return folder / "okaeri.db"


@pytest.fixture
def app(migrated: Path, tmp_path: Path) -> Iterator[Flask]:
    """An application on a fresh copy of the migrated database, with an organisation and the codebook."""
    shutil.copy(migrated, tmp_path / "okaeri.db")
    app = create_app(settings_for(tmp_path), testing=True)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), unit_of_work():
        db.session.add(factories.organisation())
    yield app
    with app.app_context():
        db.engine.dispose()


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
