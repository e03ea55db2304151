"""The tests' world: a database built by migrations, copied fresh for each test; people; a queue to drain."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache

from app import create_app, jobs
from app.accounts.models import Member, Role
from app.config import ROOT
from app.db import db, unit_of_work
from tests import factories, thrift
from tests.servers import postgres
from tests.sink import Sink, SinkServer
from tests.stock import PostgresStock, SqliteStock, settings_for
from tests.words import compile_catalogue

thrift.write_to_memory()
Stock = SqliteStock | PostgresStock
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


# The folders in which everything is about the database: `--both` runs their tests on SQLite and on PostgreSQL.
ON_BOTH = ("tests/app/", "tests/walk/")
# The demo is told on the embedded database alone; forms, texts and pages whose queries other tests ask on both.
NEVER_ON_BOTH = (
    "tests/app/backlog/test_backlog_pages",
    "tests/app/demo/", "tests/app/surveys/test_build_condition", "tests/app/surveys/test_check_",
    "tests/app/surveys/test_choices", "tests/app/surveys/test_conditions", "tests/app/surveys/test_copy_survey",
    "tests/app/surveys/test_create_survey", "tests/app/surveys/test_exchange", "tests/app/surveys/test_piping",
    "tests/app/surveys/test_preview", "tests/app/surveys/test_edit_questions", "tests/app/surveys/test_publish_survey",
    "tests/app/reports/", "tests/app/reasons/test_theme", "tests/app/reasons/test_permanence", "tests/app/reasons/test_older", "tests/app/reasons/test_quality", "tests/app/responses/test_branching_sheet", "tests/app/responses/test_weight",
    "tests/app/responses/test_preferences", "tests/app/reasons/test_reasons_pages", "tests/app/reasons/test_dictionary", "tests/app/reasons/test_cutting",
    "tests/app/reasons/test_workbench_page", "tests/app/test_charts",
    "tests/app/backlog/test_exports", "tests/app/recovery/", "tests/app/test_filters", "tests/app/test_i18n", "tests/app/test_works",
)  # fmt: skip
# Files there whose tests take an application along, but ask the database nothing that another one could answer otherwise.
ON_ONE = {
    "test_cells.py", "test_read_table.py", "test_serve.py", "test_wording.py", "test_security.py", "test_mail.py",
}  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    both = f"run {', '.join(ON_BOTH)} on SQLite and on a real PostgreSQL"
    parser.addoption(
        "--postgres", action="store_true", help="run on a real PostgreSQL, started for the tests"
    )
    parser.addoption("--both", action="store_true", help=both)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: left out of `make test`, see `make test-browser`")
    compile_catalogue()
    thrift.compile_addresses_once()
    # How long something takes never fails a test, nor how long it takes to think of an example.
    hypothesis.settings.register_profile(
        "okaeri", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("okaeri")


def pytest_collection_finish() -> None:
    thrift.keep_what_is_imported()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test that needs a database is run on those it has to hold on."""
    if "database" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    place = metafunc.definition.path.relative_to(ROOT).as_posix()
    names = ["postgres"] if option("--postgres") else ["sqlite"]
    asked = place.startswith(ON_BOTH) and not place.startswith(NEVER_ON_BOTH)
    if option("--both") and asked and metafunc.definition.path.name not in ON_ONE:
        names = ["sqlite", "postgres"]
    metafunc.parametrize("database", names, scope="session")


@pytest.fixture(scope="session")
def sqlite_stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """Copies of a migrated file, made once per process."""
    return SqliteStock(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    """A PostgreSQL server with a migrated database, started once per process."""
    with postgres() as server:
        yield PostgresStock(tmp_path_factory.mktemp("postgres"), server)


@pytest.fixture(scope="session")
def stock(database: str, request: pytest.FixtureRequest) -> Stock:
    """Where fresh, migrated databases come from. On PostgreSQL each one takes the place of the one before."""
    found: Stock = request.getfixturevalue(f"{database}_stock")
    return found


class KeptTemplates(BytecodeCache):
    """Compiled templates, kept across the applications of all tests in this process."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = KeptTemplates()


@pytest.fixture
def app(stock: Stock, tmp_path: Path) -> Iterator[Flask]:
    """An application on a fresh database, with an organisation."""
    url = stock.fresh(tmp_path)
    app = create_app(settings_for(tmp_path, DATABASE_URL=url), testing=True)
    app.config["WTF_CSRF_ENABLED"] = False
    app.jinja_env.bytecode_cache = TEMPLATES
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
