"""The house rules that can be read off the source: who commits, who asks the time, sizes, names."""

import ast
import re
from pathlib import Path

from app.config import ROOT

FOLDERS = ("app", "analysis", "forms", "migrations", "tests", "bench")
LONGEST_FILE = 400
BANNED_FILES = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "data",
    "info",
    "process",
    "misc",
    "common",
    "constants",
}


def sources(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def name(path):
    return str(path.relative_to(ROOT))


def calls(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def test_only_the_edge_commits():
    allowed = {"app/db.py", "app/jobs.py"}
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources("app", "forms", "analysis")
        if name(path) not in allowed
        for node, called in calls(path)
        if called.endswith((".commit", "session.begin"))
    ]
    assert found == []


def test_only_the_clock_asks_the_time():
    asking = re.compile(r"(datetime\.(now|utcnow|today)|date\.today|time\.time)$")
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources("app", "forms", "analysis")
        if name(path) != "app/clock.py"
        for node, called in calls(path)
        if asking.search(called)
    ]
    assert found == []


def test_only_config_reads_the_environment():
    allowed = {"app/config.py", "app/serve.py"}
    found = [
        name(path)
        for path in sources("app", "forms", "analysis")
        if name(path) not in allowed and re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_services_queries_and_models_know_neither_flask_nor_forms():
    layers = re.compile(r"app/\w+/(services|queries|models)(/|\.py)")
    imports = re.compile(r"^\s*(from|import) (flask|forms)(\.| |$)", re.MULTILINE)
    found = [
        name(path)
        for path in sources("app")
        if layers.match(name(path)) and imports.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_file_outgrows_its_thing():
    found = [
        f"{name(path)}: {lines}"
        for path in sources(*FOLDERS)
        if "migrations/versions" not in str(path)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert found == []


def test_no_file_is_named_after_nothing():
    assert [name(path) for path in sources(*FOLDERS) if path.stem in BANNED_FILES] == []


def test_queries_are_named_as_the_answer_they_give():
    found = [
        f"{name(path)}: {node.name}"
        for path in sources("app")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and re.match(r"_?(get|fetch)_", node.name)
    ]
    assert found == []


def test_templates_hold_no_inline_style_and_no_inline_script():
    inline = re.compile(r"\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE)
    found = [
        f"{name(path)}: {match.group(0)}"
        for path in sorted((ROOT / "app/templates").rglob("*.html"))
        if (match := inline.search(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_a_percent_sign_in_a_sentence_of_a_template_is_doubled():
    # Jinja fills every sentence, also one without placeholders: a single % ends in an error page.
    sentence = re.compile(r"""\b_\(\s*(["'])(.*?)\1""", re.DOTALL)
    found = [
        f"{name(path)}: {match[2]}"
        for path in sorted((ROOT / "app/templates").rglob("*.html"))
        for match in sentence.finditer(path.read_text(encoding="utf-8"))
        if re.search(r"%(?!\(\w+\)[sd])", match[2].replace("%%", ""))
    ]
    assert found == []


def test_top_level_holds_what_the_house_allows():
    allowed = {
        "pyproject.toml", "wsgi.py", "README.md", "Makefile", "LICENSE", "app", "analysis", "forms", "migrations",
        "tests", "docs", "bench", "deploy", "requirements", "instance", "build", "__pycache__",
    }  # fmt: skip
    assert [
        p.name for p in Path(ROOT).iterdir() if p.name not in allowed and not p.name.startswith(".")
    ] == []
