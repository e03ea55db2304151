"""The audit log shows who did what when, to those who may see it, without a customer's words or name."""

import ast
from datetime import timedelta

import pytest

from app import audit
from app.accounts import audit_words
from app.accounts.models import Member, Role
from app.config import ROOT
from app.db import db, unit_of_work
from tests.conftest import NOW


def note(app, verb="exported", subject="backlog", at=NOW, **detail):
    with app.app_context(), unit_of_work():
        member = db.session.query(Member).filter_by(role=Role.AUDITOR).one()
        audit.record(verb, subject, 7, member.id, at, **detail)


def test_an_auditor_reads_who_did_what(app, sign_in):
    auditor = sign_in(Role.AUDITOR)
    note(app, kind="xlsx", rows=12)
    page = auditor.get("/settings/audit").text
    for words in ("書き出した", "改善項目の一覧 7", "中村 あゆみ", "XLSX、12行", "サインインした"):
        assert words in page, words


def test_what_somebody_typed_is_not_shown(app, sign_in):
    auditor = sign_in(Role.AUDITOR)
    note(
        app, "changed", "customer", what="山本 花子", email="hanako@okyaku.example", kind="山本", count="多い"
    )
    page = auditor.get("/settings/audit").text
    assert "変えた" in page
    assert not any(word in page for word in ("山本", "okyaku", "多い"))


def test_it_is_narrowed_and_paged(app, sign_in):
    auditor = sign_in(Role.AUDITOR)
    for number in range(60):
        note(app, "approved", "campaign", NOW - timedelta(days=400 + number))
    assert "承認した" not in auditor.get("/settings/audit?subject=survey").text
    assert "承認した" not in auditor.get("/settings/audit?days=30").text
    assert "承認した" not in auditor.get("/settings/audit?member=0").text
    found = auditor.get("/settings/audit?subject=campaign&page=2").text
    assert "60件中 51〜60" in found
    assert auditor.get("/settings/audit?member=x&days=x&subject=x&page=x").status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_leads_only_where_the_role_may_go(app, sign_in, role):
    browser = sign_in(role)
    page = browser.get("/", follow_redirects=True).text  # who only calls is led to the calls
    menu = page[page.index('class="menu-items"') : page.index('class="menu-foot"')]
    links = [part.split('"')[0] for part in menu.split('href="')[1:]]
    assert "/" in links
    assert [link for link in links if browser.get(link, follow_redirects=True).status_code != 200] == []
    assert ("/settings/audit" in links) == (role in (Role.ADMINISTRATOR, Role.AUDITOR))


def test_every_act_that_is_recorded_has_its_words():
    missing = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                said = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args[:2]]
                known = (audit_words.VERBS, audit_words.SUBJECTS)
                missing |= {
                    word for word, words in zip(said, known, strict=True) if word and word not in words
                }
    assert missing == set()
