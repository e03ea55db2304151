"""Shares and their differences, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.charts.scales import scale, shortened, text_width, tick_text, ticks_around_zero
from app.charts.sheet import ACCENT, ACCENT_LINE, INK, INK_2, INK_3, LINE, SUNKEN, Paper, sheet

ROW = 32
TABLE = Paper(456, ROW)
VERDICT = Paper(656, 112)


@dataclass(frozen=True)
class ShareRow:
    """One bar: shares from 0 to 1, `figure` and `note` as they are to be read. Strong rows wear the accent."""

    label: str
    share: float
    low: float
    high: float
    figure: str
    note: str = ""
    strong: bool = False
    url: str = ""


def share_bars(rows: Sequence[ShareRow], paper: Paper = TABLE) -> bytes:
    """One share bar per row, on one scale: track, body to the value, mark, interval, words.

    The rows decide the height of the paper.
    """
    paper = replace(paper, height=ROW * max(len(rows), 1))
    names = min(max((text_width(row.label) for row in rows), default=0), 0.4 * paper.width)
    figures_end = paper.width - max((text_width(row.note) for row in rows), default=0) - 8
    end = figures_end - max((text_width(row.figure) for row in rows), default=0) - 12
    x_of = scale(0, max([0.01, *(row.high for row in rows)]), names + 12, end)
    with sheet(paper) as page:
        for place, row in enumerate(rows):
            y = paper.height - ROW * (place + 0.5)
            page.words(0, y - 4, shortened(row.label, names), INK, "left")
            page.line([x_of(0), end], [y, y], LINE)
            page.box(x_of(0), y - 6, x_of(row.share), y + 6, ACCENT_LINE if row.strong else LINE, zorder=2.1)
            page.span(x_of(row.low), x_of(row.high), y, INK_2, width=1.1, ends=2.5)
            value, color = x_of(row.share), ACCENT if row.strong else INK_3
            page.box(value - 1.5, y - 6, value + 1.5, y + 6, color, zorder=4)
            page.words(figures_end, y - 4, row.figure, INK, "right")
            page.words(figures_end + 8, y - 4, row.note, INK_3, "left")
        for place, row in enumerate(rows):
            top = paper.height - ROW * place
            page.link(0, top - ROW, paper.width, top, row.url, f"{row.label} {row.figure} {row.note}".strip())
        return page.image()


def difference_line(
    value: float,
    low: float,
    high: float,
    label: str,
    harm: str,
    note: str = "",
    paper: Paper = VERDICT,
) -> bytes:
    """A difference with its interval, 0 marked and the harmful side sunken.

    Figures in what `note` says (people in 100). `label`: the difference as it is to be read; `harm`: the word
    above what lies below 0.
    """
    ticks = ticks_around_zero(low, high)
    left, right, base, middle = 22, paper.width - 22, paper.height - 58, paper.height - 46
    x_of = scale(ticks[0], ticks[-1], left, right)
    with sheet(paper) as page:
        page.box(left, base, x_of(0), base + 24, SUNKEN)
        page.line([left, right], [base, base], INK_3)
        beside = _clear_of(x_of(value), text_width(label), left, x_of(0), text_width(harm))
        page.words(beside, base + 32, harm)
        for tick in ticks:
            ha = "left" if tick == ticks[0] else "right" if tick == ticks[-1] else "center"
            page.words(x_of(tick), base - 23, tick_text(tick, signed=True), ha=ha)
        page.words(right, base - 44, note, ha="right")
        page.line([x_of(0)] * 2, [base - 8, base + 44], INK, 1.5)
        page.span(x_of(low), x_of(high), middle, ACCENT, width=3, ends=9)
        page.dot(x_of(value), middle, 15, ACCENT)
        page.words(x_of(value), base + 32, label, INK, strong=True)
        return page.image()


def _clear_of(taken: float, taken_width: float, left: float, right: float, wide: float) -> float:
    """The centre of words between left and right that touch no others: the middle, else an end."""
    ends = (left + wide / 2, right - 6 - wide / 2)
    away = (taken_width + wide) / 2 + 8
    return next((at for at in ((left + right) / 2, *ends) if abs(at - taken) >= away), ends[0])
