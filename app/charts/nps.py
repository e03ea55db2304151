"""The NPS: the histogram first, then the line over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.charts.scales import Scale, apart, scale, text_width, tick_text, ticks_between, within
from app.charts.sheet import (
    ACCENT,
    ACCENT_LINE,
    INK,
    INK_3,
    INTERVAL,
    REST,
    SUNKEN,
    SURFACE,
    Paper,
    Sheet,
    sheet,
)

HALF = Paper(456, 248)
EVERY = (1, 2, 3, 6, 12, 24, 60)


@dataclass(frozen=True)
class TrendPoint:
    """One period. `value` None (nobody asked) leaves a gap; `year` is written where it changes."""

    on: date
    value: float | None
    low: float | None
    high: float | None
    label: str
    year: str = ""
    url: str = ""
    title: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened, named above a dashed line."""

    on: date
    label: str


def nps_histogram(
    counts: Sequence[int],
    urls: Sequence[str] = (),
    titles: Sequence[str] = (),
    groups: tuple[str, str, str] = ("", "", ""),
    habit: str = "",
    paper: Paper = HALF,
) -> bytes:
    """How many answered 0 to 10; 5 and 6 are hatched, and bracketed with the words of `habit`.

    `groups`: words under 0-6, 7-8 and 9-10. `urls` and `titles` (what each leads to): one per score, or none.
    """
    if len(counts) != 11:
        raise ValueError("a histogram needs eleven counts")
    step = (paper.width - 8) / 11.2
    middle = [4 + step * (score + 0.6) for score in range(11)]
    ends = [(middle[first], middle[last]) for first, last in ((0, 6), (7, 8), (9, 10))]
    places = apart(
        [((a + b) / 2, text_width(words)) for (a, b), words in zip(ends, groups, strict=True)], paper.width
    )
    base = 58 + 16 * max(row for _, row in places)
    room = paper.height - base - 50
    tops = [base + room * count / max(*counts, 1) for count in counts]
    colours = [REST] * 5 + [SUNKEN] * 2 + [ACCENT_LINE] * 2 + [ACCENT] * 2
    with sheet(paper) as page:
        for score, (x, top, count) in enumerate(zip(middle, tops, counts, strict=True)):
            page.bar(x, 0.72 * step, base, top, colours[score], careful=score in (5, 6))
            page.words(x, top + 5, f"{count:,}" if text_width(f"{count:,}") < step else str(count), INK)
            page.words(x, base - 17, str(score))
        page.line([4, paper.width - 4], [base, base], REST)
        for words, (first, last), (centre, row) in zip(groups, ends, places, strict=True):
            if words:
                page.line([first - 0.4 * step, last + 0.4 * step], [base - 30, base - 30], REST)
                page.words(centre, base - 48 - 16 * row, words)
        if habit:
            _bracket(page, list(zip(middle, tops, strict=True)), 0.36 * step, habit)
        for x, url, title in zip(middle if urls else (), urls, titles, strict=True):
            page.link(x - step / 2, base - 22, x + step / 2, base + room + 18, url, title)
        return page.image()


def trend(
    points: Sequence[TrendPoint],
    events: Sequence[Event] = (),
    last: str = "",
    last_note: str = "",
    unit: str = "",
    signed: bool = True,
    paper: Paper = HALF,
) -> bytes:
    """A figure over time with the band of its intervals and what happened meanwhile.

    `points` in order of time. `last`, `last_note`: the last figure as it is to be read. `unit` follows the
    top tick; figures that are not signed (shares) start at 0.
    """
    known = [point for point in points if point.value is not None]
    if not known:
        raise ValueError("a trend needs at least one figure")
    left, right, base = 40, paper.width - 14 - max(text_width(last_note), 1.2 * text_width(last)), 48
    x_of = scale(points[0].on.toordinal(), points[-1].on.toordinal(), left + 12, right - 12)
    xs = [x_of(point.on.toordinal()) for point in points]
    figures = [f for point in known for f in (point.value, point.low, point.high) if f is not None]
    ticks, bottom, top = ticks_between(min(figures), max(figures), signed)
    inside = [event for event in events if points[0].on <= event.on <= points[-1].on]
    places = apart([(x_of(event.on.toordinal()), text_width(event.label)) for event in inside], paper.width)
    ceiling = paper.height - 10 - 18 * (1 + max((row for _, row in places), default=0))
    y_of = scale(bottom, top, base, ceiling)
    with sheet(paper) as page:
        page.gridlines([(y_of(tick), tick_text(tick, signed)) for tick in ticks], left, right, unit)
        _stretches(page, points, xs, y_of)
        if bottom < 0 < top:
            page.line([left, right], [y_of(0)] * 2, REST, zorder=2.2)
        page.line([left, right], [base, base], REST)
        for event, (centre, row) in zip(inside, places, strict=True):
            _happened(page, event.label, x_of(event.on.toordinal()), base, centre, ceiling + 10 + 18 * row)
        _months(page, points, xs, base)
        x, y = x_of(known[-1].on.toordinal()), y_of(known[-1].value or 0)
        page.words(x + 12, y - 4, last, ACCENT, "left", strong=True)
        page.words(x + 12, y - 24 if y > base + 36 else y + 14, last_note, INK_3, "left")
        reach = min(_spacing(xs) / 2, 18)
        for x, point in zip(xs, points, strict=True):
            page.link(x - reach, base - 20, x + reach, ceiling, point.url, point.title)
        return page.image()


def _bracket(page: Sheet, bars: Sequence[tuple[float, float]], half: float, words: str) -> None:
    """A bracket over bars 5 and 6, as low as its words can stand. `bars`: (middle, top) of all."""
    left, right = bars[5][0] - half, bars[6][0] + half
    room = text_width(words) / 2 + 2 * half
    centre = within((left + right) / 2, text_width(words), page.paper.width)
    below = [top for middle, top in bars if centre - room < middle < centre + room]
    y = max(bars[5][1] + 24, bars[6][1] + 24, max(below) + 12)
    page.line([left, left], [y - 5, y], INK_3)
    page.line([left, right], [y, y], INK_3)
    page.line([right, right], [y - 5, y], INK_3)
    page.words(centre, y + 7, words, INK)


def _stretches(page: Sheet, points: Sequence[TrendPoint], xs: Sequence[float], y_of: Scale) -> None:
    """The band and the line, broken where a period has no figure; dots where they have room."""
    roomy = _spacing(xs) >= 10
    by_figure = groupby(zip(xs, points, strict=True), key=lambda pair: pair[1].value is not None)
    for has_figure, stretch in by_figure:
        if not has_figure:
            continue
        run = [(x, point, point.value or 0.0) for x, point in stretch]
        across = [x for x, *_ in run]
        lows = [y_of(value if point.low is None else point.low) for _, point, value in run]
        highs = [y_of(value if point.high is None else point.high) for _, point, value in run]
        page.area(across, lows, highs, INTERVAL)
        page.line(across, [y_of(value) for *_, value in run], ACCENT, 2, zorder=3)
        for x, point, value in run:
            if roomy or len(run) == 1 or point is points[-1]:
                page.dot(x, y_of(value), 5, SURFACE, ACCENT)


def _happened(page: Sheet, label: str, x: float, base: float, centre: float, y: float) -> None:
    """An event: a dashed line up to its words, which hide the lines of others behind them."""
    page.line([x, x], [base, y - 6], INK_3, dashes=(3, 3), zorder=2.4)
    half = text_width(label) / 2
    page.box(centre - half - 2, y - 4, centre + half + 2, y + 12, SURFACE, zorder=2.5)
    page.words(centre, y, label)


def _months(page: Sheet, points: Sequence[TrendPoint], xs: Sequence[float], base: float) -> None:
    """Names under the axis, evenly as many as fit up to the last, with the year where it changes."""
    widest = max(text_width(text) for point in points for text in (point.label, point.year))
    every = next((n for n in EVERY if n * _spacing(xs) >= widest + 6), len(points))
    year = ""
    for i in range((len(points) - 1) % every, len(points), every):
        lines = [points[i].label] if points[i].year in ("", year) else [points[i].year, points[i].label]
        year = points[i].year
        for row, text in enumerate(lines):
            page.words(xs[i], base - 18 - 16 * row, text)


def _spacing(xs: Sequence[float]) -> float:
    return (xs[-1] - xs[0]) / (len(xs) - 1) if len(xs) > 1 else 100.0
