"""With DATABASE_URL and REDIS_URL the product stands on PostgreSQL and Redis; losing Redis loses nothing."""

import re
import time
import urllib.parse
import urllib.request
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import jobs
from app.config import Settings
from app.db import db, unit_of_work
from app.reasons.models import Reading
from app.responses.models import Answer, Response
from tests.browser.product import wait_until
from tests.faults.worker import running, work
from tests.production.conftest import HOST

WORDS = "届く日が選べないのが困りました。"
SLOWEST_SECONDS = 5


class Visitor:
    """A browser that keeps cookies also over the plain loopback behind the proxy, and times each answer."""

    def __init__(self, address):
        self.address, self.cookies, self.slowest = address, {}, 0.0
        self.opener = urllib.request.build_opener()

    def ask(self, path, form=None):
        """Return (path arrived at, page); any status from 400 on raises."""
        body = None if form is None else urllib.parse.urlencode(form).encode()
        headers = {
            "Host": HOST,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        begun = time.monotonic()
        with self.opener.open(urllib.request.Request(self.address + path, body, headers)) as answer:
            for line in answer.headers.get_all("Set-Cookie", []):
                name, _, value = line.split(";")[0].partition("=")
                self.cookies[name] = value
            page = answer.read().decode()
        self.slowest = max(self.slowest, time.monotonic() - begun)
        return urllib.parse.urlsplit(answer.url).path, page

    def answer(self, link):
        """Answer the sheet behind a link to its end."""
        _path, page = self.ask(link)
        path, page = self.ask(link, hidden(page))
        for _step in range(12):
            if path.endswith("/thanks"):
                return
            form = hidden(page) | dict.fromkeys(re.findall(r'<textarea[^>]*name="(q_[^"]+)"', page), WORDS)
            for name in set(re.findall(r'<input[^>]*name="(q_[^"]+)"', page)):
                choices = re.findall(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
                choices += re.findall(rf'<input[^>]*value="([^"]*)"[^>]*name="{name}"', page)
                form[name] = choices[0] if choices else ""
            path, page = self.ask(path, form)
        raise AssertionError("the sheet has no end")


def hidden(page):
    """The fields a form sends along unseen."""
    fields = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", page)]
    return {one["name"]: one.get("value", "") for one in fields if one.get("type") == "hidden"}


def unread(house):
    """How many answers with words nobody has read."""
    with house.app.app_context():
        words = (
            sa.select(sa.func.count()).select_from(Answer).outerjoin(Reading, Reading.answer_id == Answer.id)
        )
        words = words.where(Answer.text != "", Answer.question.has(read_as=sa.null()) == sa.false())
        return db.session.scalar(words.where(Reading.id.is_(None)))


def test_two_addresses_are_all_it_takes_to_leave_sqlite(house):
    visitor = Visitor(house.address)
    visitor.answer(house.link())
    wait_until(lambda: unread(house) == 0, 60)
    with house.app.app_context():
        assert db.engine.dialect.name == "postgresql"
        assert db.session.query(Response).count() == 1
        assert db.session.query(Reading).count() > 0
    assert [path.name for path in house.folder.rglob("*.db*")] == []


def test_answers_given_while_redis_is_gone_are_taken_and_read_afterwards(house):
    visitor = Visitor(house.address)
    visitor.answer(house.link())
    wait_until(lambda: unread(house) == 0, 60)
    link = house.link()
    house.redis.kill()
    visitor.answer(link)
    assert visitor.slowest < SLOWEST_SECONDS
    waiting = unread(house)
    assert waiting > 0
    house.redis.start()
    # The worker that was running takes what is rung for from now on …
    visitor.answer(house.link())
    wait_until(lambda: unread(house) == waiting, 60)
    # … and the sweep rings for what was lost, as soon as it has stood still for a while: a later worker finds it so.
    house.worker.terminate()
    house.worker.wait(20)
    settings = Settings.from_environment(house.environment)
    with running(work, settings, house.folder / "processes.log", timedelta(minutes=11)):
        wait_until(lambda: unread(house) == 0, 60)


@pytest.fixture
def queue(house):
    """The queue of an application beside a worker's: a database of its own on the same server."""
    settings = Settings.from_environment({**house.environment, "REDIS_URL": house.redis.url[:-1] + "1"})
    from app import create_app

    app = create_app(settings)
    with app.app_context():
        yield app.extensions["huey"]
        app.extensions["huey"].flush()
        db.session.remove()
        db.engine.dispose()


def rung(queue):
    return [task.args[0] for task in queue.pending()]


def test_a_job_is_rung_for_after_the_commit_and_not_at_all_after_a_rollback(queue):
    with unit_of_work():
        jobs.ring("run_analysis", 1)
        assert rung(queue) == []
    assert rung(queue) == ["run_analysis"]
    jobs.ring("run_analysis", 2)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        1 / 0  # noqa: B018 - what goes wrong does not matter
    assert rung(queue) == ["run_analysis"]


def test_what_a_person_waits_for_passes_what_takes_its_time(queue):
    with unit_of_work():
        for number in range(3):
            jobs.ring("run_analysis", number)
        jobs.ring("read_response", 7)
    taken = [queue.dequeue().args for _number in range(4)]
    assert taken == [("read_response", 7), ("run_analysis", 0), ("run_analysis", 1), ("run_analysis", 2)]
