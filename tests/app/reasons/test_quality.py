"""Quality: what people decided about answers the reader had not learnt, and two people reading blind."""

from datetime import timedelta

import pytest

from app.accounts.models import Member, Role
from app.db import db, unit_of_work
from app.errors import BadInput, EditClash
from app.reasons import services
from app.reasons.doubles import DoubleItem, DoubleSample
from app.reasons.models import Reading, ReadingState
from app.reasons.queries import double, quality
from tests import factories
from tests.app.reasons.conftest import LATER, add, read_as, reading_of, reason
from tests.at_once import browser_of
from tests.factories_reasons import sheet, survey

PRICE, QUALITY = ("送料が高い", ("送料が高い", "price")), ("味が落ちた", ("味が落ちた", "quality"))


@pytest.fixture
def mori(context):
    return add(factories.member(name="森"))


def test_only_decisions_on_what_the_reader_had_not_learnt_are_counted(autumn, heard, mori):
    right, wrong, silent = heard(*PRICE), heard(*QUALITY), heard(*QUALITY)
    services.confirm_reading(right, mori, LATER)
    services.move_reason(wrong, reason("quality"), reason("price"), mori, LATER)
    services.add_reason(
        wrong, reason("trust"), None, mori, LATER
    )  # only the state before the first decision counts
    services.confirm_reading(silent, mori, LATER)
    services.undo_last(silent, mori, LATER)
    later = LATER + timedelta(hours=1)
    same = add(sheet(autumn, reason=PRICE[0]))
    read_as(same, PRICE[1], at=later)  # the same words were confirmed before these were read
    services.confirm_reading(reading_of(same), mori, later)
    again = add(sheet(autumn, reason="なんとなく"))
    read_as(again, ("なんとなく", "forgotten"))
    services.confirm_reading(reading_of(again), mori, LATER)
    reading_of(again).read_at = later  # decided on before it was read: it may have been a lesson
    db.session.flush()
    rows = quality.judged(autumn.id)
    assert {(one.proposed, one.decided) for one in rows} == {("price", "price"), ("quality", "price")}
    assert (quality.hits_of(rows).count, quality.hits_of(rows).n, quality.hits_of(rows).is_few) == (
        1,
        2,
        True,
    )
    (confused,) = quality.confusions_of(rows)
    assert (confused.proposed, confused.decided, confused.count) == ("quality", "price", 1)
    assert quality.confusions_of(rows, fewest=5) == []
    (step,) = quality.bins_of(rows)
    assert (step.low, step.confidence, step.holds) == (0.4, 0.5, True)
    assert quality.agreement_of(rows)["quality"].count == 0
    coverage = quality.coverage_of(autumn.id)
    assert (coverage.named, coverage.silent, coverage.unexplained) == (5, 0, 0)
    reason("price").merged_into_id = reason("support").id
    assert ("support", "support") in {(one.proposed, one.decided) for one in quality.judged(autumn.id)}


def test_two_read_the_same_lot_blind_and_only_then_is_it_compared(autumn, heard, mori):
    naka = add(factories.member(name="中村"))
    readings = [heard(*(PRICE if place % 2 else QUALITY)) for place in range(12)]
    with pytest.raises(BadInput):
        services.draw_sample(autumn, 10, 3, (mori, mori), mori, LATER)
    with pytest.raises(BadInput):
        services.draw_sample(add(survey()), 10, 3, (mori, naka), mori, LATER)
    sample = services.draw_sample(autumn, 10, 3, (mori, naka), mori, LATER)
    twin = services.draw_sample(autumn, 10, 3, (mori, naka), mori, LATER)
    assert [one.reading_id for one in sample.items] == [one.reading_id for one in twin.items]
    items = double.items_of(sample)
    for place, item in enumerate(items):
        code = "price" if item.reading in readings[1::2] else "quality"
        services.code_blind(item, [code], mori, LATER)
        services.code_blind(item, ["none"], naka, LATER)
        if place == 0:
            with pytest.raises(BadInput, match="二人とも"):
                services.settle_item(item, ["price"], mori, LATER, None)
            with pytest.raises(BadInput):
                services.code_blind(item, ["none", "price"], naka, LATER)
        said = [] if place == 0 else [code, "trust"] if place == 1 else [code]
        if place < 9:
            services.code_blind(item, said, naka, LATER)  # one's own may be changed until both are done
    with pytest.raises(EditClash):
        services.code_blind(items[0], ["price"], mori, LATER)
    found = double.agreement_between(sample)
    assert (found.same.count, found.same.n) == (8, 10)
    assert len(found.differing) == 3
    by_code = {row.code: row for row in found.rows}
    assert by_code["trust"].advice == "few"
    assert by_code["quality"].low <= by_code["quality"].kappa <= by_code["quality"].high
    differs = next(one for one in found.differing if double.pair_of(one)[1] == [])
    services.settle_item(differs, ["price", "trust"], mori, LATER, differs.reading.revision)
    assert (differs.reading.state, differs.reading.main_reason_id) == (
        ReadingState.CONFIRMED,
        reason("price").id,
    )
    assert differs.settled_by_id == mori.id
    items[5].reading.text_hash = "changed"
    db.session.flush()
    assert double.progress_of(sample).total == 9, "an answer whose words have changed is out of it"


@pytest.fixture
def lot(app, queue, sign_in):
    """A sample of the queue's survey for the signed-in editor and an administrator: (browser of each, sample id)."""
    mine, theirs = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    page = mine.get("/reasons/quality").text
    assert "まだ言えません（30件から）" in page
    with app.app_context():
        people = [one.id for one in db.session.query(Member).order_by("id")]
        survey_id = db.session.get(Reading, queue[0]).survey_id
    sent = {"survey": survey_id, "size": 10, "seed": 7, "first": people[0], "second": people[1]}
    assert mine.post("/reasons/quality/samples", data={**sent, "second": people[0]}).status_code in (400, 422)
    drawn = mine.post("/reasons/quality/samples", data=sent)
    assert drawn.status_code == 303
    return mine, theirs, drawn.location


def test_the_blind_page_shows_nothing_of_the_machine_or_the_other(app, lot, sign_in):
    mine, theirs, address = lot
    stranger = browser_of(app, "森 健一")
    with app.app_context():
        numbers = [item.id for item in db.session.query(DoubleItem).order_by(DoubleItem.position)]
    page = mine.get(address).text
    assert 'name="main"' in page
    assert not any(word in page for word in ("自信", "chip", 'class="clause', " checked"))
    assert mine.post(f"/reasons/quality/items/{numbers[0]}/code", data={"main": ""}).status_code == 422
    for number in numbers:
        assert mine.post(f"/reasons/quality/items/{number}/code", data={"main": "price"}).status_code == 303
        assert (
            stranger.post(f"/reasons/quality/items/{number}/code", data={"main": "price"}).status_code == 404
        )
        page = theirs.get(address).text
        assert " checked" not in page
        assert "読みのちがった声" not in mine.get(address).text
        theirs.post(f"/reasons/quality/items/{number}/code", data={"main": "unexplained"})
    page = mine.get(address).text
    assert "読みのちがった声" in page
    with app.app_context():
        revision = db.session.get(DoubleItem, numbers[0]).reading.revision
    settle = {"main": "price", "revision": revision}
    assert mine.post(f"/reasons/quality/items/{numbers[0]}/settle", data=settle).status_code == 303
    assert "決めました" in mine.get(address).text
    assert "1件" in mine.get("/reasons/quality").text
    assert sign_in(Role.VIEWER).get(address).status_code == 403
    assert mine.get("/reasons/quality/samples/99999").status_code == 404
    assert mine.get("/reasons/quality/confused?proposed=x&decided=%00").status_code == 404
    with app.app_context(), unit_of_work():
        db.session.delete(db.session.query(DoubleSample).one())
