"""One meaning each: tables, columns, classes and functions speak the words of docs/glossary.md."""

import ast
import re
from enum import Enum

import pytest
import sqlalchemy as sa

from app.config import ROOT
from app.db import Instant, db

# A word that says nothing about the thing.
EMPTY = {"util", "utils", "helper", "helpers", "manager", "data", "info", "process", "misc", "common"}
PREDICATES = ("is_", "has_", "may_")
# docs/promises.md names these tables; the classes would clash with Flask's and SQLAlchemy's words.
OWN_TABLE_NAMES = {"audit_log", "session"}
# Hooks that WTForms, SQLAlchemy and HTMLParser call by these names.
HOOKS = {
    "handle_data",
    "process_bind_param",
    "process_result_value",
    "process_formdata",
    "process",
    "process_data",
}
# Older than the rule; each is an answer to a question the page asks in these very words.
PREDICATE_COLUMNS = {"organisation.is_demo", "contact.is_primary", "customer.has_grievance"}


def models():
    return sorted(db.Model.registry.mappers, key=lambda mapper: mapper.class_.__name__)


def columns(kind):
    return [
        f"{mapper.local_table.name}.{column.name}"
        for mapper in models()
        for column in mapper.local_table.columns
        if isinstance(column.type, kind)
    ]


def definitions(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def words(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_")


@pytest.mark.usefixtures("app")
def test_a_table_is_named_like_its_class():
    found = [
        f"{mapper.class_.__name__}: {mapper.local_table.name}"
        for mapper in models()
        if "_".join(words(mapper.class_.__name__)) != mapper.local_table.name
        and mapper.local_table.name not in OWN_TABLE_NAMES
    ]
    assert found == []


@pytest.mark.usefixtures("app")
def test_every_table_is_a_word_of_the_glossary():
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    known = set(re.findall(r"\w+", " ".join(re.findall(r"^\| ([^|]+) \|", glossary, re.MULTILINE))))
    assert [m.class_.__name__ for m in models() if m.class_.__name__ not in known] == []


@pytest.mark.usefixtures("app")
def test_instants_end_in_at_and_days_in_on():
    assert [name for name in columns(Instant) if not re.search(r"[._]at$", name)] == []
    assert [name for name in columns(sa.Date) if not name.endswith("_on")] == []


@pytest.mark.usefixtures("app")
def test_a_truth_is_an_adjective():
    named = {name for name in columns(sa.Boolean) if name.split(".")[1].startswith(PREDICATES)}
    assert named <= PREDICATE_COLUMNS


def test_an_enumeration_is_stored_as_its_words():
    bare = {Enum.__name__, "IntEnum", "Flag", "IntFlag"}
    found = [
        f"{place}: {node.name}"
        for place, node in definitions("app", "analysis", "forms")
        if isinstance(node, ast.ClassDef) and bare & {ast.unparse(base).split(".")[-1] for base in node.bases}
    ]
    assert found == []


def test_no_name_is_empty_of_meaning():
    found = [
        f"{place}: {node.name}"
        for place, node in definitions("app", "analysis", "forms", "bench", "tests")
        if not node.name.startswith("test_") and node.name not in HOOKS and EMPTY & set(words(node.name))
    ]
    assert found == []


def test_whoever_answers_is_a_respondent_and_whoever_signs_in_a_member():
    found = [
        f"{place}: {node.name}"
        for place, node in definitions("app", "forms")
        if {"user", "users"} & set(words(node.name))
    ]
    assert found == []


def test_a_silenced_check_says_why():
    silenced = re.compile(r"#\s*(noqa(: [A-Z]+\d+(, ?[A-Z]+\d+)*)?|type: ignore(\[[\w, -]+\])?)(.*)$")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in ("app", "analysis", "forms", "bench", "migrations", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := silenced.search(line)) and len(match[5].strip(" -#")) < 8
    ]
    assert found == []
