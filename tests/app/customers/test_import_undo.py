"""Undo of an import takes back exactly what it brought, and says what stays because people have worked on it."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock, jobs
from app.accounts.models import Role
from app.audit import AuditEntry
from app.customers import importers, services
from app.customers.jobs import imports_that_stand_still
from app.customers.models import (
    Channel,
    Consent,
    Contact,
    Customer,
    CustomerState,
    ImportBatch,
    ImportChange,
    ImportKind,
    ImportState,
    Purchase,
    StateSource,
    TimelineEntry,
)
from app.db import db, unit_of_work
from app.errors import EditClash
from tests import factories
from tests.factories_customers import HANAKO, YOSHIO, csv_file, imported, received
from tests.factories_imports import outcome, standing, undone

COMPANY = ["顧客番号", "会社名", "氏名", "部署", "メール", "契約終了日", "年額"]
ORDERS = ["顧客番号", "注文番号", "購入日", "金額", "商品"]


def customer(key):
    return db.session.scalar(sa.select(Customer).where(Customer.key == key))


KEYS = st.sampled_from(["K1", "K2", "K3", "K4", "K5"])
DAYS = st.sampled_from(["2024/5/1", "2026/3/2", "2026/11/1", ""])
PEOPLE = st.fixed_dictionaries(
    {
        "顧客番号": KEYS,
        "氏名": st.sampled_from(["山本 花子", "髙橋 健", ""]),
        "メール": st.sampled_from(["a@okyaku.example", "b@okyaku.example", ""]),
        "登録日": DAYS,
        "同意": st.sampled_from(["○", "×", ""]),
        "苦情": st.sampled_from(["○", "×", ""]),
        "解約日": DAYS,
        "店舗": st.sampled_from(["静岡", "掛川", ""]),
    }
)
COMPANIES = st.fixed_dictionaries(
    {
        "顧客番号": st.sampled_from(["K1", "C1", "C2"]),
        "会社名": st.sampled_from(["喫茶たなか", "茶房すずき"]),
        "氏名": st.sampled_from(["田中 一郎", "鈴木 次郎"]),
        "部署": st.sampled_from(["仕入", "経理"]),
        "メール": st.sampled_from(["t@cafe.example", "s@cafe.example", ""]),
        "契約終了日": DAYS,
        "年額": st.sampled_from(["480,000", ""]),
        "メール同意": st.sampled_from(["○", "×", ""]),
    }
)
BOUGHT = st.fixed_dictionaries(
    {
        "顧客番号": st.sampled_from(["K1", "K2", "K3", "C1"]),
        "注文番号": st.sampled_from(["A-1", "A-2", "A-3", "A-4"]),
        "購入日": st.sampled_from(["2025/1/10", "2026/3/2", "2026/11/1"]),
        "金額": st.sampled_from(["3,000", "-500", "12,000"]),
        "商品": st.sampled_from(["煎茶", "ほうじ茶", ""]),
    }
)
FILES = st.one_of(
    *(
        st.tuples(st.just(kind), st.lists(rows, min_size=1, max_size=6))
        for kind, rows in (
            (ImportKind.CUSTOMERS, PEOPLE),
            (ImportKind.CUSTOMERS, COMPANIES),
            (ImportKind.PURCHASES, BOUGHT),
        )
    )
)


def take(file):
    kind, rows = file
    header = list(rows[0])
    batch = received(
        csv_file(*([row[name] for name in header] for row in rows), header=header), kind, started=False
    )
    mapping = importers.suggest_mapping(batch)
    if "店舗" in header:
        mapping["attributes"] = ["店舗"]
    with unit_of_work():
        importers.start_import(db.session.get_one(ImportBatch, batch.id), mapping, clock.now())
    jobs.drain()
    return batch


@pytest.mark.usefixtures("context")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=FILES, second=FILES, third=FILES)
def test_what_stood_before_an_import_stands_again_after_its_undo(first, second, third):
    with unit_of_work():
        services.save_lapse_rule("", 9, 1, 0, True, None, clock.today(), clock.now())
    take(first)
    before = standing()
    last = take(second)
    batch = undone(last)
    assert (batch.state, batch.kept_count) == (ImportState.UNDONE, 0)
    after = standing()
    for name, rows in before.items():
        assert after[name] == rows, name
    assert take(third)


@pytest.mark.usefixtures("context")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=FILES, files=st.lists(FILES, min_size=2, max_size=3))
def test_imports_undone_newest_first_leave_what_stood_before_them_all(first, files):
    take(first)
    before = standing()
    for batch in reversed([take(file) for file in files]):
        assert undone(batch).kept_count == 0
    assert standing() == before


@pytest.mark.usefixtures("context")
def test_new_customers_go_and_changed_ones_are_as_before():
    imported(csv_file(HANAKO))
    before = standing()
    moved = ["K001", "山本 はなこ", "hana@okyaku.example", "2024/5/1", "×"]
    batch = imported(csv_file(moved, YOSHIO))
    plan = importers.preview_undo(batch)
    assert (plan.removed_count, plan.restored_count, plan.kept_count) == (1, 1, 0)
    assert outcome(undone(batch)) == (1, 1, 0)
    assert standing() == before


@pytest.mark.usefixtures("context")
def test_somebody_who_was_spoken_with_stays_with_the_reason():
    batch = imported(csv_file(HANAKO, YOSHIO))
    with unit_of_work():
        services.record_fact(customer("K001").id, "contacted", Channel.MAIL.value, "campaign:1", clock.now())
    plan = importers.preview_undo(batch)
    assert (plan.removed_count, plan.kept_count, dict(plan.words)) == (1, 1, {"history": 1})
    assert outcome(undone(batch)) == (1, 0, 1)
    assert customer("K002") is None
    assert customer("K001").email == "hanako@okyaku.example"
    (kept,) = importers.kept_rows(batch)
    assert (kept.name, importers.why(kept.word)) == ("K001", "やりとりの記録があります")
    assert db.session.scalar(sa.select(sa.func.count(Consent.id))) == 1


@pytest.mark.usefixtures("context")
def test_what_a_person_changed_on_a_row_stays_and_the_rest_of_it_goes_back():
    imported(csv_file(HANAKO))
    batch = imported(csv_file(["K001", "山本 はな", "hana@okyaku.example", "2020/1/1", "○"]))
    with unit_of_work():
        customer("K001").name = "山本 華子"
    assert outcome(undone(batch)) == (0, 0, 1)
    hanako = customer("K001")
    assert (hanako.name, hanako.email, hanako.joined_on) == (
        "山本 華子",
        "hanako@okyaku.example",
        date(2024, 5, 1),
    )
    assert [kept.word for kept in importers.kept_rows(batch)] == ["edited"]


@pytest.mark.usefixtures("context")
def test_a_state_a_member_has_set_keeps_the_customer(sign_in, app):
    batch = imported(csv_file(HANAKO, YOSHIO))
    number = customer("K001").id
    with unit_of_work():
        db.session.get_one(Customer, number).state = CustomerState.LAPSED
        db.session.get_one(Customer, number).state_source = StateSource.PERSON
    assert outcome(undone(batch)) == (1, 0, 1)


@pytest.mark.usefixtures("context")
def test_what_a_later_import_wrote_over_stays_and_its_own_undo_leads_past_the_first():
    imported(csv_file(HANAKO))
    second = imported(csv_file(["K001", "第二の名", "", "2024/5/1", "○"]))
    third = imported(csv_file(["K001", "第三の名", "", "2024/5/1", "○"]))
    assert outcome(undone(second)) == (0, 0, 1)
    assert customer("K001").name == "第三の名"
    assert customer("K001").email == "hanako@okyaku.example"
    assert [kept.word for kept in importers.kept_rows(second)] == ["later_import"]
    undone(third)
    assert customer("K001").name == "山本 花子"


@pytest.mark.usefixtures("context")
def test_customers_stay_while_purchases_of_another_file_hang_on_them_and_go_after_those():
    people = imported(csv_file(HANAKO, YOSHIO))
    orders = imported(
        csv_file(["K001", "A-1", "2026/3/2", "3,000", "煎茶"], header=ORDERS), ImportKind.PURCHASES
    )
    assert importers.preview_undo(people).words == {"purchase": 1}
    assert outcome(undone(orders)) == (1, 0, 0)
    assert customer("K001").purchase_total == 0
    assert outcome(undone(people)) == (2, 0, 0)


@pytest.mark.usefixtures("context")
def test_nobody_has_returned_by_a_purchase_that_was_never_made():
    imported(csv_file(HANAKO))
    imported(csv_file(["K001", "A-1", "2024/3/2", "3,000", "煎茶"], header=ORDERS), ImportKind.PURCHASES)
    with unit_of_work():
        services.save_lapse_rule("", 9, 1, 0, True, None, clock.today(), clock.now() - timedelta(days=30))
        customer("K001").state_at = clock.now() - timedelta(days=30)
    assert customer("K001").state is CustomerState.DORMANT
    before = standing()
    today = f"{clock.today():%Y/%m/%d}"
    wrong = imported(csv_file(["K001", "A-2", today, "3,000", ""], header=ORDERS), ImportKind.PURCHASES)
    assert customer("K001").state is CustomerState.RETURNED
    undone(wrong)
    assert customer("K001").state is CustomerState.DORMANT
    assert standing() == before


@pytest.mark.usefixtures("context")
def test_a_contact_a_file_added_to_an_account_goes_and_the_account_stays():
    row = ["C1", "喫茶たなか", "田中 一郎", "仕入", "tanaka@cafe.example", "2027/3/31", "480,000"]
    imported(csv_file(row, header=COMPANY))
    before = standing()
    other = ["C1", "喫茶たなか", "鈴木 次郎", "経理", "suzuki@cafe.example", "2028/3/31", "500,000"]
    batch = imported(csv_file(other, header=COMPANY))
    assert db.session.scalar(sa.select(sa.func.count(Contact.id))) == 2
    assert customer("C1").yearly_revenue == 500_000
    assert outcome(undone(batch)) == (0, 1, 0)
    assert standing() == before


@pytest.mark.usefixtures("context")
def test_undoing_twice_is_told_and_changes_nothing():
    batch = imported(csv_file(HANAKO))
    undone(batch)
    with pytest.raises(EditClash, match="もう取り消してあります"):
        importers.ask_undo(batch, None, clock.now())
    with unit_of_work():
        assert not importers.carry_out_undo(batch.id, clock.now())
    verbs = db.session.scalars(sa.select(AuditEntry.verb).where(AuditEntry.subject_id == batch.id)).all()
    assert verbs.count("undone") == 1


@pytest.mark.usefixtures("context")
def test_a_cancelled_import_leaves_nothing():
    imported(csv_file(HANAKO))
    before = standing()
    rows = [[f"N{number:04d}", "だれか", "", "2024/5/1", "○"] for number in range(1_200)]
    batch = received(csv_file(["K001", "別の名", "", "2024/5/1", "○"], *rows))
    with unit_of_work():
        walk = importers.open_walk(batch.id, clock.now())
    with unit_of_work():
        assert walk.take_chunk(clock.now(), importers.rejected_path_of(batch))
    with unit_of_work():
        assert importers.cancel_import(db.session.get_one(ImportBatch, batch.id), None, clock.now())
    jobs.drain()
    with unit_of_work():
        assert not walk.take_chunk(clock.now(), importers.rejected_path_of(batch))
    db.session.expire_all()
    batch = db.session.get_one(ImportBatch, batch.id)
    assert (batch.state, batch.removed_count, batch.restored_count) == (ImportState.CANCELLED, 499, 1)
    assert standing() == before
    assert db.session.scalar(sa.select(sa.func.count(ImportChange.id))) == 0


@pytest.mark.usefixtures("context")
def test_a_lost_bell_is_rung_again_by_the_sweep():
    batch = imported(csv_file(HANAKO))
    with unit_of_work():
        importers.ask_undo(batch, None, clock.now() - timedelta(minutes=3))
        db.session.info.pop("after_commit")
    assert ("undo_import", (batch.id,)) in list(imports_that_stand_still())


def test_a_member_sees_what_would_go_undoes_and_reads_what_stayed(app, sign_in, drain):
    browser = sign_in(Role.EDITOR)
    with app.app_context():
        batch = imported(csv_file(HANAKO, YOSHIO), name="顧客_11月.csv")
        with unit_of_work():
            services.write_timeline(customer("K001").id, "answered", clock.now(), survey="秋", number="R-1")
    page = f"/customers/imports/{batch.id}"
    assert "取り消す" in browser.get(page).text
    preview = browser.get(f"{page}/undo").text
    assert "K001" in preview
    assert "やりとりの記録があります" in preview
    assert browser.post(f"{page}/undo").status_code == 302
    assert "取り消しています" in browser.get(page).text
    drain()
    text = browser.get(page).text
    assert "取り消しました" in text
    assert "K001" in text
    again = browser.post(f"{page}/undo")
    assert again.status_code == 409
    assert "もう取り消してあります" in again.text


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.EDITOR, 302)])
def test_only_who_may_edit_undoes(app, sign_in, role, status):
    browser = sign_in(role)
    with app.app_context():
        batch = imported(csv_file(HANAKO))
    assert browser.post(f"/customers/imports/{batch.id}/undo").status_code == status
    assert browser.post("/customers/imports/999999/undo").status_code in (403, 404)


@pytest.mark.usefixtures("context")
def test_lines_of_other_customers_stay():
    with unit_of_work():
        other = factories.customer()
        db.session.add(other)
        db.session.flush()
        services.write_timeline(other.id, "answered", clock.now(), survey="秋", number="R-1")
    undone(imported(csv_file(HANAKO)))
    assert db.session.scalar(sa.select(sa.func.count(TimelineEntry.id))) == 1
    assert db.session.scalar(sa.select(sa.func.count(Purchase.id))) == 0
