"""Log lines: one per use case, the verb and ids; never a verbatim, a name or an address."""

import logging
import sys

import structlog
from flask import Flask


def init_app(app: Flask) -> None:
    """Write one JSON line per event to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if app.testing else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
