"""The house rules that need the whole application: access marks, GET, migrations."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from werkzeug.routing import IntegerConverter

from app.accounts.access import RIGHTS, Right
from app.accounts.models import Role
from app.config import ROOT
from app.db import db

TOUCHED_BY_GET = {"audit_log", "session", "rate_limit", "api_key"}
AGENTS = ("Mozilla/5.0", "GoogleImageProxy", "Outlook SafeLinks", "curl/8.0")


def views(app):
    return {rule.endpoint: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}


def test_every_route_carries_its_access_mark(app):
    unmarked = [name for name, view in views(app).items() if name != "static" and not hasattr(view, "access")]
    assert unmarked == []


@pytest.mark.parametrize("role", list(Role))
def test_every_member_route_lets_in_whom_its_right_names_and_nobody_else(app, sign_in, role):
    browser = sign_in(role)
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "access", None)
        if access is None or access.kind != "member" or rule.endpoint == "accounts.sign_out":
            continue
        method = "POST" if "GET" not in rule.methods else "GET"
        values = {name: 999999 if numeric else "nothing" for name, numeric in converters(rule)}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values, method)
        status = browser.open(path, method=method).status_code
        allowed = not access.rights or bool(access.rights & RIGHTS[role])
        assert (status != 403) == allowed, f"{role} {method} {rule.rule}: {status}"


def converters(rule):
    """(name, is it a number) of each part of an address."""
    return [(name, isinstance(found, IntegerConverter)) for name, found in rule._converters.items()]


def test_nobody_signed_out_reaches_a_member_page(app, client):
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "access", None)
        if access and access.kind == "member" and "GET" in rule.methods and not rule.arguments:
            answer = client.get(rule.rule)
            assert (answer.status_code, "/sign-in" in answer.headers["Location"]) == (302, True), rule.rule


def test_every_right_is_held_by_the_administrator_or_is_a_dispute():
    assert RIGHTS[Role.ADMINISTRATOR] == set(Right) - {Right.DISPUTE}


def counts(app):
    with app.app_context():
        tables = [table for table in db.metadata.sorted_tables if table.name not in TOUCHED_BY_GET]
        return {t.name: db.session.scalar(sa.select(sa.func.count()).select_from(t)) for t in tables}


@pytest.mark.parametrize("agent", AGENTS)
def test_get_head_and_options_change_nothing(app, sign_in, agent):
    browser = sign_in(Role.ADMINISTRATOR)
    before = counts(app)
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods:
            continue
        values = {name: 1 if numeric else "nothing" for name, numeric in converters(rule)}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values, "GET")
        for method in ("GET", "HEAD", "OPTIONS"):
            browser.open(path, method=method, headers={"User-Agent": agent, "X-HTTP-Method-Override": "POST"})
    assert counts(app) == before


def is_modelled(name, kind, parents):
    """SQLite's full-text index brings tables of its own; PostgreSQL's stands on the columns of one that is modelled."""
    return not (name or "").startswith(("search_index", "ix_search_text"))


def test_migrations_match_the_models(app):
    with app.app_context(), db.engine.connect() as connection:
        seen = {"compare_type": True, "render_as_batch": True, "include_name": is_modelled}
        context = MigrationContext.configure(connection, opts=seen)
        assert compare_metadata(context, db.metadata) == []


def test_migrations_form_one_line_and_are_named_after_their_revision():
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    for script in scripts.walk_revisions():
        assert Path(script.path).stem == script.revision
        assert re.fullmatch(r"\d{4}_[a-z_]{1,27}", script.revision)


def test_migrations_go_down_and_up_again(app):
    from flask_migrate import downgrade, upgrade

    with app.app_context():
        db.session.remove()
        downgrade(revision="base")
        tables = set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert tables == set()
        upgrade()


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_no_table_can_hold_is_no_page(app, sign_in, number):
    browser = sign_in(Role.ADMINISTRATOR)
    for path in ("customers", "campaigns", "surveys", "backlog", "reports/surveys", "responses/imports"):
        assert browser.get(f"/{path}/{number}").status_code == 404, path
    promoted = browser.post("/backlog/promote", data={"reason_id": number, "survey_id": number})
    assert promoted.status_code == 400


def test_an_error_page_stands_without_the_database(app, client):
    with app.app_context():
        db.session.execute(sa.text("drop table organisation"))
        db.session.connection().connection.commit()
    answer = client.get("/sign-in")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "ただいま混み合っています" in answer.text


def test_only_uploads_may_be_large(client, sign_in):
    heavy = {"email": "a@b.example", "password": "x" * 400_000}
    assert client.post("/sign-in", data=heavy).status_code == 413
