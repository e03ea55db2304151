"""The list finds, sorts and pages; one customer's page shows all that is known; personal data only for those who may."""

import re
from datetime import date
from functools import partial

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.customers import services
from app.customers.models import Channel, Customer, CustomerState, StateSource, SuppressionCause
from app.db import db, unit_of_work
from app.reasons.services import seed_codebook
from tests import factories
from tests.app.reasons import conftest as reasons
from tests.factories_reasons import sheet, survey

AT = factories.AT


def add(app, *people):
    with app.app_context(), unit_of_work():
        db.session.add_all(people)
        db.session.flush()
        return [one.id for one in people]


def test_the_empty_list_leads_to_the_import(sign_in):
    page = sign_in(Role.EDITOR).get("/customers").text
    assert "まだお客さまがいません" in page
    assert 'href="/customers/imports"' in page


def test_customers_are_found_by_number_name_and_mail(app, sign_in):
    add(
        app,
        factories.customer(key="K777", name="髙橋 𠮷男", kana="タカハシ", email="yoshio@okyaku.example"),
        factories.customer(key="K001"),
    )
    browser = sign_in(Role.EDITOR)
    for words in ("k777", "Ｋ７７７", "𠮷男", "タカハシ", "yoshio@"):
        page = browser.get("/customers", query_string={"search": words}).text
        assert ("K777" in page, "K001" in page) == (True, False), words
    assert "この条件に合うお客さまはいません" in browser.get("/customers?search=%25").text


def test_a_search_with_a_nul_finds_what_the_rest_of_it_says(app, sign_in):
    add(app, factories.customer(key="K001"))
    assert "K001" in sign_in(Role.EDITOR).get("/customers?search=K0%0001").text.split("<table")[-1]


@pytest.mark.parametrize("number", ["2147483648", "9" * 30])
def test_a_segment_beyond_all_numbers_is_no_segment(sign_in, number):
    assert sign_in(Role.EDITOR).get(f"/customers?segment={number}").status_code == 404


def test_the_list_sorts_and_pages_on_the_server(app, sign_in):
    add(
        app,
        *(
            factories.customer(key=f"N{n:03d}", purchase_count=n, last_bought_on=date(2025, 1, 1))
            for n in range(120)
        ),
    )
    browser = sign_in(Role.EDITOR)
    page = browser.get("/customers?sort=-count&page=2").text
    assert "120件中 51〜100" in page
    assert page.index("N069") < page.index("N020")
    assert "N070" not in page
    assert "120件中 1〜50" in browser.get("/customers?sort=password_hash&page=0").text


def test_the_list_filters_by_state_and_kind(app, sign_in):
    add(app, factories.customer(key="GONE", state=CustomerState.LAPSED), factories.customer(key="HERE"))
    page = sign_in(Role.EDITOR).get("/customers?state=lapsed&kind=person&page=1").text
    assert ("GONE" in page, "HERE" in page) == (True, False)


def _note(statements, connection, cursor, statement, *rest):
    statements.append(statement)


def test_the_list_needs_no_more_queries_for_more_customers(app, sign_in):
    browser = sign_in(Role.EDITOR)
    seen = []
    for count in (1, 49):
        add(app, *(factories.customer() for _ in range(count)))
        with app.app_context():
            engine = db.engine
        statements = []
        listener = partial(_note, statements)
        sa.event.listen(engine, "before_cursor_execute", listener)
        browser.get("/customers")
        sa.event.remove(engine, "before_cursor_execute", listener)
        seen.append(len(statements))
    assert seen[0] == seen[1]


PRIVATE = {
    "name": "山本 花子",
    "email": "hanako@okyaku.example",
    "phone": "090-1234-5678",
    "address": "静岡県川根本町1-2-3",
}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRODUCT, Role.AUDITOR])
def test_who_may_not_see_personal_data_sees_it_masked_and_cannot_search_it(app, sign_in, role):
    (number,) = add(app, factories.customer(key="K001", kana="ヤマモト", **PRIVATE))
    browser = sign_in(role)
    pages = browser.get("/customers").text + browser.get(f"/customers/{number}").text
    assert [value for value in PRIVATE.values() if value in pages] == []
    assert "お名前" in pages
    assert "K001" not in browser.get("/customers?search=花子").text.split("<table")[-1]
    assert "この条件に合うお客さまはいません" in browser.get("/customers?search=hanako").text


@pytest.mark.parametrize(
    ("role", "seen"),
    [(Role.VIEWER, False), (Role.PRODUCT, False), (Role.AUDITOR, False), (Role.EDITOR, True)],
)
def test_free_text_of_a_list_is_for_those_who_may_see_personal_data(app, sign_in, role, seen):
    (number,) = add(app, factories.customer(attributes={"備考": "娘さんは佐藤様"}))
    with app.app_context(), unit_of_work():
        one = db.session.get(Customer, number)
        db.session.add(factories.purchase(one, date(2025, 3, 1), item="名入れ 山本様"))
        services.record_consent(one, Channel.MAIL, True, "会員登録時の同意", "090-1234-5678の電話", AT)
        seed_codebook(AT)
        autumn = reasons.add(survey())
        answered = reasons.add(sheet(autumn, reason="高い", attributes={"紹介者": "鈴木様"}))
        reasons.read_as(answered, ("高い", "price"))
    browser = sign_in(role)
    page = browser.get(f"/customers/{number}").text + browser.get("/voices").text
    assert {"備考", "紹介者"} <= set(re.findall(r"<dt>(.*?)</dt>", page))
    for words in ("佐藤様", "山本様", "090-1234-5678", "鈴木様"):
        assert (words in page) is seen, words
    assert page.count("伏せています") == (0 if seen else 4)


def test_one_customers_page_tells_history_purchases_and_who_may_write(app, sign_in):
    (number,) = add(app, factories.customer(key="K001", attributes={"会員ランク": "金"}, **PRIVATE))
    with app.app_context(), unit_of_work():
        one = db.session.get(Customer, number)
        db.session.add(factories.purchase(one, date(2025, 3, 1), 3240, item="煎茶"))
        services.recount_purchases([number])
        services.record_consent(one, Channel.MAIL, True, "会員登録時の同意", "会員.csv", AT)
        services.suppress(Channel.MAIL, one.email, SuppressionCause.BOUNCE, AT)
        services.write_timeline(number, "answered", AT, survey="離反理由の調査", number="R-0001")
    page = sign_in(Role.EDITOR).get(f"/customers/{number}").text
    for words in (*PRIVATE.values(), "会員ランク", "煎茶", "3,240円", "会員登録時の同意", "届かないアドレス"):
        assert words in page, words
    assert "「離反理由の調査」にお答えいただきました（R-0001）" in page


def test_an_editor_corrects_the_state_and_leaves_it_to_the_rule_again(app, sign_in):
    (number,) = add(app, factories.customer(last_bought_on=date(2020, 1, 1), purchase_count=3))
    with app.app_context(), unit_of_work():
        services.save_lapse_rule("", 9, 2, 0, True, None, date(2026, 11, 21), AT)
    browser = sign_in(Role.EDITOR)
    for revision, chosen, state, source in (
        (1, "active", "active", StateSource.PERSON),
        (2, "", "dormant", StateSource.RULE),
    ):
        browser.post(f"/customers/{number}/state", data={"state": chosen, "revision": revision})
        with app.app_context():
            one = db.session.get(Customer, number)
            assert (one.state, one.state_source) == (CustomerState(state), source)
    assert browser.post(f"/customers/{number}/state", data={"state": "gone"}).status_code == 422


def test_viewers_cannot_correct_strangers_are_sent_away_and_nobody_is_not_found(app, sign_in, client):
    (number,) = add(app, factories.customer())
    assert (
        sign_in(Role.VIEWER).post(f"/customers/{number}/state", data={"state": "lapsed"}).status_code == 403
    )
    assert client.get(f"/customers/{number}").status_code == 302
    assert sign_in(Role.OPERATOR).get("/customers").status_code == 403
    assert sign_in(Role.EDITOR).get("/customers/999").status_code == 404


def test_names_and_attributes_never_run_as_markup(app, sign_in):
    payload = "<img src=x onerror=alert(1)>"
    (number,) = add(app, factories.customer(name=payload, attributes={payload: payload}))
    browser = sign_in(Role.EDITOR)
    for path in ("/customers", f"/customers/{number}"):
        assert payload not in browser.get(path).text
