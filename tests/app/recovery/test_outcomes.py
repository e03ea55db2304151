"""What came of a mending: voices before and after, who came back, a verdict in plain words, and what follows."""

import re
from datetime import UTC, date, datetime

import pytest

from app.accounts.models import Role
from app.backlog import services
from app.backlog.models import BacklogItem, ItemState, Verdict
from app.db import db, unit_of_work
from app.recovery.queries import Judgement, Turn, outcome_of
from tests import factories
from tests import factories_backlog as made

MENDED = date(2026, 9, 1)
BEFORE, AFTER = datetime(2026, 8, 1, 3, tzinfo=UTC), datetime(2026, 10, 1, 3, tzinfo=UTC)


@pytest.fixture
def item_id(app):
    """Price raised by 30 of 40 before the mending and by 5 of 40 after; 12 of the 30 came back, 1 of the 10 others."""
    with app.app_context(), unit_of_work():
        survey, member = made.survey(), factories.member()
        db.session.add(member)
        db.session.flush()
        price, support = made.reason("price", "価格"), made.reason("support", "応対")
        made.reason("none", "理由なし")
        for number in range(40):
            customer = made.lapsed(10_000)
            made.answer(survey, customer, "高い", [price if number < 30 else support], at=BEFORE)
            if number < 12 or number == 39:
                db.session.add(factories.purchase(customer, date(2026, 9, 20)))
            made.answer(survey, made.lapsed(10_000), "高い", [price if number < 5 else support], at=AFTER)
        item = services.promote_reason(price, survey, member, BEFORE)
        services.decide(item, Verdict.DO, "", None, member, BEFORE)
        services.release(item, MENDED, None, member, AFTER, date(2026, 11, 1))
        return item.id


def test_the_share_before_and_after_and_the_returns_are_told_in_plain_words(app, sign_in, item_id):
    with app.app_context():
        found = outcome_of(db.session.get(BacklogItem, item_id), date(2026, 11, 1))
        early = outcome_of(db.session.get(BacklogItem, item_id), date(2026, 9, 10))
    assert (found.before.count, found.before.n, found.after.count, found.after.n) == (30, 40, 5, 40)
    assert (found.raised.returned, found.raised.people) == (12, 30)
    assert (found.others.returned, found.others.people) == (1, 10)
    # Agresti and Caffo: 30/40 and 5/40 differ by far more than chance; 12/30 and 1/10 may not.
    assert (found.turn, found.judgement) == (Turn.LESS, Judgement.UNKNOWN)
    assert (early.after, early.turn, early.raised.returned) == (None, Turn.FEW, 0)
    page = sign_in(Role.VIEWER).get("/recovery").text
    for words in ("30 / 40", "5 / 40", "声が減りました", "まだ分からない", f'id="IM-{item_id:03d}"'):
        assert words in page, words
    assert "もう一度取り組む" not in page


def test_it_is_confirmed_or_taken_up_again_and_the_second_is_told(app, sign_in, item_id):
    product, other = sign_in(Role.PRODUCT), sign_in(Role.ADMINISTRATOR)
    shown = re.search(r'name="revision"[^>]*value="(\d+)"', product.get("/recovery").text)[1]
    assert sign_in(Role.VIEWER).post(f"/recovery/{item_id}/measured").status_code == 403
    assert product.post(f"/recovery/{item_id}/measured", data={"revision": shown}).status_code == 302
    with app.app_context():
        assert db.session.get(BacklogItem, item_id).state is ItemState.MEASURED
    assert "確かめました" in product.get("/recovery").text
    assert other.post(f"/recovery/{item_id}/reopen", data={"revision": shown}).status_code == 409
    now = re.search(r'name="revision"[^>]*value="(\d+)"', other.get("/recovery").text)[1]
    assert other.post(f"/recovery/{item_id}/reopen", data={"revision": now}).status_code == 302
    with app.app_context():
        item = db.session.get(BacklogItem, item_id)
        assert (item.state, item.released_on) == (ItemState.IN_PROGRESS, None)
    assert other.post("/recovery/999/reopen").status_code == 404
