"""Who guesses links is soon told nothing any more; who was sent one is let in all the same."""

import pytest
import time_machine

from app.accounts.limits import GUESSES
from app.db import unit_of_work
from tests import factories_surveys
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def token(app):
    with app.app_context(), unit_of_work():
        return factories_surveys.invitation().token


@pytest.mark.parametrize("door", ["s", "u"])
def test_guesses_are_counted_per_address_through_every_door(client, token, clock, door):
    shapes = ("/s/{}", "/u/{}", "/s/{}/1", "/s/{}/thanks", "/s/{}/stop")
    told = [client.get(shapes[n % len(shapes)].format(f"guess{n}")).status_code for n in range(GUESSES)]
    assert set(told) == {404}
    assert client.get(f"/{door}/one-more").status_code == 429
    assert client.post(f"/{door}/one-more").status_code == 429
    assert client.get(f"/{door}/{token}").status_code == 200
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get(f"/{door}/one-more", environ_overrides=elsewhere).status_code == 404
    clock.shift(900)
    assert client.get(f"/{door}/one-more").status_code == 404


def test_a_page_that_a_known_sheet_does_not_have_is_no_guess(client, token):
    client.post(f"/s/{token}")
    assert {client.get(f"/s/{token}/99").status_code for _ in range(GUESSES + 2)} == {404}
    assert client.get("/s/unknown").status_code == 404


def test_every_unknown_link_looks_alike(client):
    answers = {client.get(f"/s/{word}").text for word in ("a", "0" * 24, "x-y_z", "あ")}
    assert len(answers) == 1
