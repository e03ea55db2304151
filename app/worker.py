"""The worker: runs jobs until stopped."""

import click
import structlog
from flask import Flask, current_app

from app.db import db
from app.jobs import LOADED_FIRST

log = structlog.get_logger()


@click.command("worker")
@click.option("--workers", default=2, show_default=True, help="processes that run jobs side by side")
def run_worker(workers: int) -> None:
    """Run background jobs and the sweep until stopped."""
    # Each worker process opens connections of its own; none may be shared across the fork.
    db.engine.dispose()
    huey = current_app.extensions["huey"]
    try:
        # What a killed worker left goes on at once, not at the next full minute.
        current_app.extensions["huey_sweep"]()
    except Exception as error:
        log.error("sweep_not_rung", exc_info=error)
    for load in LOADED_FIRST:
        load()
    consumer = huey.create_consumer(workers=workers, worker_type="process", initial_delay=0.05, max_delay=0.5)
    consumer.run()


def init_app(app: Flask) -> None:
    app.cli.add_command(run_worker)
