"""From numbers to pixels: scales, ticks, and words that keep out of each other's way."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, floor, log10
from unicodedata import east_asian_width

Scale = Callable[[float], float]


def scale(low: float, high: float, start: float, end: float) -> Scale:
    """Numbers to pixels; a span of nothing stands in the middle."""
    if high == low:
        return lambda number: (start + end) / 2
    return lambda number: start + (end - start) * (number - low) / (high - low)


def _nice_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10 ... that needs at most so many steps for the span."""
    power = 10.0 ** floor(log10(span / most))
    return next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= most + 1e-9)


def ticks_between(low: float, high: float, signed: bool) -> tuple[list[float], float, float]:
    """At most four ticks and a range with some air: (ticks, bottom, top). Unsigned figures start at 0.

    The range goes on to the next tick where that is less than half a step away.
    """
    low = low if signed else min(low, 0.0)
    step = _nice_step(high - low or 1.0, 3)
    first, last = ceil(low / step), floor(high / step)
    first -= first - low / step > 0.5
    last += high / step - last > 0.5
    ticks = [i * step for i in range(first, last + 1)][-4:]
    air = 0.06 * ((high - low) or step)
    bottom, top = min(low, ticks[0]), max(high, ticks[-1])
    return ticks, (bottom if bottom == 0 else bottom - air), top + air


def ticks_around_zero(low: float, high: float) -> list[float]:
    """Ticks from below 0 to above it that hold the interval; both sides are always seen."""
    step = _nice_step(max(high, 0.0) - min(low, 0.0) or 1.0, 3)
    first, last = min(floor(low / step), -1), max(ceil(high / step), 1)
    return [i * step for i in range(first, last + 1)]


def tick_text(number: float, signed: bool) -> str:
    """A figure on an axis: −10, 0, +10."""
    text = f"{abs(number):g}"
    sign = "" if text == "0" else "−" if number < 0 else "+" if signed else ""
    return sign + text


def share_at(points: Sequence[tuple[float, float]], month: float) -> float:
    """The share at a month between two points; the last one's after it."""
    for (start, low), (end, high) in pairwise(points):
        if start <= month < end:
            return low + (high - low) * (month - start) / (end - start)
    return points[-1][1]


def text_width(text: str) -> float:
    """About how many pixels a line of 12 px text takes."""
    return sum(12.0 if east_asian_width(sign) in "WFA" else 7.8 for sign in text)


def shortened(text: str, room: float) -> str:
    """The words, or as many signs as fit and …"""
    if text_width(text) <= room:
        return text
    while text and text_width(text) + 12 > room:
        text = text[:-1]
    return f"{text}…"


def wrapped(text: str, room: float) -> list[str]:
    """Lines of about `room` pixels; Latin words stay whole, no line begins with a closing mark."""
    lines = [""]
    for piece in re.findall(r"[!-~]+ ?|[^!-~][、。」）・]*", text):
        if lines[-1] and text_width(lines[-1] + piece) > room:
            lines.append("")
        lines[-1] += piece
    return lines


def within(centre: float, wide: float, width: float) -> float:
    """A centre that keeps something so wide inside the width."""
    return min(max(centre, wide / 2), width - wide / 2)


def apart(marks: Sequence[tuple[float, float]], width: float) -> list[tuple[float, int]]:
    """(centre, row) for words of (centre, width): inside the paper, in rows (0 first) where none touch."""
    places: list[tuple[float, int]] = []
    ends: list[float] = []
    for x, wide in marks:
        centre = within(x, wide, width)
        row = next((row for row, end in enumerate(ends) if end + 8 <= centre - wide / 2), len(ends))
        ends[row : row + 1] = [centre + wide / 2]
        places.append((centre, row))
    return places
