"""Background work of customers: imports, and the lapse rule once a day."""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import OperationalError

from app import clock, jobs
from app.customers import importers, services
from app.customers.models import ImportBatch, ImportState
from app.customers.queries import lapse_rule_in_force
from app.db import db, unit_of_work
from app.errors import OkaeriError
from app.i18n import gettext as _

STILL = timedelta(minutes=2)
log = structlog.get_logger()


@jobs.job
def run_import(batch_id: int) -> None:
    """Take the rows of a started file, 500 in each transaction, from where an earlier worker stopped."""
    try:
        with unit_of_work():
            walk = importers.open_walk(batch_id, clock.now())
        if walk is None:
            return
        path, more = importers.rejected_path_of(walk.batch), True
        while more:
            with unit_of_work():
                more = walk.take_chunk(clock.now(), path)
    except OkaeriError as error:
        with unit_of_work():
            importers.fail_import(batch_id, error.sentence, clock.now())
    except OperationalError:
        raise  # the database is away or locked: the sweep rings again
    except Exception:
        log.exception("import_failed", batch_id=batch_id)
        sentence = _("うまく動きませんでした。取り込んだ行は残っています。もう一度取り込んでください。")
        with unit_of_work():
            importers.fail_import(batch_id, sentence, clock.now())


@jobs.sweep
def imports_that_stand_still() -> Iterator[jobs.Ring]:
    """Batches that no worker has touched for two minutes."""
    open_still = ImportBatch.state.in_((ImportState.MAPPED, ImportState.RUNNING))
    limit = clock.now() - STILL
    ids = db.session.scalars(sa.select(ImportBatch.id).where(open_still, ImportBatch.touched_at < limit))
    for batch_id in ids.all():
        yield "run_import", (batch_id,)


@jobs.job
def follow_purchases() -> None:
    """Bring all states up to date by the rule in force: silence grows by itself."""
    with unit_of_work():
        services.follow_purchases(clock.today(), clock.now())


@jobs.sweep
def lapse_rule_of_yesterday() -> Iterator[jobs.Ring]:
    """The rule in force, where it was not applied today."""
    rule = lapse_rule_in_force()
    if rule is not None and rule.applied_on != clock.today():
        yield "follow_purchases", ()
