"""What is forgotten in time: on which network address something guarded was tried."""

from collections.abc import Iterator
from datetime import timedelta

from app import clock, jobs
from app.accounts import limits
from app.db import unit_of_work

FORGOTTEN_AFTER = timedelta(days=1)  # no limit counts longer than an hour


@jobs.job
def forget_networks() -> None:
    """Take away the counts of windows that passed a day ago, and with them what stands for a network address."""
    with unit_of_work():
        limits.forget(clock.now() - FORGOTTEN_AFTER)


@jobs.patient_sweep
def networks_remembered() -> Iterator[jobs.Ring]:
    """Is there a count that nobody needs any more?"""
    if limits.remembers(clock.now() - FORGOTTEN_AFTER):
        yield "forget_networks", ()
