"""A mail may ask 0 to 10 itself: eleven links in both of its parts, each of which only opens the sheet."""

import re
from email import message_from_bytes
from email.policy import default

import pytest

from app.campaigns import services
from app.campaigns.models import Content, Message
from app.campaigns.wording import BadWording, checked_body
from app.db import db, unit_of_work
from app.responses.models import Response
from tests import factories_campaigns as made
from tests import factories_surveys
from tests.app.campaigns.world import send, started

BODY = "{{name}}\n\nいかがでしたか。{{nps}}くわしくはこちらへ。\n{{link}}"


@pytest.fixture
def mail(app, sink):
    """One mail of a survey that begins with 0 to 10: its words, its page, and its link."""
    with app.app_context():
        campaign = started(1, survey=factories_surveys.survey(), body=BODY)
        with unit_of_work():
            db.session.query(Message).one().invitation.customer.name = "{{nps}}"
        send(campaign, sink.port)
        link = f"http://localhost/s/{db.session.query(Message).one().invitation.token}"
    message = message_from_bytes(sink.received[0].original_content, policy=default)
    parts = (message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    return (*parts, link)


def test_both_parts_hold_the_eleven_points_once_between_the_words_around_them(mail):
    words, page, link = mail
    points = [f"{link}?q=nps&v={point}" for point in range(11)]
    assert re.findall(r"http\S+[?&]v=\d+", words) == points
    assert re.findall(r'href="([^"]+v=\d+)"', page) == [one.replace("&", "&amp;") for one in points]
    order = [
        "{{nps}}様",
        "いかがでしたか。\n",
        "すすめたいと思いますか",
        "0（",
        points[0],
        "10（",
        points[10],
        "\nくわしくは",
        f"\n{link}\n",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places), words
    assert "\0" not in words + page
    places = [
        page.index(part)
        for part in ("いかがでしたか。", "すすめたいと思いますか", "v=0", "v=10", "くわしくは")
    ]
    assert places == sorted(places)


def test_each_point_opens_the_sheet_with_it_chosen_and_stores_nothing(app, mail, client):
    _words, _page, link = mail
    path = link.removeprefix("http://localhost")
    for point in range(11):
        assert f"「{point}」を選んだところから" in client.get(f"{path}?q=nps&v={point}").text.replace(
            "<wbr>", ""
        )
    with app.app_context():
        assert db.session.query(Response).count() == 0


@pytest.mark.usefixtures("context")
def test_the_points_are_refused_where_the_survey_begins_with_something_else():
    with pytest.raises(BadWording, match="最初の設問") as refused:
        checked_body(BODY, has_deadline=False)
    assert refused.value.field == "body"
    assert checked_body(BODY, False, begins_with_nps=True) == BODY
    segment, survey = made.segment(), factories_surveys.survey()
    campaign = services.create_campaign(
        "秋", survey, segment, Content.ADVERT, "件名", BODY, 0, None, made.factories.AT
    )
    assert campaign.steps[0].body == BODY
    with pytest.raises(BadWording):
        services.create_campaign(
            "秋", made.survey(), segment, Content.ADVERT, "件名", BODY, 0, None, made.factories.AT
        )


def test_a_mail_of_a_survey_that_no_longer_begins_so_leaves_the_row_out(app, sink):
    with app.app_context():
        send(started(1, body=BODY), sink.port)
    message = message_from_bytes(sink.received[0].original_content, policy=default)
    words = message.get_body(("plain",)).get_content()
    assert "{{nps}}" not in words
    assert "v=" not in words
