"""Every page a respondent can meet weighs at most 60 kB, with its style and its icon."""

import pytest

from app.customers.models import CustomerKind
from app.db import db, unit_of_work
from app.responses.models import Response
from tests import factories, factories_surveys
from tests.app.responses.test_anonymous import unnamed_survey

MOST = 60_000


@pytest.fixture
def links(app):
    """The link of a company's contact who is asked, of a person who has answered, and of an anonymous survey."""
    with app.app_context(), unit_of_work():
        company = factories.customer(kind=CustomerKind.ACCOUNT)
        asked = factories_surveys.invitation(customer=company).token
        answered = factories_surveys.response().invitation.token
        unnamed = factories_surveys.invitation(unnamed_survey()).token
        return [f"/s/{one}" for one in (asked, answered, unnamed)]


def test_no_page_of_a_respondent_weighs_more_than_60_kb(app, client, links):
    asked, answered, unnamed = links
    shared = sum(len(client.get(f"/static/{name}").data) for name in ("respondent.css", "icon.svg"))
    client.post(asked)
    paths = [asked, *(f"{asked}/{number}" for number in range(1, 7)), unnamed, "/c", "/s/nobody", "/a/nobody"]
    paths += [
        f"{asked}/{name}"
        for name in ("send", "stop", "returned", "preferences", "successor", "successor/thanks")
    ]
    paths += [
        answered,
        *(f"{answered}/{name}" for name in ("thanks", "copy", "erase", "preferences")),
        "/a/erased",
    ]
    weights = {path: len(client.get(path).data) + shared for path in paths}
    client.post(f"{answered}/erase")
    weights["erased"] = len(client.get(answered).data) + shared
    with app.app_context():
        assert db.session.query(Response).count() == 1
    assert {path: weight for path, weight in weights.items() if weight > MOST} == {}
    assert min(weights.values()) > shared
