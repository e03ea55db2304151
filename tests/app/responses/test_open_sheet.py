"""Opening a link shows who asks and why, and stores nothing; a person presses."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.db import db, unit_of_work
from app.responses.models import Response
from app.surveys.models import SurveyState
from tests import factories_surveys

AGENTS = ("Mozilla/5.0", "GoogleImageProxy", "Outlook SafeLinks", "facebookexternalhit/1.1", "curl/8.0")


def text(answer):
    return re.sub(r"<wbr>", "", answer.text)


@pytest.fixture
def link(app):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey(closes_on=clock.today() + timedelta(days=9))
        return f"/s/{factories_surveys.invitation(survey).token}"


def rows(app):
    with app.app_context():
        tables = [table for table in db.metadata.sorted_tables if table.name not in ("session", "rate_limit")]
        return {t.name: db.session.scalar(sa.select(sa.func.count()).select_from(t)) for t in tables}


def test_the_first_page_says_who_asks_why_how_long_and_until_when(link, client):
    page = text(client.get(link))
    assert "朝霧茶舗をお休みされている理由を、聞かせてください" in page
    assert "質問は6問、約2分です" in page
    assert "直すことを決めるために使います" in page
    assert "回答は3年後に消します" in page
    assert "締め切り" in page
    assert "0120-000-000" in page


def test_the_sheet_never_names_the_customer(app, link, client):
    client.post(link)
    pages = "".join(client.get(path).text for path in (link, f"{link}/1", f"{link}/2", f"{link}/stop"))
    for known in ("山本", "花子", "okyaku.example", "090-1234", "静岡市"):
        assert known not in pages


def test_opening_any_page_of_a_sheet_with_any_agent_stores_nothing(app, link, client):
    before = rows(app)
    for agent in AGENTS:
        for path in (
            link,
            f"{link}/1",
            f"{link}/6",
            f"{link}/send",
            f"{link}/thanks",
            f"{link}/stop",
            f"{link}/returned",
            "/c",
        ):
            for method in ("GET", "HEAD", "OPTIONS"):
                client.open(
                    path, method=method, headers={"User-Agent": agent, "X-HTTP-Method-Override": "POST"}
                )
    assert rows(app) == before


def test_beginning_leads_to_the_first_question(app, link, client):
    answer = client.post(link)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{link}/1")
    assert "すすめたいと思いますか" in text(client.get(f"{link}/1"))
    with app.app_context():
        assert db.session.query(Response).one().door == "link"


def test_a_question_cannot_be_opened_before_beginning(link, client):
    answer = client.get(f"{link}/1")
    assert (answer.status_code, answer.headers["Location"]) == (302, link)


@pytest.mark.parametrize(
    "token", ["nobody-was-ever-invited-by-this", "x", "%00", "あ" * 30, "a" * 5000, "../../etc"]
)
def test_an_unknown_link_gets_a_kind_page(app, client, token):
    for path in (f"/s/{token}", f"/s/{token}/1", f"/s/{token}/stop"):
        answer = client.get(path)
        assert answer.status_code == 404
    assert "見つかりません" in answer.text


def test_a_link_of_the_holdout_leads_nowhere(app, client):
    with app.app_context(), unit_of_work():
        token = factories_surveys.invitation(arm="holdout").token
    assert client.get(f"/s/{token}").status_code == 404


def test_a_survey_past_its_last_day_says_so_and_names_a_contact(app, client):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey()
        token = factories_surveys.invitation(survey).token
        survey.closes_on = clock.today() - timedelta(days=1)
    for answer in (client.get(f"/s/{token}"), client.post(f"/s/{token}")):
        assert answer.status_code == 410
        assert "この調査は締め切りました" in text(answer)
        assert "0120-000-000" in answer.text


def test_the_closing_day_itself_still_counts(app, client):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey()
        token = factories_surveys.invitation(survey).token
        survey.closes_on = clock.today()
    assert client.post(f"/s/{token}").status_code == 303


def test_a_sheet_begun_before_the_survey_closed_can_no_longer_be_saved(app, link, client):
    client.post(link)
    with app.app_context(), unit_of_work():
        db.session.query(Response).one().survey.state = SurveyState.CLOSED
    assert client.get(f"{link}/1").status_code == 410
    assert client.post(f"{link}/1", data={"q_nps": "3"}).status_code == 410


def test_each_page_weighs_less_than_60_kb_with_its_style_and_runs_no_script(app, link, client):
    client.post(link)
    style = len(client.get("/static/respondent.css").data) + len(client.get("/static/icon.svg").data)
    assert style < 14_000
    for path in (link, f"{link}/1", f"{link}/2", f"{link}/3"):
        page = client.get(path)
        assert len(page.data) + style < 60_000
        assert "<script" not in page.text
        assert not re.search(r'(src|href)="(https?:)?//', page.text)
