"""Texts of SurveyJS as plain texts, and back: languages, HTML, signs no database takes."""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

_UNSTORABLE = re.compile(r"[\0\ud800-\udfff]")
_BLOCKS = {"p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "section", "br"}
_PLAIN = {"p", "div", "span", "br", "h1", "h2", "h3", "h4", "h5", "h6"}


def cleaned(value: Any) -> Any:
    """The same JSON without NUL and halves of characters, which no database takes."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, dict):
        return {cleaned(name): cleaned(one) for name, one in value.items()}
    return [cleaned(one) for one in value] if isinstance(value, list) else value


def japanese(value: Any) -> tuple[str, list[str]]:
    """The text in Japanese, else the survey's own, else the first language; and the languages left out."""
    if isinstance(value, Mapping):
        languages = [name for name in ("ja", "default", *value) if isinstance(value.get(name), str)]
        if not languages:
            return "", []
        return value[languages[0]].strip(), sorted(set(languages) - {languages[0], "default"})
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return "", []
    return str(value).strip(), []


def text_of_html(markup: str) -> tuple[str, list[str]]:
    """The words of a piece of HTML, a line for each block; and the tags whose meaning is lost."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.words).split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return text, sorted(reader.tags - _PLAIN)


def html_of_text(text: str) -> str:
    """A paragraph for each block of lines; every sign that HTML would read is escaped."""
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block]
    return "".join(f"<p>{html.escape(block, quote=False).replace(chr(10), '<br>')}</p>" for block in blocks)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.hidden += tag in ("script", "style")
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style") and self.hidden > 0
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(" ".join(data.split("\n")))
