"""The results of a survey: the score first, then reasons and words, each count a way to the voices behind it."""

import re
from datetime import UTC, datetime

import pytest

from app.accounts.models import Role
from app.db import db, unit_of_work
from app.reasons.models import AnalysisRun, RunState, Theme, ThemeMember
from tests import factories_backlog as made
from tests.conftest import NOW
from tests.factories_reports import scored


@pytest.fixture
def survey(app):
    """40 sheets of 38 people: 12 detractors, 8 passives, 20 promoters; ten answers, one without a reason."""
    with app.app_context(), unit_of_work():
        survey = made.survey("夏の調査")
        none, price = made.reason("none", "理由なし"), made.reason("price", "価格・費用対効果")
        scored(survey, *[0] * 2, *[5] * 6, *[6] * 4, *[8] * 8, *[10] * 17)
        scored(survey, *[9] * 3, respondent="会員1")
        for _ in range(9):
            made.answer(survey, None, "送料が高くなりました", [price])
        silent = made.answer(survey, None, "特になし", [])
        silent.main_reason_id = none.id
        number = survey.id
    return number


def test_the_score_stands_with_interval_n_sheets_and_people(sign_in, survey):
    page = sign_in(Role.VIEWER).get(f"/reports/surveys/{survey}").text
    assert '<span class="chart-figure">+20</span>' in page
    assert re.search(r"NPS・[−+]?\d+〜\+\d+・n = 40", page)
    assert "50枚・48人" in page
    assert "5と6の10枚は" in page.replace("<wbr>", "")


def test_under_thirty_answers_the_score_is_marked_as_a_hint(app, sign_in):
    with app.app_context(), unit_of_work():
        small = made.survey()
        scored(small, *[9] * 12)
    page = sign_in(Role.VIEWER).get(f"/reports/surveys/{small.id}").text
    assert "参考" in page
    assert "回答が30に届かない" in page.replace("<wbr>", "")


def test_every_count_leads_to_the_voices_it_counts(sign_in, survey):
    browser = sign_in(Role.VIEWER)
    page = browser.get(f"/reports/surveys/{survey}").text
    links = set(re.findall(rf'href="(/voices\?survey={survey}&amp;[^"]+)"', page))
    for wanted in ("reason=price", "reason=none", "reason=unexplained", "nps=5", "nps=detractor"):
        link = f"/voices?survey={survey}&amp;{wanted}"
        assert link in links
        assert browser.get(link.replace("&amp;", "&")).status_code == 200
    assert "この条件に合う声はありません。" in browser.get(f"/voices?survey={survey}&nps=3").text


def test_sheets_without_a_reason_stand_apart_from_the_shares(sign_in, survey):
    page = sign_in(Role.VIEWER).get(f"/reports/surveys/{survey}").text
    assert "理由を挙げた9枚のうち" in page
    assert "読んだ10枚のうち" in page


def test_the_histogram_leads_each_score_to_its_voices_on_both_papers(sign_in, survey):
    browser = sign_in(Role.VIEWER)
    for width, given in ((450, "450"), (311, "311"), (450, "9999"), (450, "wide")):
        answer = browser.get(f"/reports/surveys/{survey}/nps.svg?width={given}")
        assert answer.mimetype == "image/svg+xml"
        assert f'width="{width}"' in answer.text
        assert f'href="/voices?survey={survey}&amp;nps=5"' in answer.text
        assert "推奨度5（6枚）の声を見る" in answer.text


def test_the_months_are_drawn_from_three_on(app, sign_in, survey):
    browser = sign_in(Role.VIEWER)
    assert "months.svg" not in browser.get(f"/reports/surveys/{survey}").text
    with app.app_context(), unit_of_work():
        other = made.survey("毎月の調査")
        for month in (3, 5, 6):
            scored(other, *[9] * 6, *[3] * 4, at=datetime(2026, month, 10, tzinfo=UTC))
        scored(other, 0, at=datetime(2026, 7, 10, tzinfo=UTC))
    page = browser.get(f"/reports/surveys/{other.id}").text
    assert "months.svg" in page
    assert "2026年6月" in page
    drawn = browser.get(f"/reports/surveys/{other.id}/months.svg").text
    assert ">+20<" in drawn
    assert ">n = 10<" in drawn


def test_a_survey_nobody_answered_says_what_to_do_next(app, sign_in):
    with app.app_context(), unit_of_work():
        empty = made.survey()
    browser = sign_in(Role.EDITOR)
    page = browser.get(f"/reports/surveys/{empty.id}").text
    assert "まだ回答はありません" in page.replace("<wbr>", "")
    assert "配信へ進む" in page
    assert browser.get(f"/reports/surveys/{empty.id}/nps.svg").status_code == 404
    assert browser.get(f"/reports/surveys/{empty.id}/months.svg").status_code == 404


def test_a_reading_under_way_shows_how_far_it_is(app, sign_in, survey):
    with app.app_context(), unit_of_work():
        run = AnalysisRun(survey_id=survey, state=RunState.RUNNING, done_count=20, total_count=50, queued_at=NOW, touched_at=NOW)  # fmt: skip
        db.session.add(run)
    browser = sign_in(Role.VIEWER)
    page = browser.get(f"/reports/surveys/{survey}").text
    assert "20 / 50" in page
    assert f'hx-get="/reasons/runs/{run.id}/progress"' in page
    with app.app_context(), unit_of_work():
        db.session.get_one(AnalysisRun, run.id).state = RunState.DONE
    assert "20 / 50" not in browser.get(f"/reports/surveys/{survey}").text


def test_proposed_themes_are_named_with_their_size(app, sign_in, survey):
    with app.app_context(), unit_of_work():
        theme = Theme(survey_id=survey, name="急須を手放した", proposed_at=NOW)
        reading = made.answer(made.survey("別"), None, "急須を手放しました", [])
        theme.members.append(ThemeMember(answer_id=reading.answer_id))
        db.session.add(theme)
    page = sign_in(Role.VIEWER).get(f"/reports/surveys/{survey}").text
    assert f'href="/voices?survey={survey}&amp;theme={theme.id}">急須を手放した' in page


def test_what_is_hidden_in_a_voice_stays_hidden(app, sign_in):
    with app.app_context(), unit_of_work():
        survey, price = made.survey(), made.reason("price", "価格・費用対効果")
        made.reason("none", "理由なし")
        reading = made.answer(survey, None, "山本ですが、送料が高くて続けられません", [price])
        reading.masked = [[0, 2, "name"]]
    page = sign_in(Role.ADMINISTRATOR).get(f"/reports/surveys/{survey.id}").text
    assert "送料が高くて" in page
    assert "山本" not in page


def test_who_may_not_read_is_refused_and_who_is_nobody_sent_to_sign_in(sign_in, client, survey):
    operator, viewer = sign_in(Role.OPERATOR), sign_in(Role.VIEWER)
    for path in ("", "/nps.svg", "/months.svg"):
        assert operator.get(f"/reports/surveys/{survey}{path}").status_code == 403
        assert client.get(f"/reports/surveys/{survey}{path}").location.startswith("/sign-in")
        assert viewer.get(f"/reports/surveys/999999{path}").status_code == 404
