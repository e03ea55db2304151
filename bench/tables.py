"""Tables of a run: on the terminal, as JSON under build/, and between marker lines of a page in docs/."""

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.config import ROOT

BUILD = ROOT / "build"


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def plain_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for the terminal."""
    lines = [list(heads), *[list(row) for row in rows]]
    widths = [max(width(line[place]) for line in lines) for place in range(len(heads))]
    shown = [
        "  ".join(cell + " " * (size - width(cell)) for cell, size in zip(line, widths, strict=True))
        for line in lines
    ]
    return "\n".join(
        [shown[0].rstrip(), "  ".join("-" * size for size in widths), *[line.rstrip() for line in shown[1:]]]
    )


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def write_figures(name: str, figures: Any) -> Path:
    """Keep figures as build/NAME.json."""
    BUILD.mkdir(exist_ok=True)
    path = BUILD / f"{name}.json"
    path.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def kept_figures(name: str) -> Any:
    """What build/NAME.json holds; an empty dict if there was no run yet."""
    path = BUILD / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_between(page: Path, name: str, text: str) -> None:
    """Put a text between the lines <!-- NAME --> and <!-- end of NAME --> of a page."""
    first, last = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(first)
    _old, closed, after = rest.partition(last)
    if not found or not closed:
        raise LookupError(f"{page.name} has no lines {first} and {last}")
    page.write_text(f"{before}{first}\n{text}\n{last}{after}", encoding="utf-8")
