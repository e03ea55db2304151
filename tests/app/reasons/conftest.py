"""A survey with its codebook, and short ways to have sheets read."""

from datetime import timedelta

import pytest

from app.db import db
from app.reasons import services
from app.reasons.models import Reading, Reason
from tests.conftest import NOW
from tests.factories_reasons import sheet, survey

LATER = NOW + timedelta(hours=1)


def add(*objects):
    """Add to the session; the first one comes back."""
    db.session.add_all(objects)
    db.session.flush()
    return objects[0]


def read(*sheets, run=None, at=NOW):
    """Read all answers of these sheets; how many were read."""
    return services.read_answers([answer.id for one in sheets for answer in one.answers], run, at)


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
    """Return a function that adds a sheet of the survey, has it read and gives its reading."""

    def make(text="送料が高くなったのでやめました。", **changes):
        one = add(sheet(autumn, **{"reason": text, **changes}))
        read(one)
        return reading_of(one)

    return make
