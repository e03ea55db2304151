"""Whatever people wrote is shown as words: no payload runs in a real browser, and nobody else is asked for anything."""

import shutil
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from app import create_app
from app.db import db, unit_of_work
from bench.serving import environment_of, serving
from tests.promises.conftest import LOGIN, known_values
from tests.stock import settings_for

RUN = "window.sung(1)"
PAYLOADS = (
    f"<script>{RUN}</script>", f"</script><script>{RUN}</script>", f"<img src=x onerror={RUN}>", f"\"><img src=x onerror={RUN}>",
    f"'><img src=x onerror={RUN}>", f"<svg onload={RUN}>", f"<svg><script>{RUN}</script></svg>", f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>", f"</style><script>{RUN}</script>", f"<iframe srcdoc=\"<script>parent.{RUN}</script>\">",
    f"<iframe src=javascript:{RUN}>", f"<a href=javascript:{RUN} autofocus onfocus={RUN}>x</a>", f"javascript:{RUN}",
    f"\" autofocus onfocus={RUN} x=\"", f"' autofocus onfocus={RUN} x='", f"<body onload={RUN}>", f"<input autofocus onfocus={RUN}>",
    f"<details open ontoggle={RUN}>", f"<video><source onerror={RUN}>", f"<math><mtext><script>{RUN}</script>", f"<object data=javascript:{RUN}>",
    f"<embed src=javascript:{RUN}>", f"<form action=javascript:{RUN}><button autofocus>x</form>", "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<img src=//evil.example/x.png>", "<script src=//evil.example/x.js></script>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>", "<style>@import '//evil.example/x.css';</style>",
    f"{{{{ {RUN} }}}}", "{{ config }}", "{% raw %}", f"${{{RUN}}}", f"&lt;script&gt;{RUN}&lt;/script&gt;", f"＜script＞{RUN}＜/script＞",
    f"<scr\0ipt>{RUN}</scr\0ipt>".replace("\0", "\u200b"), f"<x style=animation-name:a onanimationstart={RUN}>", f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>",
)  # fmt: skip
TOGETHER = 5
# Words the program itself acts on; everything else that is text is what people wrote.
KEPT = {
    "token", "code", "email", "address", "password_hash", "token_hash", "file_hash", "text_hash", "key_hash", "code_hash", "totp_secret",
    "locale", "time_zone", "source", "kind", "verb", "target", "preset", "encoding", "import_key", "claim", "version_num", "fingerprint",
    "sender_address", "seal", "channel",
}  # fmt: skip


def columns():
    """Every column that holds words of people."""
    for table in db.metadata.sorted_tables:
        unique = {
            column.name
            for one in table.constraints
            if isinstance(one, sa.UniqueConstraint)
            for column in one.columns
        }
        for column in table.columns:
            plain = isinstance(column.type, sa.String | sa.Text) and not isinstance(column.type, sa.Enum)
            if plain and column.name not in KEPT and not column.foreign_keys:
                yield table, column, column.name in unique or column.unique


def write_payloads(words):
    """Put these words into every stored field; where a field must be unique, its number follows."""
    written, given = 0, words
    for table, column, unique in columns():
        # The words of a mail hold no braces but those of a known name: no door takes them.
        words = given.replace("{{", "｛｛") if table.name == "step" else given
        tail = (
            sa.literal(" ").concat(sa.cast(table.c.id, sa.String))
            if unique and "id" in table.c
            else sa.literal("")
        )
        db.session.execute(
            sa.update(table)
            .where(column.is_not(None), column != "")
            .values({column.name: sa.literal(words).concat(tail)})
        )
        written += 1
    for survey_id, settings in db.session.execute(
        sa.text("select id, choices from question where choices <> '[]'")
    ).all():
        changed = sa.func.json_replace(settings, "$[0].label", words, "$[1].label", words)
        db.session.execute(
            sa.text("update question set choices = :new where id = :id"),
            {"new": db.session.scalar(sa.select(changed)), "id": survey_id},
        )
    return written


def paths(app):
    """Every page that answers with HTML, with values that lead somewhere."""
    value, found = known_values(app), set()
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if (
                "GET" in rule.methods
                and rule.endpoint != "static"
                and not rule.rule.endswith((".svg", "export"))
            ):
                values = {
                    name: value(name, hasattr(kind, "num_convert")) for name, kind in rule._converters.items()
                }
                found.add(adapter.build(rule.endpoint, values, "GET"))
    return sorted(found)


@pytest.mark.promise("9", "40 script payloads in every stored field, on every page, in a real browser")
def test_no_payload_runs_and_nobody_else_is_asked(told, tmp_path, browser, tried):
    for entry in told.iterdir():
        (shutil.copytree if entry.is_dir() else shutil.copy)(entry, tmp_path / entry.name)
    url = f"sqlite:///{tmp_path / 'okaeri.db'}"
    app, sung, elsewhere, opened, fields = create_app(settings_for(tmp_path)), [], [], 0, 0
    pages = paths(app)
    with serving(tmp_path, environment_of(tmp_path, url)) as web:
        context = browser.new_context(base_url=web.address)
        context.expose_function("sung", lambda _note: sung.append(page.url))
        page = context.new_page()
        page.on("dialog", lambda dialog: (sung.append(page.url), dialog.dismiss()))
        page.on(
            "request",
            lambda one: (
                elsewhere.append(one.url) if urlsplit(one.url).hostname not in (None, "127.0.0.1") else None
            ),
        )
        page.goto("/sign-in")
        page.fill("[name=email]", LOGIN["email"])
        page.fill("[name=password]", LOGIN["password"])
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/")
        for start in range(0, len(PAYLOADS), TOGETHER):
            group = PAYLOADS[start : start + TOGETHER]
            with app.app_context(), unit_of_work():
                fields = write_payloads(" ".join(group))
            for path in pages:
                answer = page.goto(path, wait_until="load")
                assert answer is None or answer.status < 500, (path, group)
                assert urlsplit(page.url).hostname == "127.0.0.1"
                opened += 1
        context.close()
    with app.app_context():
        db.engine.dispose()
    tried(
        f"{len(PAYLOADS)} payloads in {fields} columns and the labels of choices, {len(pages)} pages, opened {opened} times in Chromium",
        zeros=opened,
    )
    assert sung == []
    assert elsewhere == []
