"""A sheet asks the database little, however often its screens look at the survey: what costs is counted here."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app.db import db, unit_of_work
from app.responses.models import Answer, ResponseEvent
from tests import factories_surveys

GIVEN = (
    {"q_nps": "6"},
    {"q_main_reason": "delivery"},
    {"q_reason_text": "新茶が遅い"},
    {"q_improve": "日を選びたい"},
    {"q_current": "生協"},
    {"q_contact": "notice"},
)


@pytest.fixture
def statements(app):
    """Return a block that collects the statements asked within it; the beginning of a transaction is none."""

    @contextmanager
    def collected():
        found = []

        def keep(_connection, _cursor, statement, *_rest):
            if not statement.startswith("BEGIN"):
                found.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", keep)
        yield found
        sa.event.remove(engine, "before_cursor_execute", keep)

    return collected


def test_a_screen_asks_as_little_however_many_came_before(app, client, statements):
    with app.app_context(), unit_of_work():
        token = factories_surveys.invitation().token
    client.post(f"/s/{token}")
    shown, kept = [], []
    for page, given in enumerate(GIVEN, 1):
        with statements() as asked:
            client.get(f"/s/{token}/{page}")
        shown.append(len(asked))
        with statements() as asked:
            answer = client.post(f"/s/{token}/{page}", data=given)
        kept.append(len(asked))
    assert answer.location.endswith("/thanks")
    # Link, answers, organisation.
    assert shown == [3] * 6
    # Link, answers; the answer, the sheet, what happened. Handed in: the invitation, again sheet and event, facts, history.
    assert kept == [5] * 5 + [10]
    with app.app_context():
        assert db.session.query(Answer).count() == 6
        assert db.session.query(ResponseEvent).count() == 8
