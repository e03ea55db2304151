"""Pages of A4 as PDF, drawn by matplotlib like the charts: Japanese, links that lead into the product.

The same input gives the same bytes: nothing in the file tells when it was written.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any

from flask import current_app

from app.charts.sheet import ACCENT, ACCENT_LINE, INK, INK_2, INK_3, LINE, font_file, one_font_at_a_time
from app.filters import phrases_of

WIDTH, HEIGHT, MARGIN = 595, 842, 45
ROOM = WIDTH - 2 * MARGIN
LACKING = "〓"
FONT_SETTINGS: dict[Any, Any] = {"pdf.fonttype": 42, "pdf.compression": 6}
NO_LINE_BEGINS = "、。，．・：；！？）〕］｝」』】ー…〜％)]}!?,.:;%"


class Document:
    """Lines, tables and bars one below another, on as many pages as they need; points, y downwards."""

    def __init__(self, title: str, foot: str) -> None:
        self.title, self.foot = title, foot
        self.figures: list[Any] = []
        self.y = 0.0
        self._turn()

    def _turn(self) -> None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72)
        self.axes = figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
        self.axes.set_axis_off()
        self.figures.append(figure)
        self.y = MARGIN

    def room(self, height: float) -> None:
        """Begin another page unless so many points are left on this one."""
        if self.y + height > HEIGHT - MARGIN - 12:
            self._turn()

    def left(self) -> float:
        """How many points are left on this page."""
        return HEIGHT - MARGIN - 12 - self.y

    def words(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9,
        color: str = INK,
        ha: str = "left",
        url: str = "",
    ) -> None:
        """One line of text on the base line y; with `url` it leads there."""
        link: dict[str, Any] = {"url": url} if url else {}
        self.axes.text(x, y, shown(text), size=size, color=color, ha=ha, va="baseline", **link)

    def paragraph(
        self,
        text: str,
        size: float = 9,
        color: str = INK,
        indent: float = 0,
        url: str = "",
        most: int | None = None,
    ) -> None:
        """Text from margin to margin, at most so many lines."""
        for line in lines_of(text, ROOM - indent, size, most):
            self.room(size * 1.6)
            self.y += size * 1.6
            self.words(MARGIN + indent, self.y - size * 0.35, line, size, color, url=url)

    def heading(self, text: str, note: str = "") -> None:
        """The head of a part, with a rule below it and a note at its right."""
        self.room(60)
        self.y += 24
        self.words(MARGIN, self.y, text, 11.5)
        self.words(WIDTH - MARGIN, self.y, note, 7.5, INK_3, "right")
        self.y += 6
        self.rule()
        self.y += 4

    def rule(self) -> None:
        """A line from margin to margin."""
        self.axes.plot([MARGIN, WIDTH - MARGIN], [self.y, self.y], color=LINE, linewidth=0.8)

    def space(self, height: float) -> None:
        self.y += height

    def bar(self, left: float, right: float, y: float, value: float, low: float, high: float) -> None:
        """A bar with its interval, as shares 0…1 of the room between left and right, in the middle of y."""
        at = [left + (right - left) * min(max(share, 0), 1) for share in (value, low, high)]
        self.axes.plot([left, right], [y, y], color=LINE, linewidth=0.8, zorder=1)
        self.axes.fill(
            [left, at[0], at[0], left], [y - 4, y - 4, y + 4, y + 4], color=ACCENT_LINE, linewidth=0
        )
        self.axes.plot([at[0], at[0]], [y - 4, y + 4], color=ACCENT, linewidth=1.6, zorder=3)
        self.axes.plot(at[1:], [y, y], color=INK_2, linewidth=0.9, zorder=2.5)
        for end in at[1:]:
            self.axes.plot([end, end], [y - 2, y + 2], color=INK_2, linewidth=0.9, zorder=2.5)

    def content(self) -> bytes:
        """The finished PDF."""
        from matplotlib.backends.backend_pdf import PdfPages

        file = BytesIO()
        about = {"Title": self.title, "Creator": "Okaeri", "Producer": "Okaeri", "CreationDate": None}
        with PdfPages(file, metadata=about) as pages:
            for number, figure in enumerate(self.figures, 1):
                axes = figure.axes[0]
                axes.text(MARGIN, HEIGHT - 28, shown(self.foot), size=7, color=INK_3, va="baseline")
                count = f"{number} / {len(self.figures)}"
                axes.text(WIDTH - MARGIN, HEIGHT - 28, count, size=7, color=INK_3, ha="right", va="baseline")
                pages.savefig(figure)
        return file.getvalue()


def link_to(endpoint: str, **values: Any) -> str:
    """The address of a page as it stands in files: whole, and the same whoever asks for it."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{current_app.extensions['settings'].public_url}{path}"


@contextmanager
def document(title: str, foot: str = "") -> Iterator[Document]:
    """An empty document; one is drawn at a time, as with charts."""
    with one_font_at_a_time():
        from matplotlib import rc_context

        with rc_context(FONT_SETTINGS):
            yield Document(title, foot)


def shown(text: str) -> str:
    """Text on one line as the font can show it; what it lacks (emoji) becomes 〓."""
    return "".join(sign if ord(sign) in _known() else LACKING for sign in " ".join(text.split()))


def lines_of(text: str, room: float, size: float, most: int | None = None) -> list[str]:
    """Text broken between phrases into lines of `room` points; the last of `most` ends in … where more would follow."""
    lines = [""]
    for piece in _pieces(shown(text), room, size):
        if lines[-1] and width_of(lines[-1] + piece, size) > room:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        while last and width_of(last + "…", size) > room:
            last = last[:-1]
        return [*lines[: most - 1], f"{last}…"]
    return lines


def _pieces(text: str, room: float, size: float) -> Iterator[str]:
    for phrase in phrases_of(text):
        if width_of(phrase, size) <= room / 3:
            yield phrase
        else:
            yield from re.findall(rf"[!-~]+ ?|[^!-~][{re.escape(NO_LINE_BEGINS)}]*", phrase)


def width_of(text: str, size: float) -> float:
    """How many points a line takes."""
    widths = _widths()
    return float(sum(widths(sign) for sign in text) * size)


def fitting(text: str, room: float, size: float) -> str:
    """The line, or as much of it as fits and …"""
    text = shown(text)
    return lines_of(text, room, size, 1)[0] if width_of(text, size) > room else text


@cache
def _font() -> Any:
    from matplotlib.ft2font import FT2Font

    return FT2Font(font_file())


@cache
def _known() -> frozenset[int]:
    return frozenset(_font().get_charmap())


@cache
def _widths() -> Any:
    font = _font()
    font.set_size(10, 72)

    @cache
    def width(sign: str) -> float:
        return float(font.load_char(ord(sign)).linearHoriAdvance) / 65536 / 10

    return width
