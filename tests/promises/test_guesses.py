"""Guessing leads nowhere."""

import math
from collections import Counter
from random import SystemRandom

import pytest

from app.campaigns.codes import LENGTH, LETTERS, make_code
from app.campaigns.services.starting import TOKEN_BYTES
from app.db import unit_of_work
from bench.respondents import five_questions, invite
from tests import factories_surveys

INVITED = 2000


@pytest.fixture
def invited(app, trials):
    with app.app_context(), unit_of_work():
        invite(five_questions(), trials(INVITED))


@pytest.mark.usefixtures("invited")
@pytest.mark.promise("14a", "10,000 guesses of a letter's code: none hits, then 429", small=True)
def test_well_formed_codes_lead_nowhere_and_are_soon_not_even_looked_at(client, trials, tried):
    rng, told = SystemRandom(), Counter()
    guesses = trials(10_000)
    for number in range(guesses):
        # Twenty from each address, as many as one may try; then all the rest from the last of them.
        elsewhere = {"REMOTE_ADDR": f"198.51.{number // 20 // 250}.{number // 20 % 250}"}
        told[client.post("/c", data={"code": make_code(rng)}, environ_overrides=elsewhere).status_code] += 1
    assert told == {404: guesses}
    patience = [
        client.post("/c", data={"code": make_code(rng)}, environ_overrides=elsewhere).status_code
        for _n in range(50)
    ]
    assert set(patience[20:]) == {429}
    space = math.log2(len(LETTERS) ** (LENGTH - 1))
    tried(
        f"{guesses:,} codes with a right check, from {guesses // 20} addresses, {trials(INVITED):,} invited, {space:.0f} bits; 429 after 20",
        zeros=guesses,
    )


@pytest.mark.promise("14b", "links carry at least 128 random bits; unknown ones look alike", small=True)
def test_unknown_links_look_alike_and_are_as_long_as_promised(client, trials, tried):
    assert TOKEN_BYTES * 8 >= 128
    rng, shown = SystemRandom(), set()
    guesses = trials(2_000)
    for number in range(guesses):
        word = "".join(rng.choice("abcXYZ012-_") for _letter in range(24))
        elsewhere = {"REMOTE_ADDR": f"203.0.{number // 40 % 250}.{number // 40 // 250}"}
        answer = client.get(f"/s/{word}", environ_overrides=elsewhere)
        shown.add((answer.status_code, answer.text))
    assert len(shown) == 1
    tried(f"{TOKEN_BYTES * 8} bits; {guesses:,} unknown links", zeros=guesses)


@pytest.mark.promise("14b", "used links show a receipt to whoever holds them, and no answer", small=True)
def test_a_used_link_shows_no_answer(app, client):
    with app.app_context(), unit_of_work():
        token = factories_surveys.response().invitation.token
        words = [
            word for word in factories_surveys.ANSWERS.values() if isinstance(word, str) and len(word) > 8
        ]
    page = client.get(f"/s/{token}")
    assert page.status_code == 200
    assert not [word for word in words if word in page.text]
