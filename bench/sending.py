"""Sending: what a mail costs over its text, and what the pipeline leaves of the mail server's pace.

The server at the other end is aiosmtpd in a process of its own. It takes a few hundred mails a second and is itself the
limit, so that the share of its pace says less than the CPU of the side that sends.
"""

import multiprocessing
import smtplib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import clock
from app.accounts.queries import organisation
from app.campaigns import services
from app.campaigns.letters import message_to
from app.campaigns.models import Campaign, CampaignState, Message
from app.campaigns.sending import send_due
from app.campaigns.wording import fill
from app.db import db, unit_of_work
from bench.databases import on_sqlite
from bench.measuring import ROUNDS, Contestant, cpu_ratio, interleaved, median_cpu, median_rate, rate_ratio
from bench.results import Result
from bench.serving import product_on
from tests import factories_campaigns
from tests.sink import SinkServer

LETTERS, MAILS = 100, 60
FOOT = "{salutation}\n\n{body}\n\nリンクが開けないときは、{page} に番号 {code} を入れてください。\n\n――――――――――――――――\n{sender}\n{postal}\nお問い合わせ：{contact}\n{why}\n今後のメールを止める：{stop}\n"


def _serve(answer: Connection) -> None:
    with SinkServer() as sink:
        answer.send(sink.port)
        answer.recv()


@contextmanager
def mail_server() -> Iterator[int]:
    """A real SMTP server in a process of its own; yields its port."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("stop")
        process.join(10)


def campaign_of(count: int) -> int:
    """A started campaign with so many mails in the queue; its number."""
    with unit_of_work():
        db.session.execute(sa.update(factories_campaigns.Customer).values(state="active"))
        for _number in range(count):
            factories_campaigns.lapsed()
        campaign = factories_campaigns.campaign(state=CampaignState.APPROVED)
        services.start_campaign(campaign, clock.now())
        number = campaign.id
    more = True
    while more:
        with unit_of_work():
            more = services.invite_part(number, clock.now())
    return number


def letters(messages: list[Message]) -> list[Result]:
    """The text alone, against the whole mail with headers, HTML and encoding, as bytes."""
    own, at = organisation(), clock.now()
    assert own is not None

    def render() -> int:
        for message in messages:
            step, invitation = message.step, message.invitation
            link = f"http://localhost/s/{invitation.token}"
            fill(
                step.subject,
                {"name": invitation.customer.name, "company": own.name, "link": link, "deadline": ""},
            )
            body = fill(
                step.body,
                {"name": invitation.customer.name, "company": own.name, "link": link, "deadline": ""},
            )
            FOOT.format(
                salutation=invitation.customer.name, body=body, page="http://localhost/c", code=invitation.code, sender=own.sender_name,
                postal=own.postal_address, contact=own.contact, why="", stop=f"http://localhost/u/{invitation.token}",
            )  # fmt: skip
        return len(messages)

    def compose() -> int:
        for message in messages:
            message_to(message, own, "http://localhost", at).as_bytes()
        return len(messages)

    samples = interleaved({"render": Contestant(render), "compose": Contestant(compose)})
    beside = (
        f"{median_cpu(samples['compose']):.2f} ms a mail; text {1000 * median_cpu(samples['render']):.0f} µs"
    )
    ratio = cpu_ratio(samples["compose"], samples["render"])
    return [Result("render + MIME over rendering the text, CPU", ratio, at_most=1.6, beside=beside)]


def pipeline(app: Flask, port: int) -> list[Result]:
    """A campaign through queue, gate and server, against finished mails through one connection."""
    settings = replace(app.extensions["settings"], smtp_port=port)
    waiting = iter([campaign_of(MAILS) for _round in range(ROUNDS + 1)])
    own = organisation()
    assert own is not None
    finished = message_to(
        db.session.scalars(sa.select(Message)).first(), own, "http://localhost", clock.now()
    ).as_bytes()

    def floor() -> int:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for number in range(MAILS):
                server.sendmail("okyakusama@asagiri.example", [f"k{number}@okyaku.example"], finished)
        return MAILS

    def send() -> int:
        number = next(waiting)
        while send_due(number, settings, clock.now):
            continue
        db.session.rollback()
        assert db.session.get_one(Campaign, number, populate_existing=True).state is CampaignState.DONE
        return MAILS

    samples = interleaved({"floor": Contestant(floor), "pipeline": Contestant(send)})
    pace = rate_ratio(samples["pipeline"], samples["floor"])
    shown = f"{median_rate(samples['pipeline']):.0f} mails/s; server {median_rate(samples['floor']):.0f}/s"
    cost = 1 / cpu_ratio(samples["pipeline"], samples["floor"])
    return [
        Result("pipeline, share of the mail server's pace", pace, at_least=0.3, unit="", beside=shown),
        Result(
            "pipeline, share of CPU: finished mails over the pipeline",
            cost,
            unit="",
            beside=f"{median_cpu(samples['pipeline']):.1f} ms a mail",
        ),
    ]


def run() -> list[Result]:
    """Measure sending on SQLite (WAL, FULL)."""
    with tempfile.TemporaryDirectory(prefix="okaeri-bench-") as place, mail_server() as port:
        folder = Path(place)
        app = product_on(folder, on_sqlite(folder).url, HOURLY_SEND_LIMIT="1000000")
        with app.app_context(), app.test_request_context():
            campaign_of(LETTERS)
            messages: list[Any] = list(db.session.scalars(sa.select(Message)))
            found = letters(messages)
            db.session.rollback()
            return found + pipeline(app, port)
