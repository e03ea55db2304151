"""Log lines: one per use case, the verb and ids; never a verbatim, a name or an address.

Messages of exceptions are left out, since a database or a mail server likes to quote the value it refused: a line
says what kind of error it was and where it stood.
"""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from flask import Flask
from structlog.typing import EventDict, WrappedLogger

Failure = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


def where(failure: Any) -> list[str]:
    """The kinds of an error and of what caused it, with file, line and function; outermost cause first."""
    error = failure[1] if isinstance(failure, tuple) else failure
    lines: list[str] = []
    while isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        lines[:0] = [type(error).__name__, *(f"{f.filename}:{f.lineno} {f.name}" for f in frames)]
        error = error.__cause__ or error.__context__
    return lines


class QuietFormatter(logging.Formatter):
    """For lines of libraries: the error without its message."""

    def formatException(self, ei: Failure) -> str:
        return " <- ".join(reversed(where(ei)))


def _without_message(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    failure = line.pop("exc_info", None)
    if failure:
        line["error"] = where(sys.exc_info() if failure is True else failure)
    return line


def init_app(app: Flask) -> None:
    """Write one JSON line per event to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(QuietFormatter("%(levelname)s %(name)s %(message)s"))
    app.logger.handlers = [handler]
    logging.getLogger("huey").handlers = [handler]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_message,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if app.testing else logging.INFO),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
