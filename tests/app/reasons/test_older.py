"""Figures under an older version of the codebook: what the list said then, it says again; nothing is written."""

import pytest

from app.db import db
from app.reasons import queries, services
from app.reasons.models import Coding, Reading
from app.reasons.queries.older import codebook_at, codebook_now
from app.reasons.queries.older_shares import shares_then
from tests import factories
from tests.app.reasons.conftest import LATER, add, reason
from tests.app.reasons.test_codebook import ENTRY
from tests.conftest import NOW
from tests.factories_reasons import survey as survey_of


@pytest.fixture
def member(context):
    return add(factories.member(name="森"))


def told(shares):
    """The list as it is read: names, counts and those below, most often first."""
    rows = [
        (row.reason.label, row.count, [(one.reason.label, one.count) for one in row.below])
        for row in shares.rows
    ]
    return rows, shares.unexplained.count, shares.n, shares.silent


def rename(code, label, member):
    one = reason(code)
    services.change_reason(one, {**services.standing_entry(one), "label": label}, member, LATER)


def recode(reading, reason_ids, member):
    services.set_codings(reading, [(reading.clauses[0].id, reason_ids)], None, member, LATER)


@pytest.fixture
def said(autumn, heard):
    """Nine answers: one says two things in one clause, one says something without a name, one says nothing."""
    codes = ["price", "price", "price", "delivery", "delivery", "quality", "support", None]
    read = [heard(f"{place}番の声です。", (f"{place}番の声です。", code)) for place, code in enumerate(codes)]
    both = heard("箱が潰れて味も落ちた。", ("箱が潰れて味も落ちた。", "delivery"))
    both.clauses[0].codings.append(
        Coding(reason=reason("quality"), coder="run", probability=0.6, because=[], at=NOW)
    )
    db.session.flush()
    return [*read, both]


def test_under_each_version_the_list_says_what_it_said_then(autumn, said, member):
    seen = {}

    def look():
        db.session.commit()
        seen[queries.newest_version_number()] = told(queries.reasons_by_mentions(autumn.id))

    look()
    rename("price", "値段", member)
    look()
    services.merge_reasons(reason("delivery"), reason("quality"), member, LATER)
    look()
    below = services.add_to_codebook({**ENTRY, "parent_id": reason("price").id}, member, LATER)
    recode(said[0], [below.id], member)
    look()
    own = services.add_to_codebook({**ENTRY, "label": "言われていなかったこと"}, member, LATER)
    recode(said[7], [own.id], member)
    recode(said[6], [own.id, reason("support").id], member)
    look()
    services.merge_reasons(reason("quality"), reason("support"), member, LATER)
    look()
    services.merge_reasons(own, reason("trust"), member, LATER)
    services.retire_reason(reason("competitor"), member, LATER)
    look()
    before = db.session.query(Coding.clause_id, Coding.reason_id).order_by(Coding.id).all()
    for number, figures in seen.items():
        shares, later = shares_then(codebook_at(number), autumn.id)
        assert told(shares) == figures, f"version {number}"
        assert later.count == 0
    now = told(queries.reasons_by_mentions(autumn.id))
    assert told(shares_then(codebook_now(), autumn.id)[0]) == now
    assert told(shares_then(codebook_now(), None)[0]) == told(queries.reasons_by_mentions())
    assert not db.session.dirty
    assert not db.session.new
    assert db.session.query(Coding.clause_id, Coding.reason_id).order_by(Coding.id).all() == before


def test_what_a_version_does_not_know_and_nobody_brought_stands_apart(autumn, said, heard, member):
    first = queries.newest_version_number()
    own = services.add_to_codebook(ENTRY, member, NOW)
    below = services.add_to_codebook({**ENTRY, "label": "ふた", "parent_id": reason("price").id}, member, NOW)
    heard("ふたが固い。", ("ふたが固い。", own.code))
    heard("ふたも値段も。", ("ふたも値段も。", below.code))
    shares, later = shares_then(codebook_at(first), autumn.id)
    counts = {row.reason.code: row.count for row in shares.rows}
    assert (later.count, later.n, counts["price"]) == (1, shares.n, 4)
    assert own.code not in counts


def test_what_people_decided_since_a_merge_stays_with_the_heir_and_an_undone_merge_is_none(
    autumn, said, member
):
    delivery, quality = reason("delivery"), reason("quality")
    first = queries.newest_version_number()
    done = services.merge_reasons(delivery, quality, member, NOW)
    middle = done.number
    services.confirm_reading(said[3], member, LATER)
    counts = {row.reason.code: row.count for row in shares_then(codebook_at(first), autumn.id)[0].rows}
    assert (counts["delivery"], counts["quality"]) == (2, 3)
    services.undo_merge(done, member, LATER)
    now = told(queries.reasons_by_mentions(autumn.id))
    assert told(shares_then(codebook_at(first), autumn.id)[0]) == now
    merged = {row.reason.code: row.count for row in shares_then(codebook_at(middle), autumn.id)[0].rows}
    assert (merged["quality"], "delivery" in merged) == (4, False)
    with pytest.raises(ValueError, match="anonymous"):
        shares_then(codebook_now(), add(survey_of(anonymous=True)).id)
    assert codebook_at(999) is None
    assert db.session.query(Reading).count() == 9
