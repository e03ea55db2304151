"""Between nine in the evening and eight in the morning, Japanese time, people are left in peace."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from app.campaigns.hours import is_quiet, next_opening
from app.clock import TOKYO
from tests.stock import settings_for

ZONES = [UTC, TOKYO, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
INSTANTS = st.builds(
    lambda seconds, zone: (FIRST + timedelta(seconds=seconds)).astimezone(zone),
    st.integers(0, 9 * 366 * 86_400),
    st.sampled_from(ZONES),
)


@pytest.fixture(scope="module", autouse=True)
def settings(tmp_path_factory):
    app = create_app(settings_for(tmp_path_factory.mktemp("hours")), testing=True)
    with app.app_context():
        yield


@given(INSTANTS)
def test_the_hours_are_those_of_japan_whatever_the_zone(at):
    assert is_quiet(at) == (not 8 <= at.astimezone(TOKYO).hour < 21)


@given(INSTANTS)
def test_the_next_opening_is_the_first_instant_that_is_not_quiet(at):
    opens = next_opening(at)
    assert not is_quiet(opens)
    assert timedelta(0) <= opens - at <= timedelta(hours=11)
    if is_quiet(at):
        assert is_quiet(opens - timedelta(seconds=1))
        assert (opens.hour, opens.minute, opens.second) == (8, 0, 0)
