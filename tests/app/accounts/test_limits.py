"""A guarded thing may be tried so many times per window, however many try at once."""

import threading
from datetime import timedelta

import sqlalchemy as sa

from app.accounts.limits import try_once
from app.accounts.models import RateLimit
from app.db import db
from tests.conftest import NOW


def test_the_first_tries_of_a_window_may_come_at_once(app):
    count, answers = 6, []
    ready = threading.Barrier(count, timeout=20)

    def attempt() -> None:
        with app.app_context():
            db.session.execute(sa.select(1))
            db.session.rollback()
            ready.wait()
            answers.append(try_once("door", NOW, 4, 900))

    threads = [threading.Thread(target=attempt) for _number in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert sorted(answers) == [False] * 2 + [True] * 4


def test_a_new_window_begins_anew_and_forgets_the_old_one(app):
    with app.app_context():
        assert [try_once("door", NOW, 1, 900) for _number in range(2)] == [True, False]
        assert try_once("door", NOW + timedelta(hours=1), 1, 900)
        assert db.session.query(RateLimit).count() == 1
