"""/reasons: the list, the workbench, candidates and runs, with script and without."""

import json
import re

import pytest

from app.accounts.models import Role
from app.db import db, unit_of_work
from app.reasons import services
from app.reasons.models import AnalysisRun, Reading, ReadingState, Reason, RunState, Theme, ThemeState
from tests import factories
from tests.app.reasons.conftest import add, read_as, reading_of, reason
from tests.conftest import NOW
from tests.factories_reasons import sheet, survey

TEXTS = {
    "送料が高いし、電話の応対もひどい。": (("送料が高いし、", "price"), ("電話の応対もひどい。", "support")),
    "味が落ちた気がする。": (("味が落ちた気がする。", "quality"),),
    "なんとなく頼まなくなりました。": (("なんとなく頼まなくなりました。", "forgotten"),),
}
HTMX = {"HX-Request": "true"}


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


def stated(app, reading_id):
    from app.reasons.queries import reasons_stated

    with app.app_context():
        reading = db.session.get(Reading, reading_id)
        return reading.state, [one.code for one in reasons_stated(reading)]


def fields_of(page, act, **changes):
    """What pressing a button of the card at hand sends."""
    form = page.split('id="decide"')[1].split("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {**found, "act": act, **changes}


def press(browser, reading_id, act, htmx=True, **changes):
    page = browser.get(f"/reasons/review?reading={reading_id}").text
    headers = HTMX if htmx else {}
    return browser.post(
        f"/reasons/readings/{reading_id}/decide", data=fields_of(page, act, **changes), headers=headers
    )


def test_the_least_certain_answer_comes_first_and_the_next_follows(queue, sign_in):
    page = sign_in(Role.EDITOR).get("/reasons/review").text
    assert f"/reasons/readings/{queue[0]}/decide" in page
    assert page.index("電話の応対もひどい") < page.index("味が落ちた気がする")


def test_confirming_leads_to_the_next_with_a_toast_that_undoes(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    answer = press(browser, queue[0], "confirm")
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert f"/reasons/readings/{queue[1]}/decide" in answer.text
    assert "<html" not in answer.text
    assert toast["undo"] == f"/reasons/readings/{queue[0]}/undo"
    assert stated(app, queue[0])[0] is ReadingState.CONFIRMED
    browser.post(toast["undo"])
    assert stated(app, queue[0])[0] is ReadingState.PROPOSED


def test_everything_works_without_script(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    answer = press(browser, queue[0], "add:trust", htmx=False)
    assert (answer.status_code, answer.location) == (303, f"/reasons/review?reading={queue[0]}")
    page = browser.get(answer.location).text
    assert "「不信・解約のしにくさ」を付けました。" in page
    assert "trust" in stated(app, queue[0])[1]


def test_all_clauses_can_be_coded_in_one_form(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    page = browser.get(f"/reasons/review?reading={queue[0]}").text
    first, second = re.findall(r'name="(clause-\d+)"', page)[:2]
    with app.app_context():
        delivery, trust = reason("delivery").id, reason("trust").id
    sent = {
        **fields_of(page, ""),
        first: [str(delivery)],
        second: [str(delivery), str(trust)],
        "main": str(trust),
    }
    answer = browser.post(f"/reasons/readings/{queue[0]}/codings", data=sent)
    assert answer.status_code == 303
    assert stated(app, queue[0]) == (ReadingState.CONFIRMED, ["trust", "delivery"])


@pytest.mark.parametrize(
    ("act", "codes"),
    [
        ("none", ["none"]),
        ("unexplained", []),
        ("main:support", ["support", "price"]),
        ("next_main", ["support", "price"]),
        ("remove:support", ["price"]),
        ("move:support:trust", ["price", "trust"]),
        ("confirm", ["price", "support"]),
    ],
)
def test_each_press_is_one_change(app, queue, sign_in, act, codes):
    assert press(sign_in(Role.EDITOR), queue[0], act).status_code == 200
    assert stated(app, queue[0]) == (ReadingState.CONFIRMED, codes)


def test_a_reason_goes_to_the_clause_that_was_chosen(app, queue, sign_in):
    with app.app_context():
        clause = db.session.get(Reading, queue[0]).clauses[0]
        number, before = clause.id, [coding.reason.code for coding in clause.codings]
    press(sign_in(Role.EDITOR), queue[0], "add:quality", clause=number)
    with app.app_context():
        clause = db.session.get(Reading, queue[0]).clauses[0]
        assert [coding.reason.code for coding in clause.codings] == [*before, "quality"]


def test_z_takes_back_ones_own_last_change_wherever_it_was(app, queue, sign_in):
    browser = sign_in(Role.EDITOR)
    press(browser, queue[1], "add:trust")
    press(browser, queue[0], "confirm")
    browser.post("/reasons/review/undo", headers=HTMX)
    answer = browser.post("/reasons/review/undo", headers=HTMX)
    assert f"/reasons/readings/{queue[1]}/decide" in answer.text
    assert stated(app, queue[1])[0] is ReadingState.PROPOSED
    assert (
        "元に戻す変更がありません"
        in json.loads(browser.post("/reasons/review/undo", headers=HTMX).headers["HX-Trigger"])["toast"][
            "text"
        ]
    )


def test_two_people_at_once_are_both_told_and_may_choose(app, queue, sign_in):
    mine, theirs = sign_in(Role.EDITOR), sign_in(Role.ADMINISTRATOR)
    page = mine.get(f"/reasons/review?reading={queue[1]}").text
    press(theirs, queue[1], "add:trust")
    answer = mine.post(f"/reasons/readings/{queue[1]}/decide", data=fields_of(page, "none"), headers=HTMX)
    assert answer.status_code == 409
    assert "先に「品質・効果・不具合、不信・解約のしにくさ」に直しました。どちらにしますか。" in answer.text
    assert 'name="act" value="none"' in answer.text
    assert "trust" in stated(app, queue[1])[1]
    again = mine.post(
        f"/reasons/readings/{queue[1]}/decide", data=fields_of(answer.text, "none"), headers=HTMX
    )
    assert (again.status_code, stated(app, queue[1])[1]) == (200, ["none"])


@pytest.mark.parametrize("act", ["", "drop:table", "add:", "confirm:price", "move:price"])
def test_a_press_that_means_nothing_is_refused(queue, sign_in, act):
    assert press(sign_in(Role.EDITOR), queue[0], act).status_code == 422


def test_a_code_that_does_not_exist_is_not_found(queue, sign_in):
    assert press(sign_in(Role.EDITOR), queue[0], "add:nonsense").status_code == 404


def test_with_all_reviewed_the_page_says_so(queue, sign_in):
    browser = sign_in(Role.EDITOR)
    for number in queue:
        press(browser, number, "confirm")
    assert "確認はすべて終わりました" in browser.get("/reasons/review").text


def test_the_list_shows_shares_that_lead_to_their_voices(queue, sign_in):
    page = sign_in(Role.VIEWER).get("/reasons").text
    assert "価格・費用対効果" in page
    assert re.search(r'href="/voices\?survey=\d+&amp;reason=price">1件', page)
    assert "理由の確認" not in page, "viewers do not code"


def test_the_menu_counts_what_waits(queue, sign_in):
    assert '<span class="menu-count">3<' in sign_in(Role.VIEWER).get("/reasons").text


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
