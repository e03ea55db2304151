"""Bad input gets a clear answer: whatever is sent to whatever door, it is refused or taken, soon, and never breaks."""

import ast
import io
import json
import re
import resource
import time
from collections import Counter
from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa
from pwdlib import PasswordHash

from app.accounts.models import Member, RateLimit, Role
from app.config import ROOT
from app.db import db, unit_of_work
from tests.promises.conftest import LOGIN, known_values, signed_in

SLOWEST_SECONDS, MOST_GROWTH = 2.0, 300 * 2**20
SIGNS_OUT = {"accounts.sign_out", "accounts.own_password", "accounts.change_password"}
STRINGS = (
    "", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\ufeff", "\u202e逆さ", "\r\nBcc: x@y.example", "\x1b[2J",
    "' OR 1=1 --", "'; drop table customer; --", "%s%s%n%x", "{{7*7}}", "${7*7}", "{0.__class__}", "../../etc/passwd",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "=1+1", "@SUM(1)", "＝1＋1",
    "-1", "0", "1e309", "NaN", "Infinity", "-0.0", "9" * 40, "１２３", "٣", "²", "1_000", "0x10", str(2**31), str(2**63),
    "true", "null", "[]", "{}", "[[[[[[[[", "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "令和99年99月99日",
    "a" * 4001, "あ" * 10_000, "à" * 3, "a" + "\u0301" * 4000, "ー" * 4000, "　" * 4000, "ﷺ" * 2000, "👨‍👩‍👧‍👦" * 300,
    "髙𠮷①㈱", "\u2028\u2029", "\u00ad", "a@b", "@", "a@" + "b" * 300 + ".example", "http://169.254.169.254/", "//x",
    "\\\\server\\share", "con", ".", "..", "/", "?x=1&y=2", "#", "%00", "%ff%fe", "\ufffe", "\U0010ffff", "ｶﾞ" * 500,
)  # fmt: skip
FILES = (
    b"", b"\0" * 10_000, b"PK\x03\x04" + b"\0" * 200, b"\xff\xfea\0b\0", "顧客番号,氏名\nK1,".encode() + b"\xff\xfe",
    b"a,b\n" + b"x," * 5000, b'a,b\n"never closed', b"\n" * 5000, "顧客番号\n".encode("cp932") + b"\x81",
    b"%PDF-1.7", b"\xd0\xcf\x11\xe0" + b"\0" * 600, json.dumps({"pages": [{"elements": [{"type": "x"}] * 900}]}).encode(),
    ("[" * 3000 + "]" * 3000).encode(), b'{"title": "\\ud800"}', "顧客番号,メール\nK1,a@b.example\n".encode(),
)  # fmt: skip


def field_names():
    """Every name a form has or a view reads."""
    found = {
        "csrf_token",
        "revision",
        "q_nps",
        "q_main_reason",
        "q_reason_text",
        "file",
        "next",
        "page",
        "sort",
    }
    for path in (ROOT / "forms").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Call)
                and "Field" in ast.unparse(node.value.func)
            ):
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    read = re.compile(r"request\.(?:form|args|values|files)(?:\.get|\.getlist)?[\[(]\s*\"(\w+)\"")
    for path in (ROOT / "app").rglob("*.py"):
        found |= set(read.findall(path.read_text(encoding="utf-8")))
    return sorted(found)


class Attacker:
    """Draws a request: a door, a method, addresses and fields that hold nearly anything."""

    def __init__(self, app, rng):
        self.rng, self.value, self.names = rng, known_values(app), field_names()
        self.rules = [
            rule for rule in app.url_map.iter_rules() if rule.endpoint not in {"static", *SIGNS_OUT}
        ]

    def text(self):
        drawn = self.rng.choice(STRINGS)
        return drawn + self.rng.choice(STRINGS)[:200] if self.rng.random() < 0.2 else drawn

    def path(self, rule):
        parts = []
        for is_dynamic, part in rule._trace:
            if not is_dynamic:
                parts.append(part)
            elif self.rng.random() < 0.7:
                parts.append(str(self.value(part, hasattr(rule._converters[part], "num_convert"))))
            else:
                parts.append(self.text().replace("/", "_")[:300])
        return quote("".join(parts).lstrip("|"), errors="surrogatepass") or "/"

    def form(self):
        drawn = []
        for name in self.rng.sample(self.names, min(len(self.names), self.rng.randint(0, 12))):
            for _time in range(self.rng.choice((1, 1, 1, 3))):
                drawn.append(
                    (name, self.rng.choice(("1", "あ", "a@okyaku.example", self.text(), self.text())))
                )
        return drawn

    def request(self):
        rule = self.rng.choice(self.rules)
        method = self.rng.choice(sorted(rule.methods - {"OPTIONS"}))
        if self.rng.random() < 0.03:
            method = self.rng.choice(("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"))
        asked = {"path": self.path(rule), "method": method, "query_string": encoded(self.form())}
        if method not in ("GET", "HEAD"):
            asked |= self.body()
        return rule, asked

    def body(self):
        kind = self.rng.random()
        if kind < 0.1:
            return {
                "data": self.rng.choice(FILES),
                "content_type": self.rng.choice(("application/json", "text/xml", "multipart/form-data", "x")),
            }
        if kind < 0.25:
            form = {name: whole(text) for name, text in self.form()}
            form["file"] = (io.BytesIO(self.rng.choice(FILES)), whole(self.text())[:200] or "a.csv")
            return {"data": form}
        return {"data": encoded(self.form()), "content_type": "application/x-www-form-urlencoded"}


def let_in_again(app):
    """The administrator, who was signed out, renamed or locked out by what was sent."""
    with app.app_context(), unit_of_work():
        db.session.execute(sa.delete(RateLimit))
        right = {"email": LOGIN["email"], "role": Role.ADMINISTRATOR, "active": True}
        hashed = PasswordHash.recommended().hash(LOGIN["password"])
        first = sa.select(sa.func.min(Member.id)).scalar_subquery()
        db.session.execute(sa.update(Member).where(Member.id == first).values(password_hash=hashed, **right))
    return signed_in(app)


def encoded(pairs):
    """As a form is sent, halves of characters included."""
    return urlencode(pairs, errors="surrogatepass")


def whole(text):
    """What a multipart form can hold at all."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


@pytest.mark.promise(
    "17a", "10,000 hostile inputs over every input point: no 5xx, none over 2 s, memory bounded", small=False
)
def test_whatever_is_sent_to_whatever_door_is_answered(demo, rng, trials, tried, capfd):
    attacker, browsers = Attacker(demo, rng), [signed_in(demo), demo.test_client()]
    kinds, doors, before = Counter(), set(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    failed, slow = [], []
    for number in range(trials(10_000)):
        rule, asked = attacker.request()
        began = time.process_time()
        answer = browsers[number % 4 == 3].open(**asked)
        seconds = time.process_time() - began
        kinds[answer.status_code // 100] += 1
        doors.add(rule.rule)
        if answer.status_code >= 500:
            failed.append((answer.status_code, rule.rule, asked["method"], repr(asked)[:600]))
        if seconds > SLOWEST_SECONDS:
            slow.append((round(seconds, 1), rule.rule, repr(asked)[:300]))
        if number % 100 == 0 and browsers[0].get("/settings").status_code != 200:
            browsers[0] = let_in_again(demo)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    tried(
        f"{sum(kinds.values()):,} requests at {len(doors)} addresses: {dict(sorted(kinds.items()))}; memory +{grown >> 20} MB",
        zeros=sum(kinds.values()),
    )
    assert failed == []
    assert slow == []
    assert grown < MOST_GROWTH


@pytest.mark.promise("17a", "JSON however deep is no failure", small=True)
@pytest.mark.parametrize("path", ["/sign-in", "/c", "/surveys", "/settings/organisation"])
def test_json_however_deep_breaks_no_form(app, sign_in, path):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    deep = "[" * 3000 + "]" * 3000
    answer = sign_in().post(path, data=deep, content_type="application/json")
    assert answer.status_code < 500
