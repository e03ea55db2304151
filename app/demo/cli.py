"""flask demo …: make the demo, and say how to enter it."""

import logging

import click
import structlog
from flask import current_app
from flask.cli import AppGroup

from app import clock
from app.accounts.queries import organisation
from app.demo import story

demo = AppGroup("demo", help="The demo's story.")


@demo.command("prepare")
def prepare() -> None:
    """Make the organisation and its members; nothing if they are there."""
    story.prepare(clock.now())


@demo.command("tell")
def tell() -> None:
    """Tell the rest of the story, from where it stopped."""
    # Hundreds of use cases of years past: their log lines would bury the address and the logins.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    story.tell()


@demo.command("logins")
def logins() -> None:
    """Print who may sign in, with the demo's passwords; nothing where the data is not the demo's."""
    house = organisation()
    if house is None or not house.is_demo:
        return
    for login in story.LOGINS:
        click.echo(f"  {login.email:<32} {login.password:<20} {login.name}（{login.role_label}）")


@demo.command("example-link")
def example_link() -> None:
    """Print the address of a survey nobody has answered yet."""
    path = story.example_link()
    if path:
        click.echo(current_app.extensions["settings"].public_url + path)
