"""Figures over time with what happened meanwhile: one line, or small multiples on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from app.charts.scales import Scale, apart, scale, shortened, text_width, tick_text, ticks_between
from app.charts.sheet import ACCENT, INK, INK_3, INTERVAL, REST, SUNKEN, SURFACE, Paper, Sheet, sheet

HALF = Paper(456, 248)
PANEL_HEIGHT, PANEL_GAP = 204, 24
EVERY = (1, 2, 3, 6, 12, 24, 60)
Ticks = tuple[list[float], float, float]


@dataclass(frozen=True)
class TrendPoint:
    """One period. `value` None (too few asked, or nobody) leaves a grey gap; `year` is written where it changes."""

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
    """Something that happened, named above a dashed line that leads to it."""

    on: date
    label: str
    url: str = ""


@dataclass(frozen=True)
class Panel:
    """One of several small charts: its title, its points, what happened, and its last figure as it is to be read."""

    title: str
    points: Sequence[TrendPoint]
    events: Sequence[Event] = ()
    last: str = ""


@dataclass(frozen=True)
class Frame:
    """A part of the paper in pixels, from its lower left corner."""

    left: float
    bottom: float
    width: float
    height: float


Placed = tuple[Event, float, float, int]


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
    ticks, frame, words = _ticks(points, signed), Frame(0, 0, paper.width, paper.height), (last, last_note)
    with sheet(paper) as page:
        _plot(page, frame, points, _placed(frame, points, events, words), ticks, words, unit, signed)
        return page.image()


def trend_panels(panels: Sequence[Panel], columns: int = 2, unit: str = "", paper: Paper = HALF) -> bytes:
    """Small multiples of shares (figures from 0 on), all on one scale; the panels decide the height of the paper."""
    ticks = _ticks([point for panel in panels for point in panel.points], signed=False)
    paper = replace(paper, height=panels_height(len(panels), columns))
    frames = _frames(len(panels), columns, paper)
    happened = [
        _placed(frame, panel.points, panel.events) for frame, panel in zip(frames, panels, strict=True)
    ]
    rows = max(map(_rows, happened))
    with sheet(paper) as page:
        for frame, panel, events in zip(frames, panels, happened, strict=True):
            y, end = frame.bottom + PANEL_HEIGHT - 14, frame.left + frame.width
            room = frame.width - text_width(panel.last) * 14 / 12 - 12
            page.words(frame.left, y, shortened(panel.title, room), INK, "left")
            page.words(end, y, panel.last, ACCENT, "right", strong=True)
            _plot(page, frame, panel.points, events, ticks, unit=unit, rows=rows)
        return page.image()


def _frames(count: int, columns: int, paper: Paper) -> list[Frame]:
    """Where the line of each panel stands, below its title."""
    width, high = (paper.width - PANEL_GAP * (columns - 1)) / columns, PANEL_HEIGHT + PANEL_GAP
    return [
        Frame(
            place % columns * (width + PANEL_GAP),
            paper.height - PANEL_HEIGHT - place // columns * high,
            width,
            PANEL_HEIGHT - 26,
        )
        for place in range(count)
    ]


def panels_height(count: int, columns: int) -> int:
    """How high the paper of so many panels is."""
    rows = -(-count // columns)
    return rows * (PANEL_HEIGHT + PANEL_GAP) - PANEL_GAP


def _ticks(points: Sequence[TrendPoint], signed: bool) -> Ticks:
    known = [point for point in points if point.value is not None]
    if not known:
        raise ValueError("a trend needs at least one figure")
    figures = [f for point in known for f in (point.value, point.low, point.high) if f is not None]
    return ticks_between(min(figures), max(figures), signed)


def _plot(
    page: Sheet,
    frame: Frame,
    points: Sequence[TrendPoint],
    happened: Sequence[Placed],
    ticks: Ticks,
    last: tuple[str, str] = ("", ""),
    unit: str = "",
    signed: bool = False,
    rows: int = 0,
) -> None:
    """One line in its frame: axis, grey gaps, band, line, events, months, links. `rows`: of words above it, at least."""
    at, lowest, highest = ticks
    left, right, base = *_sides(frame, last), frame.bottom + 48
    x_of = _across(frame, points, last)
    xs = [x_of(point.on.toordinal()) for point in points]
    ceiling = frame.bottom + frame.height - 10 - 18 * max(1, rows, _rows(happened))
    y_of = scale(lowest, highest, base, ceiling)
    _gaps(page, points, xs, base, ceiling)
    page.gridlines([(y_of(tick), tick_text(tick, signed)) for tick in at], left, right, unit)
    _stretches(page, points, xs, y_of)
    if lowest < 0 < highest:
        page.line([left, right], [y_of(0)] * 2, REST, zorder=2.2)
    page.line([left, right], [base, base], REST)
    for event, x, centre, row in happened:
        _happened(page, event.label, x, base, centre, ceiling + 10 + 18 * row)
    _months(page, points, xs, base)
    _last(page, points, xs, y_of, base, last)
    reach = min(_spacing(xs) / 2, 18)
    for x, point in zip(xs, points, strict=True):
        page.link(x - reach, base - 20, x + reach, ceiling, point.url, point.title)
    for event, _x, centre, row in happened:
        half, y = text_width(event.label) / 2 + 2, ceiling + 10 + 18 * row
        page.link(centre - half, y - 5, centre + half, y + 13, event.url, event.label)


def _sides(frame: Frame, last: tuple[str, str]) -> tuple[float, float]:
    """Where the axis begins and ends: right of its figures, left of the words beside the last point."""
    room = max(text_width(last[1]), 1.2 * text_width(last[0]))
    return frame.left + 40, frame.left + frame.width - 14 - room


def _across(frame: Frame, points: Sequence[TrendPoint], last: tuple[str, str]) -> Scale:
    left, right = _sides(frame, last)
    return scale(points[0].on.toordinal(), points[-1].on.toordinal(), left + 12, right - 12)


def _placed(
    frame: Frame, points: Sequence[TrendPoint], events: Sequence[Event], last: tuple[str, str] = ("", "")
) -> list[Placed]:
    """The events among the points: each with the x of its line, and the centre and the row of its words."""
    x_of = _across(frame, points, last)
    inside = sorted(
        (one for one in events if points[0].on <= one.on <= points[-1].on), key=lambda one: one.on
    )
    xs = [x_of(event.on.toordinal()) for event in inside]
    words = [(x - frame.left, text_width(event.label)) for x, event in zip(xs, inside, strict=True)]
    places = apart(words, frame.width)
    return [
        (event, x, frame.left + centre, row)
        for event, x, (centre, row) in zip(inside, xs, places, strict=True)
    ]


def _rows(happened: Sequence[Placed]) -> int:
    return 1 + max((row for *_, row in happened), default=0)


def _gaps(page: Sheet, points: Sequence[TrendPoint], xs: Sequence[float], base: float, top: float) -> None:
    """Grey behind the periods that have no figure."""
    half = min(_spacing(xs) / 2, 18) + 0.5  # no seam between neighbours
    for x, point in zip(xs, points, strict=True):
        if point.value is None:
            page.box(x - half, base, x + half, top, SUNKEN, zorder=0.5)


def _last(
    page: Sheet,
    points: Sequence[TrendPoint],
    xs: Sequence[float],
    y_of: Scale,
    base: float,
    words: tuple[str, str],
) -> None:
    """The last figure beside its point."""
    known = [(x, point.value) for x, point in zip(xs, points, strict=True) if point.value is not None]
    if not known:
        return
    x, y = known[-1][0], y_of(known[-1][1])
    page.words(x + 12, y - 4, words[0], ACCENT, "left", strong=True)
    page.words(x + 12, y - 24 if y > base + 36 else y + 14, words[1], INK_3, "left")


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
        if len(run) == 1:
            page.box(across[0] - 3, lows[0], across[0] + 3, highs[0], INTERVAL, zorder=1.5)
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
