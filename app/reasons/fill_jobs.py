"""Filling in what earlier readings lack for being found, batch by batch, between transactions."""

from collections.abc import Iterable

from flask import current_app

from app import clock
from app.db import unit_of_work
from app.jobs import Ring, job, sweep
from app.points import reach
from app.reasons import engine
from app.reasons.queries.search import fills_untouched
from app.reasons.services import search, take_dictionary


@job
def fill_search(fill_id: int) -> None:
    """Make readings findable until none is left. Killed at any point, it goes on where it stood."""
    while _fill_batch(fill_id):
        pass


def _fill_batch(fill_id: int) -> bool:
    with unit_of_work():
        take_dictionary()
        waiting = search.next_to_fill(fill_id)
    if waiting is None:
        return False
    stands_at, readables = waiting
    found = engine.engine_in(current_app.extensions["settings"].instance_path / "readers").read(
        [one.words for one in readables]
    )
    reach("filling.read")
    with unit_of_work():
        is_going = search.store_fill(fill_id, stands_at, readables, found, clock.now())
        reach("filling.storing")
    reach("filling.stored")
    return is_going


@sweep
def fills_standing_still() -> Iterable[Ring]:
    """Fillings whose worker has gone silent, or that no worker has taken up."""
    for fill_id in fills_untouched(clock.now() - search.STILL_AFTER):
        yield "fill_search", (fill_id,)
