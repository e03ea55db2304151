"""Two workers send one campaign at once, and one of them is killed: still nobody gets a mail twice."""

import os
import signal
import time
from collections import Counter

import pytest

from app import create_app
from app.campaigns.sending import send_due
from app.db import db, unit_of_work
from tests.app.campaigns.world import messages, send, settings_to, started, states
from tests.conftest import NOW
from tests.processes import PROCESSES

pytestmark = pytest.mark.usefixtures("context")


def work(settings, campaign_id):
    """A worker process of its own."""
    app = create_app(settings, testing=True)
    with app.app_context():
        while send_due(campaign_id, settings, lambda: NOW):
            pass


def at_work(settings, campaign, count=2):
    db.session.remove()
    workers = [PROCESSES.Process(target=work, args=(settings, campaign.id)) for _number in range(count)]
    for worker in workers:
        worker.start()
    return workers


def addresses(sink):
    return Counter(envelope.rcpt_tos[0] for envelope in sink.received)


def test_two_workers_at_once_send_each_mail_once(sink):
    campaign = started(60)
    workers = at_work(settings_to(sink.port), campaign)
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert set(states()) == {"accepted"}
    assert set(addresses(sink).values()) == {1}
    assert len(sink.received) == 60


def test_a_killed_worker_loses_nothing_and_doubles_nothing(sink):
    campaign = started(40)
    killed, other = at_work(settings_to(sink.port), campaign)
    while len(sink.received) < 5:
        time.sleep(0.01)
    os.kill(killed.pid, signal.SIGKILL)
    killed.join(10)
    other.join(60)
    with unit_of_work():
        for message in messages():
            message.touched_at = NOW.replace(hour=0)
    send(campaign, sink.port)
    assert set(addresses(sink).values()) == {1}
    assert set(states()) <= {"accepted", "unknown"}
    assert states().count("unknown") <= 1
    assert len(sink.received) >= states().count("accepted")
