"""Rows compared: differences around zero, two shares on one line, and wholes parted into what they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.charts.scales import scale, shortened, text_width, tick_text, ticks_around_zero, ticks_between
from app.charts.sheet import (
    ACCENT,
    ACCENT_LINE,
    INK,
    INK_2,
    INK_3,
    LINE,
    REST,
    SUNKEN,
    SURFACE,
    Paper,
    Sheet,
    sheet,
)

ROW, AXIS = 34, 40
NARROW = 480


@dataclass(frozen=True)
class DifferenceRow:
    """A difference with its interval, from -1 to 1; grey rows are to be read with care."""

    label: str
    value: float
    low: float
    high: float
    figure: str
    strong: bool = False
    grey: bool = False
    url: str = ""
    title: str = ""


@dataclass(frozen=True)
class PairedRow:
    """Two shares of one thing, each with its interval: as it is (a ring), and as it is weighted (a full dot)."""

    label: str
    plain: tuple[float, float, float]
    weighted: tuple[float, float, float]
    figure: str
    grey: bool = False
    url: str = ""
    title: str = ""


@dataclass(frozen=True)
class PartedRow:
    """A whole in shares that add up to 1; `figure` stands at the right, `head` begins a group of rows."""

    label: str
    parts: tuple[float, ...]
    figure: str
    url: str = ""
    title: str = ""
    head: str = ""


def compared_height(rows: int) -> int:
    """How high the paper of so many rows is, in pixels."""
    return ROW * max(rows, 1) + AXIS


def difference_rows(rows: Sequence[DifferenceRow], low_side: str, high_side: str, paper: Paper) -> bytes:
    """One difference a row around zero, in points of a hundred; the words of both sides stand below the axis."""
    paper = replace(paper, height=compared_height(len(rows)))
    ends = [100 * end for row in rows for end in (row.low, row.high)] or [0.0]
    ticks = ticks_around_zero(min(ends), max(ends))
    names, figures_left = _margins(paper, [row.label for row in rows], [row.figure for row in rows])
    x_of = scale(min(ticks[0], *ends), max(ticks[-1], *ends), names + 14, figures_left - 14)
    with sheet(paper) as page:
        for tick in ticks:
            page.line([x_of(tick)] * 2, [AXIS, paper.height], REST if tick == 0 else LINE, zorder=1)
            page.words(x_of(tick), AXIS - 15, tick_text(tick, signed=True), INK_3)
        page.words(x_of(0) - 8, AXIS - 33, low_side, INK_2, "right")
        page.words(x_of(0) + 8, AXIS - 33, high_side, INK_2, "left")
        for place, row in enumerate(rows):
            y = paper.height - ROW * (place + 0.5)
            color = ACCENT if row.strong else INK_3
            _row_words(page, y, row.label, row.figure, names, INK_3 if row.grey else INK)
            page.span(
                x_of(100 * row.low), x_of(100 * row.high), y, color, width=2 if row.strong else 1.2, ends=4
            )
            page.dot(x_of(100 * row.value), y, 8, color if row.strong else SURFACE, color)
        _links(page, rows)
        return page.image()


def paired_shares(rows: Sequence[PairedRow], words: tuple[str, str], paper: Paper) -> bytes:
    """Two shares a row on one scale; `words` name the ring and the dot below the axis."""
    paper = replace(paper, height=compared_height(len(rows)))
    names, figures_left = _margins(paper, [row.label for row in rows], [row.figure for row in rows])
    top = max([0.01, *(max(row.plain[2], row.weighted[2]) for row in rows)])
    ticks, _bottom, high = ticks_between(0.0, 100 * top, signed=False)
    x_of = scale(0, max(high, 100 * top), names + 14, figures_left - 14)
    with sheet(paper) as page:
        for tick in ticks:
            page.line([x_of(tick)] * 2, [AXIS, paper.height], LINE, zorder=1)
            page.words(x_of(tick), AXIS - 15, f"{tick:g}%" if tick == ticks[-1] else f"{tick:g}", INK_3)
        first = 5.0 if paper.width < NARROW else names + 18
        second = first + 26 + text_width(words[0])
        for at, body, edge, word in ((first, SURFACE, INK_3, words[0]), (second, ACCENT, ACCENT, words[1])):
            page.dot(at, 7, 7, body, edge)
            page.words(at + 10, 3, word, INK_2, "left")
        for place, row in enumerate(rows):
            y = paper.height - ROW * (place + 0.5)
            _row_words(page, y, row.label, row.figure, names, INK_3 if row.grey else INK)
            for (share, low, end), at, color, body in (
                (row.plain, y + 5, INK_3, SURFACE),
                (row.weighted, y - 5, ACCENT, ACCENT),
            ):
                page.span(x_of(100 * low), x_of(100 * end), at, color, width=1.2, ends=3)
                page.dot(x_of(100 * share), at, 7, body, color)
        _links(page, rows)
        return page.image()


def parted_shares(rows: Sequence[PartedRow], words: Sequence[str], paper: Paper) -> bytes:
    """One whole a row, three parts at the most; `words` name them below."""
    paper = replace(paper, height=compared_height(len(rows)))
    colors = (ACCENT, ACCENT_LINE, SUNKEN)
    names, figures_left = _margins(paper, [row.label for row in rows], [row.figure for row in rows])
    x_of = scale(0, 1, names + 14, figures_left - 10)
    with sheet(paper) as page:
        start_of_line = 0.0 if paper.width < NARROW else x_of(0)
        x, line = start_of_line, 22
        for word, color in zip(words, colors, strict=False):
            if x + 17 + text_width(word) > paper.width:
                x, line = start_of_line, 2
            page.box(x, line - 1, x + 12, line + 11, color)
            page.words(x + 17, line, word, INK_2, "left")
            x += 30 + text_width(word)
        for place, row in enumerate(rows):
            y = paper.height - ROW * (place + 0.5)
            _row_words(page, y, row.label, row.figure, names, INK)
            if row.head:
                page.line([0, paper.width], [y + ROW / 2, y + ROW / 2], LINE)
            start = 0.0
            for part, color in zip(row.parts, colors, strict=False):
                page.box(x_of(start), y - 8, x_of(min(start + part, 1.0)), y + 8, color)
                start += part
        _links(page, rows)
        return page.image()


def _margins(paper: Paper, labels: Sequence[str], figures: Sequence[str]) -> tuple[float, float]:
    """(the end of the names, the start of the figures)."""
    widest = max((text_width(label) for label in labels), default=0.0)
    figure = max((text_width(one) for one in figures), default=0.0)
    return min(widest, 0.34 * paper.width), paper.width - figure


def _row_words(page: Sheet, y: float, label: str, figure: str, names: float, ink: str) -> None:
    page.words(0, y - 4, shortened(label, names), ink, "left")
    page.words(page.paper.width, y - 4, figure, ink, "right")


def _links(page: Sheet, rows: Sequence[DifferenceRow | PairedRow | PartedRow]) -> None:
    """The whole row leads to what it counts."""
    for place, row in enumerate(rows):
        top = page.paper.height - ROW * place
        page.link(0, top - ROW, page.paper.width, top, row.url, row.title)
