"""Calendar arithmetic, in Python and in SQL of both databases."""

import calendar
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

DAYS_A_MONTH = 365.25 / 12


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier, or that month's last: 31 March less one month is 28 or 29 February."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class days_before(FunctionElement[date]):
    """days_before(day, count): the day `count` days earlier."""

    type = sa.Date()
    inherit_cache = True
    name = "days_before"


class days_between(FunctionElement[int]):
    """days_between(earlier, later): how many days lie between two days."""

    type = sa.Integer()
    inherit_cache = True
    name = "days_between"


class day_in_japan(FunctionElement[date]):
    """day_in_japan(instant): its calendar day there, where there is no summer time."""

    type = sa.Date()
    inherit_cache = True
    name = "day_in_japan"


def _parts(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> list[str]:
    return [compiler.process(clause, **kw) for clause in element.clauses]


@compiles(days_before, "sqlite")
def _(element: days_before, compiler: SQLCompiler, **kw: Any) -> str:
    day, count = _parts(element, compiler, **kw)
    return f"date({day}, '-' || {count} || ' days')"


@compiles(days_before, "postgresql")
def _(element: days_before, compiler: SQLCompiler, **kw: Any) -> str:
    day, count = _parts(element, compiler, **kw)
    return f"({day} - {count})"


@compiles(days_between, "sqlite")
def _(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, later = _parts(element, compiler, **kw)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(days_between, "postgresql")
def _(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, later = _parts(element, compiler, **kw)
    return f"({later} - {earlier})"


@compiles(day_in_japan, "sqlite")
def _(element: day_in_japan, compiler: SQLCompiler, **kw: Any) -> str:
    (instant,) = _parts(element, compiler, **kw)
    return f"date({instant}, '+9 hours')"


@compiles(day_in_japan, "postgresql")
def _(element: day_in_japan, compiler: SQLCompiler, **kw: Any) -> str:
    (instant,) = _parts(element, compiler, **kw)
    return f"CAST({instant} AT TIME ZONE 'Asia/Tokyo' AS DATE)"
