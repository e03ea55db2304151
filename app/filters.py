"""How numbers, money, dates and reasons are written on a page.

Every writer below is a pure function: plain values and a language code in, text out. `None` is always written
as "—". `init_app` gives them to the templates with the language and time zone of the request filled in.
"""

import functools
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, tzinfo
from typing import Any
from urllib.parse import urlencode

import budoux
from babel.dates import format_date
from flask import Flask, request
from flask_babel import get_locale, get_timezone
from markupsafe import Markup

from app import clock

NOTHING = "—"
MAN, OKU = 10_000, 100_000_000
# From the larger on: as many yen, written with this word behind the figure.
YEN_UNITS = {
    "ja": ((OKU, OKU, "億円"), (MAN, MAN, "万円")),
    "en": ((999_500_000, 10**9, "B"), (999_500, 10**6, "M"), (MAN, 1_000, "K")),
}
DAY_PATTERNS = {
    "day": {"ja": "y年M月d日（E）", "en": "EEE, d MMMM y"},
    "plain": {"ja": "y年M月d日", "en": "d MMM y"},
    "short": {"ja": "M月d日", "en": "d MMM"},
    "month": {"ja": "M月", "en": "MMM"},
    "month_year": {"ja": "y年M月", "en": "MMM y"},
}
# 054-000-0000, (054)000-0000, 10:00〜17:00, 9時から17時
_TOGETHER = re.compile(r"(?:[(（]\d+[)）] ?)?\d+(?: ?(?:[-‐‑–−ー:：〜～~]|時から|時半|時|分) ?\d*)+")
REASON_SEALS = {
    "price": "価",
    "support": "応",
    "quality": "質",
    "features": "揃",
    "usability": "操",
    "forgotten": "忘",
    "competitor": "他",
    "lifestyle": "変",
    "delivery": "配",
    "trust": "信",
    "none": "無",
}


def number(value: float | None, digits: int = 0, locale: str = "ja") -> str:
    """2846 -> "2,846". The sign of a negative number is the true minus (−)."""
    if value is None:
        return NOTHING
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if not float(text.replace(",", "")) else text.replace("-", "−")


def signed(value: float | None, digits: int = 0, locale: str = "ja") -> str:
    """9 -> "+9", -41 -> "−41", 0 -> "0"."""
    text = number(value, digits, locale)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.") else text


def points(value: float, digits: int = 0, locale: str = "ja", sign: bool = True) -> str:
    """A difference of shares in percentage points: 0.094 -> "+9"."""
    return signed(100 * value, digits, locale) if sign else number(100 * value, digits, locale)


def _short(value: float) -> str:
    """One decimal below 100 where it says something: 51.6, 36, 235."""
    digits = 0 if abs(value) >= 99.95 else 1
    return number(value, digits).removesuffix(".0")


def _yen_unit(value: float, locale: str) -> tuple[int, str]:
    for least, size, unit in YEN_UNITS[locale]:
        if abs(value) >= least:
            return size, unit
    return 1, "" if locale == "en" else "円"


def yen(value: float | None, locale: str = "ja") -> str:
    """9860 -> "9,860円", 516000 -> "51.6万円", 2350000 -> "235万円"; English "¥9,860", "¥516K", "¥2.4M"."""
    if value is None:
        return NOTHING
    size, unit = _yen_unit(value, locale)
    if size == 1:
        return yen_exact(value, locale)
    text = f"{_short(abs(value) / size)}{unit}"
    return f"{'−' if value < 0 else ''}{'¥' if locale == 'en' else ''}{text}"


def yen_exact(value: float | None, locale: str = "ja") -> str:
    """275200 -> "275,200円", for amounts one would check against a bill; English "¥275,200"."""
    if value is None:
        return NOTHING
    if locale == "en":
        return f"{'−' if round(value) < 0 else ''}¥{number(abs(value))}"
    return f"{number(value)}円"


def yen_range(low: float | None, high: float | None, locale: str = "ja") -> str:
    """(360000, 700000) -> "36〜70万円"; the larger end chooses the unit; English "¥360–700K"."""
    if low is None or high is None:
        return NOTHING
    size, unit = _yen_unit(max(abs(low), abs(high)), locale)
    ends = (number(end) if size == 1 else _short(end / size) for end in (low, high))
    return "¥" + "–".join(ends) + unit if locale == "en" else "〜".join(ends) + unit


def yen_parts(amount: str) -> tuple[str, str]:
    """A written amount as figure and unit, for pages that write the unit smaller: ("235", "万円"), ("¥2.4M", "")."""
    figure = amount.rstrip("億万円")
    return figure, amount[len(figure) :]


def percent(value: float | None, digits: int = 0, locale: str = "ja") -> str:
    """A share from 0 to 1: 0.288 -> "29%"."""
    return NOTHING if value is None else f"{number(value * 100, digits)}%"


def percent_range(low: float | None, high: float | None, digits: int = 0, locale: str = "ja") -> str:
    """(0.21, 0.38) -> "21〜38%"; English "21–38%"."""
    if low is None or high is None:
        return NOTHING
    dash = "–" if locale == "en" else "〜"
    return f"{number(low * 100, digits)}{dash}{number(high * 100, digits)}%"


def percent_interval(
    value: float | None, low: float | None, high: float | None, n: int | None = None, locale: str = "ja"
) -> str:
    """A share with what it stands on: "29%（21〜38、n = 118）"; English "29% (21–38, n = 118)"."""
    if value is None:
        return NOTHING
    english = locale == "en"
    within = []
    if low is not None and high is not None:
        within.append(percent_range(low, high, locale=locale).removesuffix("%"))
    if n is not None:
        within.append(f"n = {number(n)}")
    if not within:
        return percent(value)
    inner = (", " if english else "、").join(within)
    return f"{percent(value)} ({inner})" if english else f"{percent(value)}（{inner}）"


def _dated(value: date | None, form: str, locale: str) -> str:
    return NOTHING if value is None else format_date(value, DAY_PATTERNS[form][locale], locale=locale)


def day(value: date | None, locale: str = "ja") -> str:
    """A day with its weekday: "2026年11月21日（土）"; English "Sat, 21 November 2026"."""
    return _dated(value, "day", locale)


def day_plain(value: date | None, locale: str = "ja") -> str:
    """A day without it: "2026年11月21日"; English "21 Nov 2026"."""
    return _dated(value, "plain", locale)


def day_short(value: date | None, today: date, locale: str = "ja") -> str:
    """A day of this year: "11月21日"; English "21 Nov". One of another year says which."""
    same_year = value is None or value.year == today.year
    return _dated(value, "short" if same_year else "plain", locale)


def month(value: date | None, locale: str = "ja") -> str:
    """A month whose year is known: "11月"; English "Nov"."""
    return _dated(value, "month", locale)


def month_year(value: date | None, locale: str = "ja") -> str:
    """A month of any year: "2026年11月"; English "Nov 2026"."""
    return _dated(value, "month_year", locale)


def clock_time(value: datetime | None, zone: tzinfo | None = None) -> str:
    """The time of an instant in the given zone: "9:30"."""
    if value is None:
        return NOTHING
    local = value.astimezone(zone) if zone and value.tzinfo else value
    return f"{local.hour}:{local:%M}"


def moment(value: datetime | None, today: date, zone: tzinfo | None = None, locale: str = "ja") -> str:
    """An instant as a short local date and time: "11月21日 9:30"; English "21 Nov, 9:30". See day_short."""
    if value is None:
        return NOTHING
    comma = "," if locale == "en" else ""
    return f"{day_short(local_day(value, zone), today, locale)}{comma} {clock_time(value, zone)}"


def local_day(value: date | datetime | str | None, zone: tzinfo | None = None) -> date | None:
    """The day an aware instant falls on in the given zone; a plain day stays as it is, an ISO text becomes one."""
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, datetime):
        return (value.astimezone(zone) if zone and value.tzinfo else value).date()
    return value


def share_of(value: float | None, scale: float) -> str:
    """How far along a drawing 0 … scale a value lies, as an SVG length: (0.29, 0.6) -> "48.33%"."""
    return along(value, 0, scale)


def along(value: float | None, start: float, end: float, middle: bool = False) -> str:
    """Where a value lies between start and end, cut to the drawing: (13, -10, 30) -> "57.5%".

    `middle`: half-way between the start and the value.
    """
    if value is None or end == start:
        return "0%"
    part = min(max((value - start) / (end - start), 0.0), 1.0) / (2 if middle else 1)
    return f"{part * 100:.2f}".rstrip("0").rstrip(".") + "%"


def spark_points(values: Sequence[float]) -> str:
    """The points of a small line, 80 × 24, standing on zero: [5, 9] -> "2,12 78,4"."""
    top, step = max(*values, 1e-9), 76 / max(len(values) - 1, 1)
    return " ".join(f"{2 + step * place:.4g},{22 - 18 * one / top:.3g}" for place, one in enumerate(values))


@functools.cache
def _parser() -> budoux.Parser:
    return budoux.load_default_japanese_parser()


def phrases_of(text: str) -> list[str]:
    """The phrases a Japanese text is made of; joined they are the text."""
    return list(_parser().parse(text))


@functools.lru_cache(maxsize=4096)
def _broken(text: str) -> Markup:
    return Markup("<wbr>").join(_parser().parse(text))


def phrases(text: str) -> Markup:
    """Text with a break chance (<wbr>) between Japanese phrases, for browsers without `auto-phrase`.

    Plain text is escaped; markup comes back as it is.
    """
    if isinstance(text, Markup) or text.isascii():
        return Markup.escape(text)
    return _broken(str(text))


def unbroken(text: str) -> Markup:
    """Text whose telephone numbers and hours of the day stay on one line each."""
    found, end = Markup(""), 0
    for match in _TOGETHER.finditer(text):
        found += Markup.escape(text[end : match.start()])
        found += Markup('<span class="nowrap">{}</span>').format(match[0])
        end = match.end()
    return found + Markup.escape(text[end:])


def reason_code(reason: Any) -> str:
    """The code of a reason, given as an object with `code` or as the code itself."""
    return reason if isinstance(reason, str) else reason.code


def reason_shade(reason: Any) -> str:
    """The built-in code whose colour a reason wears: its own, else that of its parent, else that of `none`."""
    code = reason_code(reason)
    if code in REASON_SEALS:
        return code
    parent = getattr(reason, "parent", None)
    return reason_shade(parent) if parent is not None else "none"


def reason_seal(reason: Any) -> str:
    """The one kanji of a reason: its own `seal`, the built-in one, or its label's first letter."""
    own = getattr(reason, "seal", None) or REASON_SEALS.get(reason_code(reason))
    return own or str(getattr(reason, "label", None) or reason_code(reason))[:1]


def locale_code() -> str:
    """The language the page is written in: "ja" or "en"."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "ja"


def url_with(**changes: Any) -> str:
    """This page's address with some query arguments changed: "?sort=-count&page=2", relative to the page.

    None or "" drops an argument; paging restarts unless `page` is given.
    """
    changed = {"page": None, **changes}
    query = [(key, value) for key, value in request.args.items(multi=True) if key not in changed]
    query += [(key, str(value)) for key, value in changed.items() if value not in (None, "")]
    return "?" + urlencode(query)


def _spoken(write: Callable[..., str]) -> Callable[..., str]:
    """The writer in the language of the request."""
    return lambda *args, **kwargs: write(*args, **{"locale": locale_code(), **kwargs})


def _local(write: Callable[..., str]) -> Callable[..., str]:
    """The day writer in the language and the time zone of the request; it takes instants too."""

    def written(value: date | datetime | str | None, **kwargs: Any) -> str:
        return write(local_day(value, get_timezone()), **{"locale": locale_code(), **kwargs})

    return written


def short_day(value: date | datetime | None) -> str:
    """`day_short` as the reader of now, here and in their language wants it."""
    return day_short(local_day(value, get_timezone()), clock.today(), locale_code())


def short_moment(value: datetime | None) -> str:
    """`moment` as the reader of now, here and in their language wants it."""
    return moment(value, clock.today(), get_timezone(), locale_code())


def time_of_day(value: datetime | None) -> str:
    """`clock_time` in the time zone of the reader."""
    return clock_time(value, get_timezone())


def init_app(app: Flask) -> None:
    """Give the writers to every template, as filters and (for `locale_code`, `url_with`) as functions."""
    spoken = (number, signed, points, yen, yen_exact, yen_range, percent, percent_range, percent_interval)
    plain = (
        yen_parts,
        share_of,
        along,
        spark_points,
        phrases,
        unbroken,
        reason_code,
        reason_shade,
        reason_seal,
    )
    filters = app.jinja_env.filters
    filters.update({write.__name__: _spoken(write) for write in spoken})
    filters.update({write.__name__: _local(write) for write in (day, day_plain, month, month_year)})
    filters.update(day_short=short_day, moment=short_moment, clock_time=time_of_day)
    filters.update({write.__name__: write for write in plain})
    app.jinja_env.globals.update(locale_code=locale_code, url_with=url_with)
