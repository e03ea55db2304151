"""A telling of the demo that is killed at a named point goes on with the same days, and nothing is told twice."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock, create_app
from app.config import Settings
from app.customers.models import Consent, Customer, Suppression, TimelineEntry
from app.db import db
from app.demo import story
from app.demo.models import DemoStep, StepState
from app.points import POINTS
from tests.faults.scenarios import TIMES, count
from tests.faults.worker import running, tell, wait_until
from tests.stock import settings_for

# Two chapters are enough: the first in pieces, the second in one transaction.
TOLD = 2


def prepared(folder, stock) -> Settings:
    settings = settings_for(folder, DATABASE_URL=stock.fresh(folder))
    with create_app(settings).app_context():
        story.prepare(clock.now() - timedelta(hours=1))
    return settings


def tell_until(settings, folder, point):
    """Tell until the process dies at a point, which is also how a telling is made to end early."""
    log = folder / "telling.log"
    with running(tell, Settings(**{**vars(settings), "die_at": point}), log):
        wait_until(lambda: log.exists() and f"dies at {point.partition(':')[0]}" in log.read_text(), log)
    log.unlink()


def stands(settings):
    """What two told chapters leave in the database."""
    with create_app(settings).app_context():
        told = count(DemoStep, DemoStep.state == StepState.DONE)
        rows = tuple(count(kind) for kind in (Customer, Consent, Suppression, TimelineEntry))
        keys = db.session.scalars(sa.select(Customer.key).order_by(Customer.id)).all()
        db.engine.dispose()
        return told, rows, keys


@pytest.fixture(scope="module")
def whole(sqlite_stock, tmp_path_factory):
    """The two chapters, told without a break."""
    folder = tmp_path_factory.mktemp("whole")
    settings = prepared(folder, sqlite_stock)
    tell_until(settings, folder, f"telling.told:{TOLD}")
    return stands(settings)


@pytest.mark.parametrize("point", [point for point in POINTS if point.startswith("telling.")])
def test_a_telling_killed_at_a_point_goes_on_as_if_nothing_had_happened(point, whole, sqlite_stock, tmp_path):
    settings = prepared(tmp_path, sqlite_stock)
    tell_until(settings, tmp_path, f"{point}:{TIMES.get(point, 1)}")
    left = TOLD - stands(settings)[0]
    tell_until(settings, tmp_path, f"telling.told:{left}")
    assert whole[0] == TOLD
    assert stands(settings) == whole
