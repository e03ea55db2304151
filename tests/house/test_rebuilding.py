"""A migration that writes a table anew takes nothing along that refers to it."""

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from app.db import db, unit_of_work
from app.responses.models import Answer, Response
from tests import factories_surveys


def test_answers_outlive_the_migrations_of_their_sheet(app):
    with app.app_context():
        with unit_of_work():
            factories_surveys.response()
        before = db.session.scalars(sa.select(Answer.text).order_by(Answer.id)).all()
        db.session.remove()
        downgrade(revision="0070_test_answers")
        upgrade()
        assert db.session.scalars(sa.select(Answer.text).order_by(Answer.id)).all() == before
        assert len(before) == 6
        assert db.session.scalars(sa.select(Response.anonymous)).all() == [False]
        db.session.remove()
        assert db.session.scalar(sa.text("PRAGMA foreign_keys")) == 1
