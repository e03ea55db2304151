"""What a template may do: words and loops, no arithmetic and no query."""

import pytest
from jinja2 import Environment, nodes

from app.config import ROOT

TEMPLATES = sorted((ROOT / "app/templates").rglob("*.html"))
SUMS = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Pow)
PARSER = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])


def tree(path):
    return PARSER.parse(path.read_text(encoding="utf-8"))


def puts_lists_together(node):
    return isinstance(node, nodes.Add) and next(node.find_all(nodes.List), None) is not None


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "app/templates")))
def test_a_template_reckons_nothing(path):
    root = tree(path)
    lists = {
        id(part)
        for node in root.find_all(nodes.Add)
        if puts_lists_together(node)
        for part in (node, *node.find_all(nodes.Add))
    }
    assert [node.lineno for node in root.find_all(SUMS) if id(node) not in lists] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "app/templates")))
def test_a_template_asks_no_database(path):
    asked = {"query", "session", "execute", "scalars", "filter_by", "db"}
    found = [
        (node.lineno, node.attr) for node in tree(path).find_all(nodes.Getattr) if node.attr in asked
    ] + [(node.lineno, node.name) for node in tree(path).find_all(nodes.Name) if node.name in asked]
    assert found == []
