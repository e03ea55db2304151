"""The NPS of a survey: counted by sheet, widened where people repeat themselves, and given to other programs."""

import json
import os
from datetime import UTC, datetime

import pytest

from analysis.metrics import nps
from app.db import unit_of_work
from app.reports import queries
from app.responses.models import Door, ResponseState
from tests import factories_backlog as made
from tests import processes
from tests.factories_reports import scored


@pytest.fixture
def survey(app, context):
    return made.survey("続けている方への調査")


def test_promoters_less_detractors_of_a_hundred(survey):
    scored(survey, 10, 9, 9, 8, 7, 6, 5, 0)
    found = queries.nps_of(survey.id)
    assert (found.nps.promoters, found.nps.passives, found.nps.detractors) == (3, 2, 3)
    assert found.nps.score == 0
    assert found.counts == (1, 0, 0, 0, 0, 1, 1, 1, 1, 2, 1)
    assert found.habit == 2


def test_tests_unfinished_sheets_and_other_surveys_do_not_count(survey):
    scored(survey, 10)
    scored(survey, 0, door=Door.TEST)
    scored(survey, 0, state=ResponseState.STARTED)
    scored(made.survey("別の調査"), 0)
    assert queries.nps_of(survey.id).nps.score == 100


def test_a_sheet_without_a_score_is_a_sheet_but_no_answer(survey):
    scored(survey, 9, None)
    found = queries.nps_of(survey.id)
    assert (found.sheets, found.nps.n) == (2, 1)


def test_people_are_customers_then_respondents_then_sheets(survey):
    customer = made.lapsed(1000)
    scored(survey, 9, 3, customer_id=customer.id, respondent="A")
    scored(survey, 8, 8, respondent="A")
    scored(survey, 7, 7)
    found = queries.nps_of(survey.id)
    assert (found.sheets, found.people, found.has_repeats) == (6, 4, True)


def test_one_person_answering_ten_times_widens_the_interval(survey):
    scores = [10, 0, 5, 9, 9, 7, 3, 10, 8, 6]
    for score in scores:
        scored(survey, *[score] * 10, respondent=f"会員{score}-{scores.index(score)}")
    found, alone = queries.nps_of(survey.id).nps, nps(scores * 10)
    assert found.score == alone.score
    assert found.high - found.low > 2 * (alone.high - alone.low)


def test_months_are_those_of_japan_and_empty_ones_stay_in_their_place(survey):
    scored(survey, 10, at=datetime(2026, 3, 31, 14, 59, tzinfo=UTC))
    scored(survey, 0, at=datetime(2026, 3, 31, 15, 0, tzinfo=UTC))
    scored(survey, 10, at=datetime(2026, 6, 10, tzinfo=UTC))
    months = queries.nps_by_month(survey.id)
    assert [(one.month.month, one.nps.score) for one in months] == [(3, 100), (4, -100), (5, None), (6, 100)]


def ask(app, word):
    """The door as another program opens it: a process of its own."""
    settings = app.extensions["settings"]
    env = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "INSTANCE_PATH": str(settings.instance_path),
    }
    return processes.flask(["reports", "nps", word], env, settings.instance_path)


def test_another_program_asks_by_name_or_number(app):
    with app.app_context(), unit_of_work():
        survey = made.survey("定期NPS")
        scored(survey, 10, 10, 9, 8, 6, 5)
        number = survey.id
    by_name, by_number = ask(app, "定期NPS"), ask(app, str(number))
    assert by_name.returncode == 0, by_name.stderr
    assert by_name.stdout == by_number.stdout
    found = json.loads(by_name.stdout)
    low, high = found.pop("interval")
    assert found == {"n": 6, "promoters": 3, "passives": 1, "detractors": 2, "nps": 16.7, "small": True}
    assert -100 <= low < 16.7 < high <= 100
    assert round(low, 1) == low


def test_a_survey_that_is_not_there_is_one_line_and_code_two(app):
    answer = ask(app, "ない調査")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.strip() == "「ない調査」という調査はありません。"


def test_a_survey_nobody_answered_has_no_score(app):
    with app.app_context(), unit_of_work():
        number = made.survey().id
    found = json.loads(ask(app, str(number)).stdout)
    assert found == {"n": 0, "promoters": 0, "passives": 0, "detractors": 0, "nps": None, "interval": [-100.0, 100.0], "small": True}  # fmt: skip
