"""/reasons: the list, candidates and runs, and who may do what."""

import re

import pytest

from app.accounts.models import Role
from app.db import db, unit_of_work
from app.reasons import services
from app.reasons.models import AnalysisRun, Reading, Reason, RunState, Theme, ThemeState
from tests import factories
from tests.app.reasons.conftest import add
from tests.conftest import NOW
from tests.factories_reasons import survey

HTMX = {"HX-Request": "true"}


def test_the_list_shows_shares_that_lead_to_their_voices(queue, sign_in):
    page = sign_in(Role.VIEWER).get("/reasons").text
    assert "価格・費用対効果" in page
    assert re.search(r'href="/voices\?survey=\d+&amp;reason=price">1件', page)
    assert "理由の確認" not in page, "viewers do not code"


def test_the_menu_counts_what_waits(queue, sign_in):
    assert '<span class="menu-count">3<' in sign_in(Role.EDITOR).get("/reasons").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRODUCT, Role.OPERATOR])
def test_only_those_who_code_may_decide(queue, sign_in, role):
    browser = sign_in(role)
    assert browser.get("/reasons/review").status_code == 403
    assert browser.post(f"/reasons/readings/{queue[0]}/decide").status_code == 403
    assert browser.post("/reasons/runs", data={"survey": 1}).status_code == 403


def test_what_does_not_exist_is_not_found(queue, sign_in):
    browser = sign_in(Role.EDITOR)
    for path in ("/reasons/review?reading=999999", "/reasons/runs/999999/progress"):
        assert browser.get(path).status_code == 404
    for path in ("readings/999999/decide", "themes/999999/adopt", "runs/99999999999999999999/cancel"):
        assert browser.post(f"/reasons/{path}").status_code == 404


@pytest.fixture
def theme(app, queue):
    """A proposed theme over the last answer, committed; its id."""
    with app.app_context(), unit_of_work():
        reading = db.session.get(Reading, queue[2])
        services.mark_unexplained(reading, add(factories.member()), NOW)
        from app.reasons.models import ThemeMember

        made = Theme(survey_id=reading.answer.response.survey_id, name="頼まなくなりました", proposed_at=NOW)
        made.members.append(ThemeMember(answer_id=reading.answer_id, typical=1))
        return add(made).id


def test_a_theme_is_adopted_from_its_card_and_taken_back(app, theme, sign_in):
    browser = sign_in(Role.EDITOR)
    assert "頼まなくなりました" in browser.get("/reasons/themes").text
    sent = {"label": "なんとなく", "seal": "何", "parent": ""}
    assert browser.post(f"/reasons/themes/{theme}/adopt", data=sent).status_code == 303
    with app.app_context():
        assert db.session.query(Reason).filter_by(label="なんとなく").one().seal == "何"
    page = browser.get("/reasons/themes").text
    assert f'action="/reasons/themes/{theme}/undo"' in page
    assert browser.post(f"/reasons/themes/{theme}/undo").status_code == 303
    with app.app_context():
        assert db.session.get(Theme, theme).state is ThemeState.PROPOSED


def test_a_name_that_is_taken_is_said_beside_the_field(app, theme, sign_in):
    browser = sign_in(Role.EDITOR)
    sent = {"label": "価格・費用対効果", "seal": "", "parent": ""}
    answer = browser.post(f"/reasons/themes/{theme}/adopt", data=sent)
    assert (answer.status_code, "という理由は、もうあります" in answer.text) == (422, True)
    with app.app_context():
        assert db.session.get(Theme, theme).state is ThemeState.PROPOSED


def test_a_theme_is_dismissed(app, theme, sign_in):
    sign_in(Role.EDITOR).post(f"/reasons/themes/{theme}/dismiss")
    with app.app_context():
        assert db.session.get(Theme, theme).state is ThemeState.DISMISSED


def test_a_run_is_started_watched_and_listed_with_what_it_was_made_of(app, queue, sign_in, drain):
    browser = sign_in(Role.EDITOR)
    with app.app_context():
        survey_id = db.session.get(Reading, queue[0]).answer.response.survey_id
    assert browser.post("/reasons/runs", data={"survey": survey_id}).status_code == 303
    waiting = browser.get("/reasons/runs").text
    assert 'hx-trigger="every 1s"' in waiting
    drain()
    with app.app_context():
        run = db.session.query(AnalysisRun).one()
        assert run.state is RunState.DONE
    answer = browser.get(f"/reasons/runs/{run.id}/progress", headers=HTMX)
    assert answer.headers["HX-Refresh"] == "true"
    assert run.fingerprint["model"] in browser.get("/reasons/runs").text


def test_a_run_is_cancelled(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    with app.app_context():
        survey_id = db.session.get(Reading, queue[0]).answer.response.survey_id
    browser.post("/reasons/runs", data={"survey": survey_id})
    with app.app_context():
        run_id = db.session.query(AnalysisRun).one().id
    browser.post(f"/reasons/runs/{run_id}/cancel")
    with app.app_context():
        assert db.session.get(AnalysisRun, run_id).state is RunState.CANCELLED


def test_a_survey_that_is_not_there_cannot_be_read(queue, sign_in):
    assert sign_in(Role.EDITOR).post("/reasons/runs", data={"survey": 999}).status_code == 422


def test_a_survey_without_voices_is_named_where_it_was_asked_for(app, queue, sign_in):
    with app.app_context(), unit_of_work():
        silent = add(survey(name="まだ声のない調査")).id
    browser = sign_in(Role.VIEWER)
    assert "まだ声のない調査" in browser.get(f"/reasons?survey={silent}").text
    assert "まだ声のない調査" not in browser.get("/reasons").text
