"""Who reads decides on the language: members their own, strangers what they switch to, customers Japanese."""

import io
import re

import pytest

from app.accounts.models import Member, Role
from app.customers.models import Channel, Consent, ImportBatch
from app.db import db, unit_of_work
from tests import factories, factories_backlog, factories_surveys
from tests.factories_customers import HANAKO, YOSHIO, csv_file


@pytest.fixture
def english(sign_in):
    browser = sign_in(Role.EDITOR)
    browser.post("/language", data={"locale": "en"})
    return browser


def language(page):
    return re.search(r'<html lang="(\w+)"', page.text)[1]


def enter(client):
    return client.post("/sign-in", data={"email": "new@asagiri.example", "password": factories.PASSWORD})


def test_a_stranger_reads_japanese_whatever_the_browser_says(client):
    page = client.get("/sign-in", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert language(page) == "ja"
    assert "サインイン" in page.text


def test_the_switch_at_the_door_stays_with_the_member_who_signs_in(app, client):
    with app.app_context(), unit_of_work():
        db.session.add(factories.member(email="new@asagiri.example"))
    client.post("/language", data={"locale": "en", "next": "/sign-in"})
    assert "Sign in" in client.get("/sign-in").text
    wrong = client.post("/sign-in", data={"email": "new@asagiri.example", "password": "wrong"})
    assert "The address or password is wrong." in wrong.text
    assert enter(client).status_code == 302
    assert "Welcome back" in client.get("/").text
    elsewhere = app.test_client()
    enter(elsewhere)
    assert language(elsewhere.get("/")) == "en"


def test_a_language_chosen_in_one_browser_holds_in_the_others(app, sign_in):
    here, there = sign_in(Role.EDITOR), sign_in(Role.EDITOR)
    here.post("/language", data={"locale": "en"})
    assert language(there.get("/surveys")) == "en"
    with app.app_context():
        assert db.session.query(Member).one().locale == "en"


def test_the_next_one_at_a_browser_reads_their_own_language(app, english):
    with app.app_context(), unit_of_work():
        db.session.add(factories.member(email="new@asagiri.example"))
    english.post("/sign-out")
    assert language(english.get("/sign-in")) == "ja"
    enter(english)
    assert language(english.get("/")) == "ja"


def test_only_known_languages_are_taken(client):
    assert client.post("/language", data={"locale": "xx"}).status_code == 400


def test_customers_read_japanese_even_where_an_english_member_opens_the_link(app, english):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey()
        link = f"/s/{factories_surveys.invitation(survey).token}"
        preview = f"/surveys/{survey.id}/preview"
    for address in (link, preview, "/c", "/u/nothing"):
        page = english.get(address)
        assert language(page) == "ja", address
    assert language(english.get("/surveys")) == "en"


def test_errors_speak_the_readers_language(english, client):
    assert "Page not found" in english.get("/nothing").text
    assert "ページが見つかりません" in client.get("/nothing").text


def test_a_forms_own_messages_speak_the_readers_language(english):
    refused = english.post("/surveys", data={"preset": "churn_b2c", "name": ""})
    assert "This field is required." in refused.text
    refused = english.post("/customers/segments", data={"name": "a", "bought_after": "x"})
    assert "Not a valid date value." in refused.text


def test_english_counts_one_and_many(app, english):
    assert "1 question," in _offered(app, english, 1)
    assert "3 questions," in _offered(app, english, 3)


def _offered(app, browser, count):
    with app.app_context(), unit_of_work():
        survey = factories_surveys.survey()
        version = survey.newest_version
        version.questions = version.questions[:count]
        survey_id = survey.id
    return browser.get(f"/surveys/{survey_id}").text


def test_a_file_taken_home_has_japanese_heads_whoever_takes_it(app, english):
    with app.app_context(), unit_of_work():
        survey, reason = factories_backlog.survey(), factories_backlog.reason("price", "価格・費用対効果")
        factories_backlog.answer(survey, factories_backlog.lapsed(10_000), "送料が高い", [reason])
        ids = {"reason_id": reason.id, "survey_id": survey.id}
    assert english.post("/backlog/promote", data=ids).status_code == 302
    page = english.get(f"/backlog/export?survey={ids['survey_id']}")
    assert "Exports 1 item" in page.text
    file = english.post("/backlog/export", data={"form": "csv", "survey_id": ids["survey_id"]})
    assert file.data.decode("utf-8-sig").startswith("番号,改善項目,")


def test_an_import_speaks_to_whoever_started_it_and_its_evidence_stays_japanese(app, english, drain):
    file = io.BytesIO(csv_file(HANAKO, YOSHIO, ["K003", "森 葉子", "", "2026/2/30", ""]))
    at = english.post("/customers/imports", data={"kind": "customers", "file": (file, "a.csv")}).location
    names = ["key", "name", "email", "joined_on", "consent_mail"]
    english.post(at, data={f"columns-{place}": name for place, name in enumerate(names)})
    english.post(at.replace("/columns", "/start"))
    drain()
    with app.app_context():
        batch = db.session.query(ImportBatch).one()
        bases = {one.basis for one in db.session.query(Consent).filter_by(channel=Channel.MAIL)}
    rejected = english.post(f"/customers/imports/{batch.id}/rejected").data.decode("utf-8-sig")
    assert "Row 4, 登録日: “2026/2/30” is not a date." in rejected
    assert bases == {"取り込んだ表の「同意」"}
