"""A survey with its codebook, and short ways to have sheets read."""

from datetime import timedelta

import pytest

from app.db import db, unit_of_work
from app.reasons import engine, services
from app.reasons.models import ClauseRole, Polarity, Reading, Reason
from app.reasons.queries.readable import answers_to_read
from tests.conftest import NOW
from tests.factories_reasons import sheet, survey

LATER = NOW + timedelta(hours=1)

TEXTS = {
    "送料が高いし、電話の応対もひどい。": (("送料が高いし、", "price"), ("電話の応対もひどい。", "support")),
    "味が落ちた気がする。": (("味が落ちた気がする。", "quality"),),
    "なんとなく頼まなくなりました。": (("なんとなく頼まなくなりました。", "forgotten"),),
}


def add(*objects):
    """Add to the session; the first one comes back."""
    db.session.add_all(objects)
    db.session.flush()
    return objects[0]


def read(*sheets, run=None, at=NOW):
    """Read all answers of these sheets; how many were read."""
    return services.read_answers([answer.id for one in sheets for answer in one.answers], run, at)


def read_as(one, *parts, polarity=Polarity.NEG, confidence=0.5, hidden="", at=NOW):
    """Store a known finding, whatever the shipped model makes of the words: (words, code or None) each.

    `hidden`: a name in the text.
    """
    (readable,) = answers_to_read([answer.id for answer in one.answers], again=False)
    clauses, codes = [], {}
    for words, code in parts:
        start = readable.words.text.index(words)
        said = (code,) if code else ()
        role = ClauseRole.COUNTED if code else ClauseRole.PLAIN
        clauses.append(
            engine.FoundClause(start, start + len(words), role, said, (words[:2],) if code else ())
        )
        codes |= dict.fromkeys(said, 0.7)
    place = readable.words.text.index(hidden)
    masked = ((place, place + len(hidden), "name"),) if hidden else ()
    number = readable.words.answer_id
    found = engine.Found(
        number, tuple(codes.items()), confidence, polarity, not codes, masked, tuple(clauses)
    )
    services.store_findings([readable], [found], None, at)


def reading_of(one):
    """The reading of a sheet's only answer, as it stands in the database."""
    (answer,) = one.answers
    return db.session.query(Reading).filter_by(answer_id=answer.id).one()


def reason(code):
    return db.session.query(Reason).filter_by(code=code).one()


@pytest.fixture
def autumn(context):
    """A survey in the session, not committed."""
    services.seed_codebook(NOW)
    return add(survey())


@pytest.fixture
def heard(autumn):
    """Return a function that adds a sheet, has it read (or read as the parts given) and gives its reading."""

    def make(text="送料が高くなったのでやめました。", *parts, **changes):
        one = add(sheet(autumn, **{"reason": text, **changes}))
        if parts:
            read_as(one, *parts)
        else:
            read(one)
        return reading_of(one)

    return make


@pytest.fixture
def queue(app):
    """Three unsure readings; their ids, least certain first."""
    with app.app_context(), unit_of_work():
        services.seed_codebook(NOW)
        autumn = add(survey(name="秋の調査"))
        sheets = [add(sheet(autumn, reason=text)) for text in TEXTS]
        for place, (one, parts) in enumerate(zip(sheets, TEXTS.values(), strict=True)):
            read_as(one, *parts, confidence=0.1 * (place + 1))
        return [reading_of(one).id for one in sheets]
