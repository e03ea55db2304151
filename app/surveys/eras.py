"""Days in the Japanese calendar: 2026-11-22 → 令和8年11月22日."""

from datetime import date
from typing import Any

# The first day of each era (大正 and later by law; 明治 from the day Japan took the Gregorian calendar).
_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1873, 1, 1), "明治"),
)
_MEIJI_BEGAN = 1868


def era_day(value: date | str | None) -> str:
    """令和8年11月22日; "" for a day before 明治6年, or what is no day."""
    day = _day(value)
    first = next(((start, name) for start, name in _ERAS if day is not None and day >= start), None)
    if day is None or first is None:
        return ""
    start, name = first
    year = day.year - (_MEIJI_BEGAN if name == "明治" else start.year) + 1
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def day_in_words(value: Any) -> str:
    """2026年11月22日（令和8年11月22日）; what is no day stays as it is."""
    day = _day(value)
    if day is None:
        return str(value)
    era = era_day(day)
    return f"{day.year}年{day.month}月{day.day}日" + (f"（{era}）" if era else "")


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
