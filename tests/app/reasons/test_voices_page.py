"""/voices: what customers wrote, found by what it says; what names a person stays hidden and looking is recorded."""

import pytest

from app.accounts.models import Role
from app.audit import AuditEntry
from app.customers.models import CustomerState
from app.db import db, unit_of_work
from app.reasons import services
from app.reasons.models import Reading
from app.surveys.models import Survey
from tests import factories
from tests.app.reasons.conftest import add, read, read_as, reason
from tests.conftest import NOW
from tests.factories_reasons import sheet, survey

SAITO = "担当の佐藤さんに電話の応対がひどいと伝えたのに、直らなかった。"


@pytest.fixture
def shop(app):
    """Two sheets of one survey, read and committed: (survey id, ids of the sheets)."""
    with app.app_context(), unit_of_work():
        services.seed_codebook(NOW)
        autumn = add(survey(name="秋の調査"))
        gone = add(factories.customer(name="山本 花子", state=CustomerState.LAPSED))
        first = add(sheet(autumn, reason=SAITO, customer=gone, nps_score=2))
        second = add(sheet(autumn, reason="特になし", nps_score=9))
        read_as(first, (SAITO, "support"), hidden="佐藤")
        read(second)
        return autumn.id, (first.id, second.id)


def shows(browser, query):
    """Which of the two voices the list shows."""
    text = browser.get(f"/voices?{query}").text.split('id="voice"')[0]
    return ["直らなかった" in text, "特になし" in text]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [True, True]),
        ("reason=support", [True, False]),
        ("reason=none", [False, True]),
        ("reason=unexplained", [False, False]),
        ("reason=nothing-like-that", [False, False]),
        ("state=lapsed", [True, False]),
        ("state=nonsense", [False, False]),
        ("nps=promoter", [False, True]),
        ("nps=detractor", [True, False]),
        ("polarity=neg", [True, False]),
        ("confirmed=yes", [False, False]),
        ("confirmed=no", [True, True]),
        ("q=応対", [True, False]),
        ("q=%25", [False, False]),
        ("survey=99999999999999999999", [True, True]),
    ],
)
def test_voices_are_found_by_what_they_say_and_who_said_it(shop, sign_in, query, found):
    assert shows(sign_in(Role.VIEWER), query) == found


def test_no_voices_yet_says_what_to_do(sign_in):
    page = sign_in(Role.VIEWER).get("/voices")
    assert "まだ声は届いていません" in page.text


def test_a_filter_that_fits_nothing_offers_to_clear_it(shop, sign_in):
    page = sign_in(Role.VIEWER).get("/voices?q=どこにもないことば").text
    assert "この条件に合う声はありません" in page
    assert "条件を消す" in page


def test_names_are_hidden_from_everybody_at_first_sight(shop, sign_in):
    for role in (Role.ADMINISTRATOR, Role.VIEWER):
        page = sign_in(role).get(f"/voices?voice={shop[1][0]}").text
        assert "佐藤" not in page
        assert '<span class="masked">お名前</span>' in page


def test_only_those_with_the_right_see_who_the_customer_is(shop, sign_in):
    address = f"/voices?voice={shop[1][0]}"
    assert "山本 花子" in sign_in(Role.EDITOR).get(address).text
    assert "山本 花子" not in sign_in(Role.VIEWER).get(address).text


def test_looking_behind_what_is_hidden_is_recorded(app, shop, sign_in):
    page = sign_in(Role.EDITOR).post(f"/voices/{shop[1][0]}/reveal")
    assert "佐藤" in page.text
    with app.app_context():
        entry = db.session.query(AuditEntry).filter_by(verb="revealed").one()
        assert (entry.subject, entry.subject_id) == ("response", shop[1][0])


def test_a_viewer_may_not_look_and_a_stranger_sees_nothing(app, shop, sign_in):
    assert sign_in(Role.VIEWER).post(f"/voices/{shop[1][0]}/reveal").status_code == 403
    assert app.test_client().get("/voices").status_code == 302
    assert sign_in(Role.OPERATOR).get("/voices").status_code == 403
    assert sign_in(Role.EDITOR).post("/voices/999999/reveal").status_code == 404


def test_a_search_does_not_tell_what_is_hidden(shop, sign_in):
    assert shows(sign_in(Role.VIEWER), "q=佐藤") == [False, False]
    assert shows(sign_in(Role.EDITOR), "q=佐藤") == [True, False]


def test_a_voice_that_is_not_there_is_not_found(shop, sign_in):
    assert sign_in(Role.VIEWER).get("/voices?voice=999999").status_code == 404


def test_what_was_confirmed_is_solid_and_names_who_did_it(app, shop, sign_in):
    with app.app_context(), unit_of_work():
        reading = db.session.query(Reading).filter_by(main_reason_id=reason("support").id).one()
        services.confirm_reading(reading, add(factories.member(name="森")), NOW)
    page = sign_in(Role.VIEWER).get(f"/voices?voice={shop[1][0]}").text
    assert "確定 森さん" in page
    assert "chip-proposed" not in page.split('id="voice"')[1]


LONG = "新茶はいつも楽しみでした。家族もよく飲みます。けれど送料が高いので、やめました。"


@pytest.mark.parametrize("query", ["reason=price", "q=送料"])
def test_a_row_begins_with_what_was_looked_for(app, shop, sign_in, query):
    with app.app_context(), unit_of_work():
        third = add(sheet(db.session.get(Survey, shop[0]), reason=LONG))
        read_as(
            third,
            ("新茶はいつも楽しみでした。", None),
            ("家族もよく飲みます。", None),
            ("けれど送料が高いので、", "price"),
            ("やめました。", None),
        )
    row = sign_in(Role.VIEWER).get(f"/voices?{query}").text.split("voice-cut")[1].split("</p>")[0]
    assert "…けれど送料が高いので、やめました。" in row
    assert "新茶は" not in row


def test_one_column_shows_the_list_or_the_voice_with_a_way_back(shop, sign_in):
    browser = sign_in(Role.VIEWER)
    assert "list-detail is-unchosen" in browser.get("/voices").text
    page = browser.get(f"/voices?reason=support&voice={shop[1][0]}").text
    assert "list-detail is-chosen" in page
    assert f'<a href="?reason=support#sheet-{shop[1][0]}">声の一覧に戻る</a>' in page
    assert f'id="sheet-{shop[1][0]}"' in page
