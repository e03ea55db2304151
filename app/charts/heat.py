"""Shares in a square: rows against columns, in five steps of one colour with their legend."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.charts.scales import shortened, text_width, wrapped
from app.charts.sheet import (
    ACCENT,
    ACCENT_LINE,
    ACCENT_SOFT,
    HEAT,
    INK,
    INK_2,
    INK_3,
    INTERVAL,
    SURFACE,
    Paper,
    Sheet,
    sheet,
)

STEPS = (ACCENT_SOFT, INTERVAL, ACCENT_LINE, HEAT, ACCENT)
CELL, HEAD, LEGEND = 30, 44, 34
NARROW = 480


@dataclass(frozen=True)
class HeatCell:
    """A share from 0 to 1; None is shown as a dash. `strong`: edged, more than chance."""

    share: float | None
    url: str = ""
    title: str = ""
    strong: bool = False


@dataclass(frozen=True)
class HeatRow:
    """`seal`: one sign that stands for the label where there is no room; `note`: under the label's right, its n."""

    label: str
    seal: str
    cells: tuple[HeatCell, ...]
    note: str = ""
    grey: bool = False


def heat_height(rows: int) -> int:
    """How high the paper of so many rows is, in pixels."""
    return HEAD + CELL * max(rows, 1) + LEGEND


def heat(
    rows: Sequence[HeatRow], columns: Sequence[tuple[str, str]], ends: Sequence[float], paper: Paper
) -> bytes:
    """`columns`: (label, seal) of each; `ends`: the four shares between the five steps. The rows decide the height."""
    paper = replace(paper, height=heat_height(len(rows)))
    is_narrow = paper.width < NARROW
    notes = max((text_width(row.note) for row in rows), default=0.0)
    names = 0.0 if is_narrow else 0.3 * paper.width
    left = max(_shown_width(rows, is_narrow, names) + 8 + (0 if is_narrow else notes + 8), 30)
    step = min((paper.width - left) / max(len(columns), 1), 84)
    with sheet(paper) as page:
        for place, (label, seal) in enumerate(columns):
            _head(page, left + step * (place + 0.5), label, seal, step, is_narrow)
        for number, row in enumerate(rows):
            bottom = paper.height - HEAD - CELL * (number + 1)
            ink = INK_3 if row.grey else INK
            words = (
                shortened(row.label, 60 if row.seal == row.label else names) if not is_narrow else row.seal
            )
            page.words(0, bottom + 11, words, ink, "left")
            if row.note and not is_narrow:
                page.words(left - 8, bottom + 11, row.note, INK_3, "right")
            for place, cell in enumerate(row.cells):
                _cell(page, left + step * place, bottom, step, cell, ends, row.grey)
        _legend(page, left if not is_narrow else 0, ends)
        for number, row in enumerate(rows):
            bottom = paper.height - HEAD - CELL * (number + 1)
            for place, cell in enumerate(row.cells):
                x = left + step * place
                page.link(x, bottom, x + step, bottom + CELL, cell.url, cell.title)
        return page.image()


def _shown_width(rows: Sequence[HeatRow], is_narrow: bool, names: float) -> float:
    if is_narrow:
        return max((text_width(row.seal) for row in rows), default=0.0)
    return min(max((text_width(row.label) for row in rows), default=0.0), names)


def _head(page: Sheet, x: float, label: str, seal: str, step: float, is_narrow: bool) -> None:
    top = page.paper.height - 14
    if is_narrow or step < 54:
        page.words(x, top - 22, seal)
        return
    lines = wrapped(label, step - 6)
    lines = [*lines[:1], shortened("".join(lines[1:]), step - 6)] if len(lines) > 1 else lines
    for place, line in enumerate(lines):
        page.words(x, top - 22 + 15 * (len(lines) - 1 - place), line)


def _cell(
    page: Sheet, x: float, bottom: float, step: float, cell: HeatCell, ends: Sequence[float], grey: bool
) -> None:
    if cell.share is None:
        page.words(x + step / 2, bottom + 11, "–", INK_3)
        return
    level = sum(cell.share >= end for end in ends)
    page.box(x + 1, bottom + 1, x + step - 1, bottom + CELL - 1, STEPS[level], zorder=2)
    if cell.strong:
        xs, ys = [x + 2, x + step - 2], [bottom + 2, bottom + CELL - 2]
        page.line(
            [xs[0], xs[1], xs[1], xs[0], xs[0]], [ys[0], ys[0], ys[1], ys[1], ys[0]], INK, 1.6, zorder=3
        )
    ink = SURFACE if level == len(STEPS) - 1 else INK_2 if grey else INK
    text = f"{100 * cell.share:.0f}"
    page.words(x + step / 2, bottom + 11, f"{text}%" if step >= 40 else text, ink)


def _legend(page: Sheet, left: float, ends: Sequence[float]) -> None:
    """The five steps with the shares between them."""
    x = left
    for place, color in enumerate(STEPS):
        page.box(x + 1, 6, x + 27, 18, color, zorder=2)
        if place < len(ends):
            page.words(x + 28 + 14, 8, f"{100 * ends[place]:.0f}%", INK_3)
        x += 28 + 28
