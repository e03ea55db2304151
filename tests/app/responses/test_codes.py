"""The code of a letter is typed by hand and leads to the same sheet as the link."""

from random import Random

import pytest

from app.campaigns.codes import LENGTH, LETTERS, check_code, make_code, spaced_code
from app.db import db, unit_of_work
from app.responses.models import Response
from tests import factories_surveys

CODE = make_code(Random(7))


@pytest.fixture
def token(app):
    with app.app_context(), unit_of_work():
        return factories_surveys.invitation(code=CODE).token


def wide(code):
    return "".join(chr(ord(letter) + 0xFEE0) for letter in code)


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        spaced_code(CODE),
        wide(CODE),
        wide(CODE.lower()),
        f" {CODE[:4]}　{CODE[4:]} ",
        f"{CODE[:4]}ー{CODE[4:]}",
    ],
)
def test_a_code_is_read_however_it_is_typed(app, client, token, typed):
    answer = client.post("/c", data={"code": typed})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/s/{token}?door=code")


def test_a_sheet_begun_by_code_is_known_as_such(app, client, token):
    client.post(f"/s/{token}", data={"door": "code"})
    with app.app_context():
        assert db.session.query(Response).one().door == "code"


def test_a_door_nobody_knows_counts_as_the_link(app, client, token):
    client.post(f"/s/{token}", data={"door": "import"})
    with app.app_context():
        assert db.session.query(Response).one().door == "link"


def test_a_wrong_code_comes_back_with_what_was_typed(client, token):
    wrong = make_code(Random(8))
    answer = client.post("/c", data={"code": wrong})
    assert answer.status_code == 404
    assert "このコードは見つかりませんでした" in answer.text
    assert wrong in answer.text
    assert client.post("/c", data={"code": ""}).status_code == 422
    assert client.post("/c", data={"code": "あ" * 5000}).status_code == 422


def test_after_twenty_tries_even_the_right_code_waits(client, token):
    for _try in range(20):
        client.post("/c", data={"code": "AAAAAAAA"})
    assert client.post("/c", data={"code": CODE}).status_code == 429


def test_every_single_slip_is_noticed():
    rng = Random(1)
    for _round in range(20):
        code = make_code(rng)
        assert check_code(code) == code
        for place in range(LENGTH):
            for letter in set(LETTERS) - {code[place]}:
                assert check_code(code[:place] + letter + code[place + 1 :]) is None


def test_codes_hold_nothing_that_looks_alike():
    assert len(LETTERS) == 30
    assert not set(LETTERS) & set("01ILOU")
