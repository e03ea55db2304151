"""Looking changes nothing: mail scanners, prefetchers, and those who hide a method in a header."""

import hashlib

import pytest
import sqlalchemy as sa

from app.db import db
from tests.promises.conftest import known_values, signed_in

TOUCHED_BY_GET = {"audit_log", "session", "rate_limit", "api_key"}
AGENTS = (
    {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"},
    {"User-Agent": "GoogleImageProxy"},
    {"User-Agent": "Microsoft Office SafeLinks"},
    {"User-Agent": "Barracuda Sentinel (EE)"},
    {"User-Agent": "Slackbot-LinkExpanding 1.0"},
    {"User-Agent": "facebookexternalhit/1.1", "Range": "bytes=0-1023"},
    {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"},
    {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "DELETE", "X-Method-Override": "PUT"},
    {"User-Agent": "curl/8.5.0", "Accept": "*/*", "Content-Type": "application/x-www-form-urlencoded"},
    {"User-Agent": "", "Accept": "application/json", "X-Requested-With": "XMLHttpRequest"},
)


def rows(app):
    """A hash of every row of every table that looking must not touch."""
    with app.app_context():
        db.session.rollback()
        tables = [table for table in db.metadata.sorted_tables if table.name not in TOUCHED_BY_GET]
        return {
            table.name: hashlib.sha256(repr(db.session.execute(sa.select(table)).all()).encode()).hexdigest()
            for table in tables
        }


def addresses(app):
    """Every address there is, with values that lead somewhere, and a query that asks for a change."""
    value = known_values(app)
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and rule.endpoint != "static":
                values = {
                    name: value(name, hasattr(kind, "num_convert")) for name, kind in rule._converters.items()
                }
                yield adapter.build(rule.endpoint, values, "GET")


@pytest.mark.promise("6b", "GET, HEAD and OPTIONS on every route, with ten agents, change no row")
def test_looking_at_every_page_changes_no_row(demo, administrator, tried):
    paths = sorted(set(addresses(demo)))
    stranger = demo.test_client()
    before, count = rows(demo), 0
    for headers in AGENTS:
        for path in paths:
            for method in ("GET", "HEAD", "OPTIONS"):
                for visitor in (administrator, stranger):
                    answer = visitor.open(f"{path}?_method=POST&confirm=1", method=method, headers=headers)
                    assert answer.status_code < 500, (method, path)
                    count += 1
    assert rows(demo) == before
    assert signed_in(demo)
    tried(f"{count:,} requests over {len(paths)} addresses of the demo", zeros=count)
