"""Log lines hold the verb and ids, never what a person wrote or is called."""

import ast
import io
import json
import logging

import pytest

from app.config import ROOT

# What a line may carry: row numbers, counts, states and kinds of errors.
FIELDS = {
    "batch_id", "campaign", "count", "exc_info", "heir", "ids", "member", "message", "name", "part", "reading",
    "reason", "reference", "run", "state", "survey", "theme", "verb", "within",
}  # fmt: skip
# Whatever is read off these ends is an identifier, an enumeration or a count.
PLAIN = (".id", ".value", "_id", "ids", "name", "verb", "reference", "error", "cause", "True")
CANARY = "田中花子 090-0000-0001 hanako@asagiri.example 送料が高い"


def log_calls():
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log."):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_a_log_line_is_a_fixed_verb_with_known_fields():
    found = []
    for place, call in log_calls():
        if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant):
            found.append(f"{place}: the verb is not a fixed word")
        for field in call.keywords:
            if field.arg not in FIELDS:
                found.append(f"{place}: {field.arg}")
            value = ast.unparse(field.value)
            if not value.startswith("len(") and not value.endswith(PLAIN):
                found.append(f"{place}: {field.arg}={value}")
    assert found == []


@pytest.fixture
def written(capfd, app, client):
    """Return a function: what standard error holds after a page failed in that way."""

    def after(fail):
        fail.access = app.view_functions["accounts.show_sign_in"].access
        app.config["PROPAGATE_EXCEPTIONS"] = False
        app.view_functions["accounts.show_sign_in"] = fail
        page = client.get("/sign-in")
        assert page.status_code == 500
        assert not [word for word in CANARY.split() if word in page.text]
        return capfd.readouterr().err

    return after


def test_an_error_is_logged_by_kind_and_place_without_what_it_quotes(written):
    def fail():
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise ValueError(f"invalid: {CANARY}") from error

    (line,) = written(fail).splitlines()
    assert not [word for word in CANARY.split() if word in line]
    told = json.loads(line)
    assert told["event"] == "failed"
    assert told["reference"]
    assert [word for word in told["error"] if word.endswith("Error")] == ["KeyError", "ValueError"]
    assert "test_logs.py" in told["error"][-1]


def test_a_line_of_a_library_leaves_the_message_out_too(app):
    written = io.StringIO()
    app.logger.handlers[0].setStream(written)
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("huey").exception("Unhandled exception in task %s.", 7)
    told = written.getvalue()
    assert "ValueError" in told
    assert "task 7" in told
    assert not [word for word in CANARY.split() if word in told]
