"""The codebook: every change makes a version, merging moves what was said and gives it back, files come in whole."""

import csv
import io

import pytest

from app.accounts.models import Role
from app.customers.models import CustomerFact
from app.db import db
from app.edits import Overtaken
from app.errors import BadInput, EditClash
from app.reasons import queries, services
from app.reasons.engine import OwnCode
from app.reasons.models import Coding, Reason
from app.reasons.models_codebook import CodebookVersion
from app.reasons.services import codebook_files
from app.reasons.services.learning import own_codes
from tests import factories
from tests.app.reasons.conftest import LATER, add, read_as, reading_of, reason
from tests.conftest import NOW
from tests.factories_reasons import sheet

ENTRY = {
    "label": "茶筒が開けにくい",
    "seal": "筒",
    "parent_id": None,
    "definition": "茶筒や袋が開けにくい、閉めにくい",
    "examples": ["缶のふたが固くて開きません", "", "缶のふたが固くて開きません", "袋の口が切れない"],
    "counter_examples": ["急須が重い"],
    "owner": "商品企画",
    "recoverability": "high",
}


@pytest.fixture
def member(context):
    return add(factories.member(name="森"))


def versions():
    return [(one.number, one.verb) for one in db.session.query(CodebookVersion).order_by("number")]


def reasons_of(reading):
    return [coding.reason.code for clause in reading.clauses for coding in clause.codings]


def test_every_change_is_the_next_version_with_who_what_why_and_the_whole_codebook(autumn, member):
    assert versions() == [(1, "began")]
    own = services.add_to_codebook(ENTRY, member, NOW, "電話で多い")
    assert own.examples == ["缶のふたが固くて開きません", "袋の口が切れない"]
    assert own_codes() == [OwnCode(own.code, own.label, own.definition, tuple(own.examples))]
    below = {**ENTRY, "parent_id": reason("usability").id, "label": "入れ物"}
    services.change_reason(own, below, member, LATER, own.revision)
    price = reason("price")
    services.change_reason(price, {**services.standing_entry(price), "label": "値段"}, member, LATER)
    services.retire_reason(price, member, LATER, note="値段のことは聞かない")
    assert versions() == [(1, "began"), (2, "added"), (3, "changed"), (4, "changed"), (5, "retired")]
    assert services.change_reason(own, below, member, LATER) is None  # the same form sent twice
    second, third, last = (queries.version_numbered(number) for number in (2, 3, 5))
    assert (second.member_id, second.note, second.detail["label"]) == (
        member.id,
        "電話で多い",
        ENTRY["label"],
    )
    assert third.detail["after"] == {"label": "入れ物", "parent_id": reason("usability").id}
    then, now = ({one["code"]: one for one in version.content} for version in (second, last))
    assert (then["price"]["label"], then[own.code]["parent"]) == ("価格・費用対効果", None)
    assert (now["price"]["label"], now["price"]["active"], now[own.code]["parent"]) == (
        "値段",
        False,
        "usability",
    )
    services.return_reason(price, member, LATER)
    assert price.active


def test_what_does_not_fit_is_refused_and_changes_nothing(autumn, member):
    own = services.add_to_codebook({**ENTRY, "parent_id": reason("price").id}, member, NOW)
    none, price = reason("none"), reason("price")
    wrong = [
        {"label": ""},
        {"label": "価格・費用対効果"},
        {"seal": "二字"},
        {"parent_id": own.id},
        {"parent_id": none.id},
        {"parent_id": 999},
        {"examples": ["長" * 201]},
    ]
    for change in wrong:
        with pytest.raises(BadInput):
            services.change_reason(own, {**services.standing_entry(own), **change}, member, LATER)
    with pytest.raises(BadInput, match="2段"):
        services.change_reason(
            price, {**services.standing_entry(price), "parent_id": reason("quality").id}, member, LATER
        )
    with pytest.raises(BadInput, match="1件"):
        services.retire_reason(price, member, LATER)
    with pytest.raises(BadInput):
        services.retire_reason(none, member, LATER)
    with pytest.raises(BadInput):
        services.merge_reasons(none, price, member, LATER)
    assert versions() == [(1, "began"), (2, "added")]


def test_the_second_of_two_editors_is_told(autumn, member):
    price, other = reason("price"), add(factories.member(name="佐藤"))
    shown = price.revision
    services.change_reason(price, {**services.standing_entry(price), "label": "値段"}, member, NOW, shown)
    with pytest.raises(Overtaken, match="森さん"):
        services.change_reason(
            price, {**services.standing_entry(price), "label": "お金"}, other, LATER, shown
        )
    with pytest.raises(Overtaken, match="森さん"):
        services.retire_reason(price, other, LATER, shown)
    assert price.label == "値段"


@pytest.fixture
def spoken(autumn, heard):
    """Three answers: delivery alone, delivery and quality in one clause, quality alone."""
    person = add(factories.customer())
    first = add(sheet(autumn, reason="届くのが遅い。", customer_id=person.id))
    read_as(first, ("届くのが遅い。", "delivery"))
    both = heard("箱が潰れて味も落ちた。", ("箱が潰れて味も落ちた。", "delivery"))
    both.clauses[0].codings.append(
        Coding(reason=reason("quality"), coder="run", probability=0.6, because=[], at=NOW)
    )
    third = heard("味が落ちた。", ("味が落ちた。", "quality"))
    db.session.commit()
    return reading_of(first), both, third


def facts(code):
    return db.session.query(CustomerFact).filter_by(kind="reason", value=code).count()


def test_a_merged_reason_gives_all_it_had_to_its_heir_and_takes_it_back(autumn, spoken, member):
    delivery, quality = reason("delivery"), reason("quality")
    before = [(one.main_reason_id, reasons_of(one)) for one in spoken]
    assert facts("delivery") == 1
    done = services.merge_reasons(delivery, quality, member, NOW, delivery.revision, "同じ部署")
    assert services.merge_reasons(delivery, quality, member, NOW) is done  # sent twice
    assert (delivery.active, delivery.merged_into_id, done.detail["count"]) == (False, quality.id, 2)
    assert [reasons_of(one) for one in spoken] == [["quality"]] * 3
    assert {one.main_reason.code for one in spoken} == {"quality"}
    assert (facts("delivery"), facts("quality")) == (0, 1)
    assert [row.count for row in queries.reasons_by_mentions(autumn.id).rows] == [3]
    assert queries.family_of(delivery.id) == [quality.id]
    undone = services.undo_merge(done, member, LATER)
    assert (undone.returned, undone.staying) == (2, 0)
    assert [(one.main_reason_id, sorted(reasons_of(one))) for one in spoken] == [
        (main, sorted(codes)) for main, codes in before
    ]
    assert (delivery.active, delivery.merged_into_id, facts("delivery")) == (True, None, 1)
    with pytest.raises(EditClash):
        services.undo_merge(done, member, LATER)


def test_what_people_decided_after_a_merge_stays_when_it_is_undone(autumn, spoken, heard, member):
    first, both, _third = spoken
    delivery, quality = reason("delivery"), reason("quality")
    services.confirm_reading(both, member, NOW)
    done = services.merge_reasons(delivery, quality, member, NOW)
    services.confirm_reading(first, member, LATER)
    fresh = heard("箱が濡れていた。", ("箱が濡れていた。", "delivery"))  # read while the heir stands for it
    assert reasons_of(fresh) == ["quality"]
    services.undo_last(both, member, LATER)  # what stood before it, in the heir's name
    assert reasons_of(both) == ["quality"]
    undone = services.undo_merge(done, member, LATER)
    assert (undone.returned, undone.staying) == (0, 2)
    assert (reasons_of(first), first.confirmed_by_id) == (["quality"], member.id)


def test_merges_in_a_row_lead_to_the_last_heir_and_are_undone_in_turn(autumn, spoken, member):
    delivery, quality, price = reason("delivery"), reason("quality"), reason("price")
    one = services.merge_reasons(delivery, quality, member, NOW)
    two = services.merge_reasons(quality, price, member, NOW)
    assert queries.heirs_of_merged() == {delivery.id: price.id, quality.id: price.id}
    assert queries.reasons_by_code()["delivery"] == price.id
    with pytest.raises(EditClash, match="先に"):
        services.undo_merge(one, member, LATER)
    services.undo_merge(two, member, LATER)
    services.undo_merge(one, member, LATER)
    assert sorted(reasons_of(spoken[0])) == ["delivery"]


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def as_file(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, codebook_files.COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def test_the_codebook_goes_out_as_csv_and_comes_back_whole_or_not_at_all(autumn, member):
    services.add_to_codebook({**ENTRY, "definition": '=HYPERLINK("x")'}, member, NOW)
    content = codebook_files.export_codebook()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = rows_of(content)
    own = next(row for row in rows if row["理由"] == ENTRY["label"])
    assert (len(rows), own["定義"][:2], own["当てはまる例"].count("\n")) == (12, "'=", 1)
    again = codebook_files.import_codebook(content, "codebook.csv", member, LATER)
    assert (again.added, again.changed, versions()[-1]) == (0, 0, (2, "added"))
    rows[0] |= {"理由": "値段", "担当の部署": "営業"}
    fresh = dict.fromkeys(codebook_files.COLUMNS, "") | {"理由": "送料", "上の理由のコード": "price"}
    wrong = [
        {**rows[1], "理由": ""},
        {**fresh, "コード": "no-such"},
        {**rows[2], "取り戻しやすさ": "そこそこ"},
    ]
    with pytest.raises(codebook_files.BadRows) as told:
        codebook_files.import_codebook(as_file([rows[0], fresh, *wrong]), "a.csv", member, LATER)
    assert [one.row for one in told.value.rows] == [4, 5, 6]
    assert (reason("price").label, db.session.query(Reason).count()) == ("価格・費用対効果", 12)
    taken = codebook_files.import_codebook(as_file([fresh, rows[0]]), "a.csv", member, LATER)
    assert (taken.added, taken.changed, versions()[-1]) == (1, 1, (3, "imported"))
    assert db.session.query(Reason).filter_by(label="送料").one().parent is reason("price")
    with pytest.raises(codebook_files.BadRows) as told:  # taken home before the change of the line above
        codebook_files.import_codebook(as_file([rows[0]]), "a.csv", member, LATER)
    assert "森さん" in told.value.rows[0].sentence
    hanging = {**rows_of(codebook_files.export_codebook())[0], "使用": "使わない"}
    with pytest.raises(codebook_files.BadRows):
        codebook_files.import_codebook(as_file([hanging]), "a.csv", member, LATER)


def test_the_screens_say_what_was_done_and_let_nobody_change_who_may_not(app, queue, sign_in):
    editor, viewer = sign_in(Role.EDITOR), sign_in(Role.VIEWER)
    with app.app_context():
        price, trust = (queries.reason_by_code(code) for code in ("price", "trust"))
    page = editor.get("/reasons/codebook")
    assert "第1版" in page.text
    sent = {
        "label": "値段",
        "seal": "値",
        "parent_id": "",
        "recoverability": "low",
        "note": "短く",
        "revision": 1,
    }
    for browser, status in ((viewer, 403), (editor, 303)):
        assert browser.post(f"/reasons/codebook/{price.id}", data=sent).status_code == status
    clash = editor.post(f"/reasons/codebook/{price.id}", data={**sent, "label": "お金"})
    assert clash.status_code == 409
    assert 'value="お金"' in clash.text
    assert editor.post("/reasons/codebook/new", data={**sent, "label": ""}).status_code == 422
    assert editor.post("/reasons/codebook/new", data={**sent, "label": "送料"}).status_code == 303
    merge = {"heir": trust.id, "revision": 2}
    assert viewer.post(f"/reasons/codebook/{price.id}/merge", data=merge).status_code == 403
    assert editor.post(f"/reasons/codebook/{price.id}/merge", data={**merge, "heir": ""}).status_code == 422
    assert editor.post(f"/reasons/codebook/{price.id}/merge", data=merge).status_code == 303
    page = editor.get("/reasons/codebook").text
    assert "「不信・解約のしにくさ」にまとめました" in page
    assert 'action="/reasons/codebook/versions/4/undo-merge"' in page
    versions = viewer.get("/reasons/codebook/versions").text
    assert ("短く" in versions, "第4版" in versions) == (True, True)
    assert "価格・費用対効果" in viewer.get("/reasons/codebook/versions/1").text
    assert viewer.post("/reasons/codebook/versions/4/undo-merge").status_code == 403
    assert editor.post("/reasons/codebook/versions/4/undo-merge").status_code == 303
    assert editor.post(f"/reasons/codebook/{trust.id}/retire", data={"revision": 1}).status_code == 303
    assert editor.post(f"/reasons/codebook/{trust.id}/return").status_code == 303
    file = viewer.post("/reasons/codebook/export")
    assert (file.status_code, file.mimetype) == (200, "text/csv")
    bad = {"file": (io.BytesIO("理由,使用\n値段２,たぶん\n".encode()), "a.csv")}
    told = editor.post("/reasons/codebook/import", data=bad)
    assert (told.status_code, "2行目" in told.text) == (422, True)
    for path in ("99999", "versions/99999", "versions/99999999999"):
        assert editor.get(f"/reasons/codebook/{path}").status_code == 404
