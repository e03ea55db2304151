"""A file of customers comes in: matched, looked at, taken; what cannot be taken comes back with its reason."""

import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app import clock, jobs
from app.accounts.models import Role
from app.customers import importers, queries, services
from app.customers.jobs import imports_that_stand_still
from app.customers.models import (
    Channel,
    Consent,
    Customer,
    CustomerKind,
    ImportBatch,
    ImportState,
    Suppression,
    SuppressionCause,
)
from app.db import db, unit_of_work
from tests.factories_customers import HANAKO, HEADER, YOSHIO, counts, csv_file, imported, received

COMPANY = ["顧客番号", "会社名", "氏名", "部署", "メール", "契約終了日", "年額"]


def customer(key):
    return db.session.scalar(sa.select(Customer).where(Customer.key == key))


def upload(browser, content, kind="customers", name="顧客.csv"):
    return browser.post("/customers/imports", data={"kind": kind, "file": (io.BytesIO(content), name)})


def test_a_file_walks_from_upload_to_result_in_the_browser(app, sign_in, drain):
    browser = sign_in(Role.EDITOR)
    at = upload(browser, csv_file(HANAKO, YOSHIO, encoding="cp932")).location
    page = browser.get(at).text
    assert "山本 花子" in page
    fields = {
        f"columns-{place}": name
        for place, name in enumerate(["key", "name", "email", "joined_on", "consent_mail"])
    }
    for name in fields.values():
        assert f'<option selected value="{name}">' in page
    preview = browser.post(at, data=fields, follow_redirects=True)
    assert "2行を取り込む" in preview.text
    assert "2024-05-01" in preview.text
    start = at.replace("/columns", "/start")
    result = browser.post(start)
    assert "順番を待っています" in browser.get(result.location).text
    drain()
    assert "すべての行を取り込みました。" in browser.get(f"{result.location}/progress").text
    with app.app_context():
        assert customer("K002").joined_on == date(2024, 5, 1)
        assert customer("K001").email == "hanako@okyaku.example"


@pytest.mark.usefixtures("context")
def test_the_same_file_and_its_twin_in_another_encoding_change_nothing():
    assert counts(imported(csv_file(HANAKO, YOSHIO))) == (2, 0, 0, 0)
    assert counts(imported(csv_file(HANAKO, YOSHIO))) == (0, 0, 2, 0)
    assert counts(imported(csv_file(HANAKO, YOSHIO, encoding="cp932"))) == (0, 0, 2, 0)
    assert db.session.scalar(sa.select(sa.func.count(Consent.id))) == 2


@pytest.mark.usefixtures("context")
def test_only_matched_columns_are_written_over():
    imported(csv_file(HANAKO))
    batch = imported(csv_file(["K001", "山本 はな"], header=["顧客番号", "氏名"]))
    assert counts(batch) == (0, 1, 0, 0)
    assert (customer("K001").name, customer("K001").email) == ("山本 はな", "hanako@okyaku.example")


@pytest.mark.usefixtures("context")
def test_a_wrong_row_comes_back_with_row_and_column_and_the_others_are_kept():
    wrong = [["K003", "佐藤", "sato@okyaku.example", "2026/2/30", "○"], ["", "名無し", "", "", ""]]
    other = ["K001", "別の人", "", "", ""]
    batch = imported(csv_file(HANAKO, *wrong, YOSHIO, other))
    assert counts(batch) == (2, 0, 0, 3)
    text = importers.rejected_path_of(batch).read_text(encoding="utf-8-sig")
    assert text.splitlines() == [
        "取り込めなかった理由," + ",".join(HEADER),
        "3行目「登録日」：「2026/2/30」は日付ではありません。,K003,佐藤,sato@okyaku.example,2026/2/30,○",
        "4行目「顧客番号」：空のため、だれの行か分かりません。,,名無し,,,",
        "6行目「顧客番号」：「K001」は2行目にもあり、内容が違います。,K001,別の人,,,",
    ]


@pytest.mark.usefixtures("context")
def test_a_mended_rejected_file_comes_in_as_it_is():
    batch = imported(csv_file(HANAKO, ["K003", "=佐藤", "", "2026/2/30", ""]))
    mended = importers.rejected_path_of(batch).read_bytes().replace(b"2026/2/30", b"2026/2/28")
    assert counts(imported(mended)) == (1, 0, 0, 0)
    assert customer("K003").name == "=佐藤"


@pytest.mark.usefixtures("context")
def test_a_company_becomes_an_account_with_contacts_and_contract():
    rows = [
        ["C1", "喫茶たなか", "田中 一郎", "仕入", "tanaka@cafe.example", "2027/3/31", "480,000"],
        ["C1", "喫茶たなか", "鈴木 次郎", "経理", "suzuki@cafe.example", "2027/3/31", "480,000"],
    ]
    assert counts(imported(csv_file(*rows, header=COMPANY))) == (1, 1, 0, 0)
    cafe = customer("C1")
    assert (cafe.kind, cafe.name, cafe.email) == (CustomerKind.ACCOUNT, "喫茶たなか", "tanaka@cafe.example")
    assert (cafe.account.contract_ends_on, cafe.yearly_revenue) == (date(2027, 3, 31), 480_000)
    assert [(one.name, one.is_primary) for one in cafe.contacts] == [
        ("田中 一郎", True),
        ("鈴木 次郎", False),
    ]
    assert counts(imported(csv_file(*rows, header=COMPANY))) == (0, 0, 2, 0)


@pytest.mark.usefixtures("context")
def test_consent_goes_to_the_ledger_with_the_file_as_evidence():
    imported(csv_file(HANAKO, YOSHIO), name="会員_11月.csv")
    entry = db.session.scalar(sa.select(Consent).where(Consent.customer_id == customer("K001").id))
    assert (entry.granted, entry.basis, entry.evidence) == (
        True,
        "取り込んだ表の「同意」",
        "会員_11月.csv の2行目",
    )
    assert queries.has_consent(customer("K001").id, Channel.MAIL)
    assert not queries.has_consent(customer("K002").id, Channel.MAIL)


@pytest.mark.usefixtures("context")
def test_an_old_list_does_not_bring_back_who_opted_out():
    imported(csv_file(HANAKO))
    with unit_of_work():
        hanako = customer("K001")
        services.suppress(Channel.MAIL, "ＨＡＮＡＫＯ@okyaku.example", SuppressionCause.OPT_OUT, clock.now())
        services.record_consent(hanako, Channel.MAIL, False, "停止のお申し出", "", clock.now())
    assert counts(imported(csv_file(HANAKO))) == (0, 0, 1, 0)
    assert not queries.has_consent(hanako.id, Channel.MAIL)
    assert queries.is_suppressed(Channel.MAIL, "Hanako@okyaku.example")
    assert db.session.scalar(sa.select(sa.func.count(Suppression.id))) == 1


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("channel", [Channel.MAIL, Channel.LETTER])
def test_a_withdrawn_consent_comes_back_only_with_a_later_day_of_consent(channel):
    header = ["顧客番号", "メール", "メール同意" if channel is Channel.MAIL else "郵送同意", "同意日"]
    imported(csv_file(["K001", "hanako@okyaku.example", "○", ""], header=header))
    hanako = customer("K001")
    with unit_of_work():
        services.record_consent(hanako, channel, False, "お電話でのお申し出", "", clock.now())
    now, day = clock.now(), clock.today()
    for said, holds in (("", False), (day - timedelta(days=400), False), (day, False)):
        imported(csv_file(["K001", "hanako@okyaku.example", "○", str(said)], header=header))
        assert queries.has_consent(hanako.id, channel) is holds, said
    with unit_of_work():
        db.session.execute(sa.update(Consent).where(Consent.at <= now).values(at=now - timedelta(days=9)))
    later = day - timedelta(days=2)
    imported(csv_file(["K001", "hanako@okyaku.example", "○", str(later)], header=header))
    assert queries.has_consent(hanako.id, channel)


@pytest.mark.usefixtures("context")
def test_whose_stored_mail_or_contact_opted_out_gives_no_consent_by_a_row_with_another_mail():
    header = ["顧客番号", "会社名", "メール", "同意", "同意日"]
    for key, name, mail in (
        ("K001", "", "hanako"),
        ("C1", "喫茶たなか", "tanaka"),
        ("C1", "喫茶たなか", "suzuki"),
    ):
        imported(csv_file([key, name, f"{mail}@okyaku.example", "", ""], header=header))
    with unit_of_work():
        for mail in ("hanako", "suzuki"):
            services.suppress(Channel.MAIL, f"{mail}@okyaku.example", SuppressionCause.OPT_OUT, clock.now())
    rows = [
        ["K001", "", "new@okyaku.example", "○", "2026/1/5"],
        ["C1", "喫茶たなか", "tanaka@okyaku.example", "○", "2026/1/5"],
    ]
    imported(csv_file(*rows, header=header))
    assert customer("K001").email == "new@okyaku.example"
    assert not queries.has_consent(customer("K001").id, Channel.MAIL)
    assert not queries.has_consent(customer("C1").id, Channel.MAIL)


@pytest.mark.usefixtures("context")
def test_the_name_of_a_file_loses_its_nul():
    assert received(csv_file(HANAKO), name="会\x00員.csv", started=False).file_name == "会員.csv"


@pytest.mark.usefixtures("context")
def test_columns_are_matched_as_last_time_for_the_same_header():
    header = ["番号X", "呼び名"]
    first = received(csv_file(["1", "佐藤"], header=header), started=False)
    assert importers.suggest_mapping(first) == {"attributes": []}
    with unit_of_work():
        importers.start_import(first, {"key": "番号X", "name": "呼び名"}, clock.now())
    second = received(csv_file(["2", "鈴木"], header=header), started=False)
    assert importers.suggest_mapping(second) == {"key": "番号X", "name": "呼び名", "attributes": []}


@pytest.mark.usefixtures("context")
def test_a_trial_tells_what_would_happen_and_stores_nothing():
    imported(csv_file(HANAKO))
    bad = ["K009", "", "no mail", "", ""]
    batch = received(csv_file(["K001", "山本 はな", *HANAKO[2:]], YOSHIO, bad), started=False)
    with unit_of_work():
        importers.choose_mapping(batch, importers.suggest_mapping(batch), clock.now())
    trial = importers.try_import(batch, clock.now())
    assert dict(trial.counts) == {"changed": 1, "new": 1, "rejected": 1}
    assert trial.problems[0].reason == "4行目「メール」：「no mail」はメールアドレスの形になっていません。"
    assert customer("K002") is None


def many(count, *more, wrong_every=300):
    rows = [
        [f"K{n:05d}", f"名前{n}", "", "2026/2/30" if n % wrong_every == 7 else "", ""] for n in range(count)
    ]
    return csv_file(*rows, *more)


@pytest.mark.usefixtures("context")
def test_a_worker_that_died_is_followed_by_one_that_takes_each_row_once():
    batch = received(many(1299, ["K00003", "別の人", "", "", ""]))
    path = importers.rejected_path_of(batch)
    with unit_of_work():
        walk = importers.open_walk(batch.id, clock.now())
    with unit_of_work():
        walk.take_chunk(clock.now(), path)
    with path.open("ab") as file:
        file.write("書きかけの行".encode() * 100)
    jobs.drain()
    db.session.rollback()
    db.session.refresh(batch)
    assert (batch.state, batch.done_count, *counts(batch)) == (ImportState.DONE, 1300, 1294, 0, 0, 6)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert [line.split("行目")[0] for line in lines[1:]] == ["9", "309", "609", "909", "1209", "1301"]


@pytest.mark.usefixtures("context")
def test_two_workers_on_one_file_take_no_row_twice():
    batch = received(many(1200))
    path = importers.rejected_path_of(batch)
    with unit_of_work():
        one, other = importers.open_walk(batch.id, clock.now()), importers.open_walk(batch.id, clock.now())
    with unit_of_work():
        assert one.take_chunk(clock.now(), path)
    with unit_of_work():
        assert not other.take_chunk(clock.now(), path)
    for _ in range(2):
        with unit_of_work():
            one.take_chunk(clock.now(), path)
    db.session.refresh(batch)
    assert (batch.state, *counts(batch)) == (ImportState.DONE, 1196, 0, 0, 4)


@pytest.mark.usefixtures("context")
def test_a_cancelled_import_keeps_what_was_taken_and_stops():
    batch = received(many(1200))
    with unit_of_work():
        walk = importers.open_walk(batch.id, clock.now())
    with unit_of_work():
        walk.take_chunk(clock.now(), importers.rejected_path_of(batch))
    with unit_of_work():
        assert importers.cancel_import(batch, None, clock.now())
    with unit_of_work():
        assert not walk.take_chunk(clock.now(), importers.rejected_path_of(batch))
    assert db.session.scalar(sa.select(sa.func.count(Customer.id))) == 498
    assert db.session.get(ImportBatch, batch.id).state is ImportState.CANCELLED


@pytest.mark.usefixtures("context")
def test_a_file_nobody_has_touched_for_two_minutes_is_rung_again():
    batch = received(csv_file(HANAKO))
    assert list(imports_that_stand_still()) == []
    with unit_of_work():
        batch.touched_at = clock.now() - timedelta(minutes=3)
    db.session.flush()
    assert list(imports_that_stand_still()) == [("run_import", (batch.id,))]


@pytest.mark.usefixtures("context")
def test_a_file_that_is_gone_fails_in_words():
    batch = received(csv_file(HANAKO))
    importers.table_of(batch)
    importers.batches.uploads.path_of(batch).unlink()
    jobs.drain()
    db.session.rollback()
    db.session.refresh(batch)
    assert (batch.state, batch.problem[:20]) == (
        ImportState.FAILED,
        "アップロードされたファイルが見つかりませ",
    )


@pytest.mark.usefixtures("context")
def test_rows_longer_than_the_header_and_cells_beyond_the_limit_are_rejected():
    batch = imported(
        csv_file([*HANAKO, "余り"], ["K002", "あ" * 10_001, "", "", ""], ["K003", "い" * 121, "", "", ""])
    )
    text = importers.rejected_path_of(batch).read_text(encoding="utf-8-sig")
    assert counts(batch) == (0, 0, 0, 3)
    assert "2行目：見出しより列が多くあります。" in text
    assert "3行目「氏名」：10,000文字を超えています。" in text
    assert "4行目「氏名」：120文字までです。" in text


def test_the_rejected_file_is_handed_out_and_recorded(app, sign_in):
    with app.app_context():
        batch = imported(csv_file(HANAKO, ["", "", "x@okyaku.example", "", ""]))
    answer = sign_in(Role.EDITOR).post(f"/customers/imports/{batch.id}/rejected")
    assert answer.status_code == 200
    assert answer.data.startswith("\ufeff取り込めなかった理由".encode())
    with app.app_context():
        verbs = db.session.execute(
            sa.text("SELECT verb FROM audit_log WHERE subject = 'import_batch'")
        ).scalars()
        assert "exported" in list(verbs)


def test_a_file_of_the_wrong_kind_is_told_on_the_page(sign_in):
    answer = upload(sign_in(Role.EDITOR), b"%PDF-1.7", name="会員.pdf")
    assert answer.status_code == 422
    assert "「会員.pdf」は表のファイルではありません。" in answer.text


def test_a_column_chosen_twice_or_no_key_is_told_on_the_page(sign_in):
    browser = sign_in(Role.EDITOR)
    at = upload(browser, csv_file(HANAKO)).location
    twice = {"columns-0": "key", "columns-1": "key", "columns-2": "", "columns-3": "", "columns-4": ""}
    answer = browser.post(at, data=twice)
    assert (answer.status_code, "「顧客番号」と「氏名」に、同じ項目" in answer.text) == (422, True)
    answer = browser.post(at, data={**twice, "columns-0": "", "columns-1": "name"})
    assert (answer.status_code, "「顧客番号」にあたる列を選んでください。" in answer.text) == (422, True)


def test_only_editors_import_and_a_missing_file_is_not_found(app, sign_in, client):
    with app.app_context():
        batch = received(csv_file(HANAKO))
    for path in ("/customers/imports", f"/customers/imports/{batch.id}"):
        assert sign_in(Role.EDITOR).get(path).status_code == 200
        assert sign_in(Role.VIEWER).get(path).status_code == 403
        assert client.get(path).status_code == 302
    assert sign_in(Role.EDITOR).get("/customers/imports/999").status_code == 404
