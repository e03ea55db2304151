"""flask demo …: make the demo, and say how to enter it."""

import click
from flask import current_app
from flask.cli import AppGroup

from app import clock
from app.demo import story

demo = AppGroup("demo", help="The demo's story.")


@demo.command("prepare")
def prepare() -> None:
    """Make the organisation and its members; nothing if they are there."""
    story.prepare(clock.now())


@demo.command("tell")
def tell() -> None:
    """Tell the rest of the story, from where it stopped."""
    story.tell(clock.now())


@demo.command("logins")
def logins() -> None:
    """Print who may sign in, with the demo's passwords."""
    for login in story.LOGINS:
        click.echo(f"  {login.email:<32} {login.password:<20} {login.name}（{login.role_label}）")


@demo.command("example-link")
def example_link() -> None:
    """Print the address of a survey nobody has answered yet."""
    path = story.example_link()
    if path:
        click.echo(current_app.extensions["settings"].public_url + path)
