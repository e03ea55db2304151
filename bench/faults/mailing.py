"""Two mail workers over 1,500 messages, killed again and again, against a real SMTP server.

Exactly-once mail does not exist (RFC 1047): what was cut off behind DATA becomes `unknown`, is shown to a person and
never sent again by a machine. Each pair of workers starts with its clock eleven minutes ahead of the last, so that it
takes up at once what would else lie for ten minutes.
"""

import asyncio
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from app import clock
from app.campaigns import services
from app.campaigns.models import CampaignState, Message, MessageState
from app.config import Settings
from app.db import db, unit_of_work
from bench.databases import on_sqlite
from bench.faults.verdicts import Verdict, Word
from bench.serving import product_on
from tests import factories_campaigns
from tests.faults.worker import running, work
from tests.sink import Sink, SinkServer

STEP = timedelta(minutes=11)
PATIENCE_SECONDS = 120


class SlowSink(Sink):
    """Takes a moment between the last word of a mail and its answer, so that kills fall there as well."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.received.append(envelope)
        await asyncio.sleep(0.004)
        return "250 kept"


def kill_mail_workers(folder: Path, messages: int, times: int, rng: Random) -> Verdict:
    """Send so many messages by two workers that are killed `times` times in all."""
    server = SinkServer()
    server.sink = SlowSink()
    with server as sink:
        database = on_sqlite(folder)
        app = product_on(folder, database.url, SMTP_PORT=str(sink.port), HOURLY_SEND_LIMIT="1000000")
        settings = app.extensions["settings"]
        prepare(app, messages)
        killed = 0
        while killed < times and not is_done(app):
            mean = max(2.0, (messages - len(sink.received)) / max(1, (times - killed) / 2))
            killed += two_workers(settings, folder, sink, STEP * killed, rng, mean)
        finish(app, settings, folder, STEP * (killed + 1))
    return judged(app, sink, killed)


def prepare(app: Flask, messages: int) -> None:
    """A campaign over so many people, approved and started."""
    with app.app_context():
        with unit_of_work():
            for _number in range(messages):
                factories_campaigns.lapsed()
            services.start_campaign(factories_campaigns.campaign(state=CampaignState.APPROVED), clock.now())
        more = True
        while more:
            with unit_of_work():
                more = services.invite_part(1, clock.now())


def two_workers(
    settings: Settings, folder: Path, sink: Sink, ahead: timedelta, rng: Random, mean: float
) -> int:
    """Let two workers send for a while, kill one, a moment later the other; return how many were killed."""
    log = folder / "workers.log"
    wanted = len(sink.received) + rng.randint(1, max(1, round(mean * 1.2)))
    # The end of the block kills both, with all their processes.
    with running(work, settings, log, ahead), running(work, settings, log, ahead):
        deadline = time.monotonic() + 20
        while len(sink.received) < wanted and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(rng.random() * 0.01)
    return 2


def is_done(app: Flask) -> bool:
    with app.app_context():
        db.session.rollback()
        waiting = sa.select(Message.id).where(
            Message.state.in_((MessageState.QUEUED, MessageState.CLAIMED, MessageState.HANDING_OVER))
        )
        return db.session.scalar(waiting.limit(1)) is None


def finish(app: Flask, settings: Settings, folder: Path, ahead: timedelta) -> None:
    """One worker brings the rest to its end, nobody kills it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with running(work, settings, folder / "workers.log", ahead):
        while not is_done(app) and time.monotonic() < deadline:
            time.sleep(0.1)


def judged(app: Flask, sink: Sink, killed: int) -> Verdict:
    """What each message became, against what the server has taken."""
    taken = Counter(envelope.rcpt_tos[0] for envelope in sink.received)
    words: Counter[str] = Counter()
    with app.app_context():
        db.session.rollback()
        for address, state in db.session.execute(sa.select(Message.address, Message.state)):
            words[_word(state, taken[address])] += 1
    arrived = sum(1 for count in taken.values() if count)
    return Verdict(
        "SIGKILL of two mail workers",
        killed,
        words,
        f"{sum(words.values()):,} messages, {arrived:,} arrived, each once at most."
        if not words[Word.DUPLICATED]
        else "",
    )


def _word(state: MessageState, copies: int) -> Word:
    if copies > 1:
        return Word.DUPLICATED
    if state is MessageState.ACCEPTED:
        return Word.OK if copies == 1 else Word.LOST
    return Word.UNKNOWN if state is MessageState.UNKNOWN else Word.UNEXPECTED
