"""flask setup …, flask members …: what has to work before, or without, signing in."""

import click
import sqlalchemy as sa
from flask import current_app

from app import clock
from app.accounts import queries, services
from app.accounts.models import Member, Organisation
from app.cli import Doors
from app.db import db, unit_of_work

setup = Doors("setup", help="The first set-up of an empty product.")
members = Doors("members", help="Members who cannot sign in.")


@setup.command("link")
def print_link() -> None:
    """Print the link that opens the first set-up; nothing once that is done. An older link ends."""
    with unit_of_work():
        key = services.make_set_up_key(clock.now())
    if key:
        click.echo(f"{current_app.extensions['settings'].public_url}/setup/{key}")


@setup.command("check")
def check() -> None:
    """Refuse (exit code 2) where the database holds the demo; it is only read."""
    if not sa.inspect(db.engine).has_table(Organisation.__tablename__):
        return
    # Only this column: the table may be older than the product.
    if db.session.scalar(sa.select(Organisation.is_demo)):
        raise click.UsageError("this database holds the demo: choose another DATABASE_URL or INSTANCE_PATH")


@members.command("set-password")
@click.argument("email")
@click.password_option(help="Asked for if not given; at least 12 characters.")
def set_password(email: str, password: str) -> None:
    """Give the member with this address a new password, and sign them out everywhere."""
    if not 12 <= len(password) <= 200:
        raise click.UsageError("a password has 12 to 200 characters")
    with unit_of_work():
        services.set_password(_member(email), password, None, clock.now())


@members.command("reset-second-step")
@click.argument("email")
def reset_second_step(email: str) -> None:
    """Let the member with this address sign in by password alone again."""
    with unit_of_work():
        services.reset_second_step(_member(email), None, clock.now())


def _member(email: str) -> Member:
    member = queries.member_by_email(email)
    if member is None:
        raise click.UsageError("no member has this address")
    return member
