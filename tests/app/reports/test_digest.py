"""定例資料: a month per department, as page, PDF and Markdown; every figure with n and a link; the same bytes again."""

import re
from datetime import UTC, date, datetime

import pytest

from app.accounts.models import Role
from app.backlog import services
from app.backlog.models import Export, Verdict
from app.db import db, unit_of_work
from app.reasons.models import Reason
from app.reports import digest_files
from app.reports.queries.digest import digest_of
from tests import factories
from tests import factories_backlog as made
from tests.app.backlog.test_exports import texts_in

MONTH = date(2026, 10, 1)
SEPTEMBER, OCTOBER = datetime(2026, 9, 10, 3, tzinfo=UTC), datetime(2026, 10, 10, 3, tzinfo=UTC)
LAST_MINUTE, TOO_LATE = datetime(2026, 10, 31, 14, 59, tzinfo=UTC), datetime(2026, 10, 31, 15, 0, tzinfo=UTC)
SAID = "送料が高くて、電話は 090-1234-5678 です"


@pytest.fixture
def told(app):
    """Price, in the hands of 物流, named by 3 of 4 in October and by 1 of 2 in September; decided and mended."""
    with app.app_context(), unit_of_work():
        survey, member = made.survey(), factories.member(name="森 健一")
        db.session.add(member)
        db.session.flush()
        price, support = made.reason("price", "価格"), made.reason("support", "応対")
        made.reason("none", "理由なし")
        price.owner, support.owner = "物流", "お客さま係"
        for at, reason in (
            (SEPTEMBER, price), (SEPTEMBER, support), (OCTOBER, price), (OCTOBER, support), (OCTOBER, price),
            (LAST_MINUTE, price), (TOO_LATE, price),
        ):  # fmt: skip
            reading = made.answer(survey, made.lapsed(10_000), SAID, [reason], at=at)
            reading.masked = [[SAID.index("090"), SAID.index(" です"), "phone"]]
        item = services.promote_reason(price, survey, member, SEPTEMBER)
        services.decide(item, Verdict.DO, "新年便から", None, member, OCTOBER)
        services.release(item, date(2026, 10, 20), None, member, OCTOBER, date(2026, 11, 1))


def test_a_month_is_told_with_n_links_and_masked_words(app, told):
    with app.app_context():
        text, again = (digest_files.digest_file("md", digest_of(MONTH)).content.decode() for _ in "ab")
        pdf, pdf_again = (digest_files.digest_file("pdf", digest_of(MONTH, "物流")).content for _ in "ab")
        own = digest_files.digest_file("md", digest_of(MONTH, "お客さま係")).content.decode()
        empty = digest_files.digest_file("md", digest_of(date(2026, 1, 1))).content.decode()
    assert (text, pdf) == (again, pdf_again)
    lines = text.splitlines()
    assert lines[0] == "# お客さまの声の定例資料 2026年10月"
    said = next(line for line in lines if line.startswith("- [価格]"))
    assert "75%（" in said
    assert "n = 3 / 4" in said
    assert "前の月 50%（1 / 2）" in said
    assert "/voices?reason=price&since=2026-10-01&until=2026-10-31" in said
    assert "  > 送料が高くて、電話は 〔電話番号〕 です" in lines
    assert re.search(r"- \[IM-001 価格\]\(http://[^)]+/backlog/1\) やる（森 健一さん、2026年10月10日）", text)
    assert re.search(r"- \[IM-001 価格\]\(http://[^)]+/backlog/1\) 2026年10月20日", text)
    assert re.search(r"- \[IM-001 価格\]\(http://[^)]+/recovery#IM-001\)", text)
    assert "人数が足りない：この声の方 0 / 3人、ほかの声の方 0 / 2人" in text
    assert ("[応対]" in own, "IM-001" in own) == (True, False)
    assert empty.count("この月はありません。") == 4
    letters, links = texts_in(pdf)
    assert set("物流お客さまの声の定例資料送料が高くて") <= letters
    assert {link.partition("://")[2].partition("/")[2] for link in links} >= {"backlog/1", "recovery#IM-001"}
    assert b"CreationDate" not in pdf


def test_it_is_seen_taken_recorded_and_taken_again(app, sign_in, told):
    viewer, auditor = sign_in(Role.VIEWER), sign_in(Role.AUDITOR)
    page = viewer.get("/reports/digest?month=2026-10&department=物流").text
    for words in ("物流 お客さまの声の定例資料 2026年10月", "3 / 4", "新年便から", "PDFで書き出す"):
        assert words in page, words
    assert "PDFで書き出す" not in auditor.get("/reports/digest").text
    assert viewer.get("/reports/digest?department=ない部署").status_code == 404
    form = {"month": "2026-10", "department": "物流", "form": "md"}
    assert auditor.post("/reports/digest", data=form).status_code == 403
    for wrong in ({"month": "2026-13"}, {"month": "2099-01"}, {"department": "ない部署"}, {"form": "exe"}):
        assert viewer.post("/reports/digest", data={**form, **wrong}).status_code == 400, wrong
    taken = viewer.post("/reports/digest", data=form)
    assert taken.headers["Content-Disposition"].endswith("okaeri-digest-2026-10.md")
    with app.app_context(), unit_of_work():
        kept = db.session.query(Export).one()
        assert (kept.kind, kept.filters["department"], "送料" in str(kept.content)) == (
            "digest-md",
            "物流",
            False,
        )
        db.session.query(Reason).filter_by(code="price").one().label = "値段"
        number = kept.id
    assert viewer.post(f"/backlog/exports/{number}/file").data == taken.data
    assert "2026年10月分・物流" in viewer.get("/backlog/exports").text
