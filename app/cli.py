"""What all commands share: one line on standard error and code 2 where something is wrong."""

import logging
import sys
from typing import Any, NoReturn

import click
import structlog
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from app.errors import OkaeriError


class Doors(AppGroup):
    """Commands that other people's scripts rely on: results on standard output, all else on standard error."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            _refuse(error.format_message())

    def invoke(self, ctx: click.Context) -> Any:
        # A script that reads standard error finds progress and errors there, no log of each job.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            _refuse(error.format_message())
        except OkaeriError as error:
            _refuse(error.sentence)
        except DBAPIError as error:
            _refuse(str(error.orig))
        except OSError as error:
            _refuse(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _refuse(sentence: str) -> NoReturn:
    click.echo(" ".join(sentence.split()), err=True)
    sys.exit(2)
