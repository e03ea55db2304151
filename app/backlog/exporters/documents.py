"""Files for people and programs: JSON, Markdown."""

import json
import re
from typing import Any

from app.backlog.exporters.table import QUOTES, columns, row_of, rows
from app.backlog.queries import RankedBacklog, RankedItem
from app.i18n import gettext as _


def export_json(backlog: RankedBacklog) -> bytes:
    """A list of objects under stable English names."""
    return json.dumps(
        [_object(ranked, backlog.in_yen) for ranked in backlog.items], ensure_ascii=False, indent=1
    ).encode()


def _object(ranked: RankedItem, in_yen: bool) -> dict[str, Any]:
    names = [
        "id",
        "title",
        "reason",
        "label",
        "rank",
        "band",
        "people",
        "lost",
        "chance",
        "value",
        "low",
        "high",
        "effort",
        "effort_is_assumed",
        "state",
        "verdict",
        "why",
        "decided_by",
        "decided_on",
        "owner",
        "released_on",
    ]
    row = row_of(ranked, in_yen)
    found = dict(zip(names, row[: len(names)], strict=True))
    found["state"] = ranked.item.state.value
    found["verdict"] = ranked.item.verdict.value if ranked.item.verdict else None
    found["effort_is_assumed"] = ranked.figures.effort_is_assumed if ranked.figures else None
    return found | {
        "unit": "yen" if in_yen else "people",
        "quotes": [quote for quote in row[-QUOTES:] if quote],
    }


def export_markdown(backlog: RankedBacklog) -> bytes:
    """One section per item, with its figures and voices."""
    heads = columns(backlog.in_yen)
    parts = [f"# {_('改善項目')}\n"]
    for row in rows(backlog):
        parts.append(f"## {row[0]} {on_one_line(row[1])}\n")
        parts += facts_and_quotes(heads, row)
    return "\n".join(parts).encode()


def facts_and_quotes(heads: list[str], row: list[Any]) -> list[str]:
    """What is known of one item and what people said of it, as lines of Markdown."""
    facts = zip(heads[2:-QUOTES], row[2:-QUOTES], strict=True)
    lines = [f"- {head}: {on_one_line(value)}" for head, value in facts if value not in (None, "")]
    return [*lines, "", *[f"> {on_one_line(quote)}\n" for quote in row[-QUOTES:] if quote]]


def on_one_line(value: Any) -> str:
    """A value on one line, with the signs that Markdown or HTML would read made harmless."""
    text = " ".join(str(value).split())
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)
