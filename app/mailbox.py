"""The built-in mailbox of a first try: a real SMTP server on loopback, and a page that shows what it received.

One file per mail in <instance>/mailbox; a server of your own (SMTP_HOST, MAILBOX=0) takes its place.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, cast

import click
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Blueprint, Flask, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs
from app.config import is_loopback
from app.paging import Page

blueprint = Blueprint("mailbox", __name__)
LARGEST_MAIL = 2**21


@dataclass(frozen=True)
class Received:
    """One mail as the mailbox shows it."""

    name: str
    at: datetime
    sender: str
    recipient: str
    subject: str
    text: str
    headers: list[tuple[str, str]]


class Keeper:
    """Stores each mail as a file of its own before it says yes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        stamp = clock.now().strftime("%Y%m%dT%H%M%S%f")
        part = self.folder / f".{stamp}-{secrets.token_hex(4)}"
        part.write_bytes(cast(bytes, envelope.original_content))
        part.rename(self.folder / f"{part.name[1:]}.eml")
        return "250 kept"


@blueprint.before_request
def _stay_at_home() -> None:
    """Every mail with its links is shown here: to this machine only, unless the settings say otherwise."""
    at_home = is_loopback(request.remote_addr or "") and is_loopback(request.host.rsplit(":", 1)[0])
    if not at_home and not current_app.extensions["settings"].mailbox_open:
        abort(404)


def _folder() -> Path:
    return Path(current_app.extensions["settings"].instance_path) / "mailbox"


def _read(path: Path) -> Received:
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(("plain", "html"))
    return Received(
        name=path.stem,
        at=datetime.strptime(path.stem[:21] + "+0000", "%Y%m%dT%H%M%S%f%z"),
        sender=str(message["From"] or ""),
        recipient=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=body.get_content() if body else "",
        headers=[(name, str(value)) for name, value in message.items()],
    )


@blueprint.get("/mailbox")
@needs(Right.PERSONAL)
def list_mails() -> ResponseReturnValue:
    paths = sorted(_folder().glob("*.eml"), reverse=True)
    page = Page.cut(paths, request.args.get("page", 1, int))
    return render_template("mailbox/list.html", page=page, mails=[_read(path) for path in page.rows])


@blueprint.get("/mailbox/<name>")
@needs(Right.PERSONAL)
def show_mail(name: str) -> ResponseReturnValue:
    path = next((found for found in _folder().glob("*.eml") if found.stem == name), None)
    if path is None:
        abort(404)
    return render_template("mailbox/mail.html", mail=_read(path))


@click.command("mailbox")
def serve_mailbox() -> None:
    """Run the built-in SMTP server on loopback until stopped."""
    settings = current_app.extensions["settings"]
    keeper = Keeper(_folder())

    async def serve() -> None:
        def session() -> Any:
            return SMTP(keeper, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True)

        server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", settings.smtp_port)
        await server.serve_forever()

    asyncio.run(serve())


def init_app(app: Flask) -> None:
    app.cli.add_command(serve_mailbox)
    if app.extensions["settings"].mailbox:
        app.register_blueprint(blueprint)
