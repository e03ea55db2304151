"""The texts people read: as templates and code ask for them, and as the English catalogue holds them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from app.config import ROOT

PO = ROOT / "app/translations/en/LC_MESSAGES/messages.po"
MO = PO.with_suffix(".mo")
JAPANESE = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff\uff01-\uff60\u3000-\u3011〜]")
WORD = re.compile(r"[A-Za-z]{2,}")
MARKUP = re.compile(r'[\w-]+="[^"]*"|[a-z-]+')  # what macros write into a tag: attributes, names of classes
READ_ALOUD = {"placeholder", "title", "alt", "aria-label", "label"}
ASKED_IN_CODE = {"_", "_l", "_n", "pgettext"}
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "_n": (1, 1)}  # as in the Makefile
PARSER = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])


def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def compile_catalogue() -> None:
    """Make the catalogue that runs, where the written one is newer."""
    if not MO.exists() or MO.stat().st_mtime < PO.stat().st_mtime:
        with MO.open("wb") as file:
            write_mo(file, catalogue())


@cache
def asked_for() -> set[tuple[str | None, str, bool]]:
    """Every text that templates and code ask for: (place, text, whether its English depends on a number)."""
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    found = set()
    for folder in ("app", "forms"):
        for _, _, message, _, place in extract_from_dir(ROOT / folder, methods, keywords=KEYWORDS):
            text = message if isinstance(message, str) else message[0]
            found.add((place, text, not isinstance(message, str)))
    return found


@dataclass(frozen=True)
class Written:
    """A text that does not go through the catalogue."""

    place: str
    text: str


class _Shown(HTMLParser):
    """What a reader sees or hears of a page: words between tags, and those of attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        if not re.fullmatch(rf"(\s|>|{MARKUP.pattern})*", data):
            self.words.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words += [
            value or "" for name, value in attrs if name in READ_ALOUD or JAPANESE.search(value or "")
        ]


def written_in_template(path: Path) -> Iterator[Written]:
    """The words a template writes itself, and the Japanese ones among its values."""
    tree, place = PARSER.parse(path.read_text(encoding="utf-8")), str(path.relative_to(ROOT))
    shown = _Shown()
    shown.feed("".join(part.data for part in tree.find_all(nodes.TemplateData)))
    yield from (Written(place, word) for word in shown.words if JAPANESE.search(word) or WORD.search(word))
    asked = {
        id(value)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in ASKED_IN_CODE
        for value in call.find_all(nodes.Const)
    }
    for value in tree.find_all(nodes.Const):
        if isinstance(value.value, str) and JAPANESE.search(value.value) and id(value) not in asked:
            yield Written(place, value.value)


def written_in_code(path: Path) -> Iterator[Written]:
    """The Japanese texts of a module that are no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKED_IN_CODE:
            left_out |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Expr):
            left_out.add(id(node.value))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in left_out:
            continue
        if JAPANESE.search(node.value):
            yield Written(str(path.relative_to(ROOT)), node.value)
