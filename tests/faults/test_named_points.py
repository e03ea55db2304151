"""A worker killed at any named point leaves nothing half done, and the next one doubles nothing."""

import ast
from datetime import timedelta

import pytest

from app.config import ROOT, BadSettings
from app.points import POINTS
from tests.faults.conftest import House
from tests.faults.scenarios import SCENARIOS, TIMES, OneSheet, submit_one_sheet
from tests.faults.worker import call, running, wait_until, work
from tests.stock import settings_for

# Longer than every wait after which work that stands still is taken up again.
LATER = timedelta(minutes=11)
ON_POSTGRES = ("reading.storing", "run.batch_stored", "sending.given", "import.taking", "starting.invited")
OF_WORKERS = [point for point in POINTS if not point.startswith("telling.")]


def kill_and_go_on(house: House, point: str) -> None:
    scenario = SCENARIOS[point.partition(".")[0]]()
    with house.app.app_context():
        scenario.prepare()
    dying = house.dying_at(f"{point}:{TIMES.get(point, 1)}")
    with running(work, dying, house.log, timedelta(0)):
        wait_until(lambda: house.log.exists() and f"dies at {point}" in house.log.read_text(), house.log)
    with running(work, house.settings, house.log, LATER):
        wait_until(lambda: house.sees(scenario.is_done), house.log)
    with house.app.app_context():
        scenario.check(point, house.sink)


@pytest.mark.parametrize("point", OF_WORKERS)
def test_what_a_worker_killed_at_a_point_left_is_brought_to_its_end_once(point, build, sqlite_stock):
    kill_and_go_on(build(sqlite_stock), point)


@pytest.mark.parametrize("point", ON_POSTGRES)
def test_so_it_is_on_postgresql(point, build, postgres_stock):
    kill_and_go_on(build(postgres_stock), point)


def test_a_sheet_is_read_although_the_web_process_died_before_it_could_ring(build, sqlite_stock):
    house = build(sqlite_stock)
    with running(call, house.dying_at("commit.before_bells"), house.log, submit_one_sheet) as process:
        process.join(30)
    assert len(house.app.extensions["huey"].pending()) == 0
    with running(work, house.settings, house.log, LATER):
        wait_until(lambda: house.sees(OneSheet().is_done), house.log)
    with house.app.app_context():
        OneSheet().check("commit.before_bells", house.sink)


def test_every_point_listed_is_reached_somewhere_and_the_other_way_round():
    reached = {
        node.args[0].value
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] == "reach"
        and isinstance(node.args[0], ast.Constant)
    }
    assert reached == set(POINTS)


@pytest.mark.parametrize("wrong", ["nowhere", "sending.given:often"])
def test_a_point_that_does_not_exist_is_refused_at_the_start(wrong, tmp_path):
    from app import create_app

    with pytest.raises(BadSettings, match="DIE_AT"):
        create_app(settings_for(tmp_path, DIE_AT=wrong))


def test_production_never_dies_on_purpose(tmp_path):
    production = {"OKAERI_ENV": "production", "PUBLIC_URL": "https://asagiri.example", "MAILBOX": "0"}
    with pytest.raises(BadSettings, match="DIE_AT"):
        settings_for(tmp_path, DIE_AT="sending.given", **production)
