"""Files for people and programs: JSON, Markdown."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.backlog.exporters.table import HEADS, Table
from app.i18n import gettext as _


def export_json(table: Table) -> bytes:
    """A list of objects under stable English names."""
    return json.dumps([_object(table, line) for line in table.lines], ensure_ascii=False, indent=1).encode()


def _object(table: Table, line: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: line[name] for name in HEADS if name != "quotes"}
    return {
        "id": line["id"],
        "title": line["title"],
        **values,
        "unit": "yen" if table.in_yen else "people",
        "quotes": table.quotes_of(line),
    }


def export_markdown(table: Table) -> bytes:
    """One section per item, with its figures and voices."""
    parts = [f"# {_('改善項目')}\n"]
    for line in table.lines:
        parts.append(f"## {line['id']} {on_one_line(line['title'])}\n")
        parts += [*facts_of(table, line), "", *quotes_of(table, line)]
    return "\n".join(parts).encode()


def facts_of(table: Table, line: Mapping[str, Any]) -> list[str]:
    """What is known of one item, as a list in Markdown."""
    return [f"- {head}: {on_one_line(value)}" for head, value in known_of(table, line)]


def quotes_of(table: Table, line: Mapping[str, Any]) -> list[str]:
    """What people said of one item, as quotes in Markdown."""
    return [f"> {on_one_line(quote)}\n" for quote in table.quotes_of(line)]


def known_of(table: Table, line: Mapping[str, Any]) -> Sequence[tuple[str, Any]]:
    """The columns of an item that say something, each with its head, but for number, title and voices."""
    plain = replace(table, columns=tuple(name for name in table.names() if name != "quotes"))
    found = zip(plain.heads()[2:], plain.row(line)[2:], strict=True)
    return [(head, value) for head, value in found if value not in (None, "")]


def on_one_line(value: Any) -> str:
    """A value on one line, with the signs that Markdown or HTML would read made harmless."""
    text = " ".join(str(value).split())
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)
