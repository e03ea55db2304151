"""`flask --app wsgi reports nps SURVEY`."""

import json

import pytest

from app.db import unit_of_work
from app.responses.models import Door
from tests import factories_backlog as made
from tests.doors.conftest import refused
from tests.factories_reports import scored


@pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
def test_the_figures_come_as_json_without_test_answers(house):
    with house.app.app_context(), unit_of_work():
        survey = made.survey("定期NPS")
        scored(survey, *[10] * 20, *[8] * 10, *[3] * 10)
        scored(survey, 0, door=Door.TEST)
    answer = house.door("reports", "nps", "定期NPS")
    assert (answer.returncode, answer.stderr) == (0, "")
    found = json.loads(answer.stdout)
    low, high = found.pop("interval")
    assert found == {
        "n": 40, "promoters": 20, "passives": 10, "detractors": 10, "nps": 25.0, "small": False
    }  # fmt: skip
    # Adjusted Wald by hand: n + 3 = 43, promoters 20.75, detractors 10.75.
    p, d, n = 20.75 / 43, 10.75 / 43, 43
    half = 196 * ((p + d - (p - d) ** 2) / n) ** 0.5 * 0.99998
    assert (low, high) == (
        pytest.approx(100 * (p - d) - half, abs=0.1),
        pytest.approx(100 * (p - d) + half, abs=0.1),
    )


def test_a_survey_that_is_not_there_is_one_line_and_code_2(house):
    assert refused(house.door("reports", "nps", "ない調査")) == "「ない調査」という調査はありません。"


def test_the_digest_of_a_month_is_a_file_and_the_same_bytes_again(house):
    with house.app.app_context(), unit_of_work():
        reason = made.reason("price", "価格")
        made.reason("none", "理由なし")
        reason.owner = "物流"
        made.answer(made.survey(), made.lapsed(10_000), "送料が高い", [reason])
    files = [house.folder / name for name in ("a.pdf", "b.pdf", "c.md")]
    for out in files:
        answer = house.door("reports", "digest", "--month", "2026-11", "--department", "物流", out)
        assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    first, again, text = (out.read_bytes() for out in files)
    assert first == again
    assert first.startswith(b"%PDF-")
    assert "送料が高い" in text.decode()
    assert house.counts()["export"] == 3
    for wrong in (["--month", "2026-13", files[0]], ["--month", "2026-11", house.folder / "d.txt"]):
        refused(house.door("reports", "digest", *wrong))
    assert "部署" in refused(
        house.door("reports", "digest", "--month", "2026-11", "--department", "x", files[0])
    )
