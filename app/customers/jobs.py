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
from app.i18n import speaking
from app.points import reach

STILL = timedelta(minutes=2)
log = structlog.get_logger()


@jobs.job
def run_import(batch_id: int) -> None:
    """Take the rows of a started file, 500 in each transaction, from where an earlier worker stopped."""
    with unit_of_work():
        language = importers.language_of(batch_id)
    with speaking(language):
        _take_rows(batch_id)


def _take_rows(batch_id: int) -> None:
    try:
        with unit_of_work():
            walk = importers.open_walk(batch_id, clock.now())
        if walk is None:
            return
        reach("import.opened")
        path, more = importers.rejected_path_of(walk.batch), True
        while more:
            with unit_of_work():
                more = walk.take_chunk(clock.now(), path)
                reach("import.taking")
            reach("import.taken")
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


@jobs.job
def undo_import(batch_id: int) -> None:
    """Take an import back, whole or not at all."""
    try:
        with unit_of_work():
            importers.carry_out_undo(batch_id, clock.now())
            reach("undoing.carried_out")
    except OperationalError:
        raise  # the database is away or locked: the sweep rings again
    except Exception:
        log.exception("undo_failed", batch_id=batch_id)
        with unit_of_work():
            importers.give_up_undo(
                batch_id, _("うまく取り消せませんでした。何も変わっていません。"), clock.now()
            )


@jobs.sweep
def imports_that_stand_still() -> Iterator[jobs.Ring]:
    """Batches that no worker has touched for two minutes."""
    still = ImportBatch.touched_at < clock.now() - STILL
    taking = ImportBatch.state.in_((ImportState.MAPPED, ImportState.RUNNING))
    undoing = sa.and_(ImportBatch.undo_asked_at.is_not(None), ImportBatch.undone_at.is_(None))
    for name, waiting in (("run_import", taking), ("undo_import", undoing)):
        for batch_id in db.session.scalars(sa.select(ImportBatch.id).where(waiting, still)).all():
            yield name, (batch_id,)


@jobs.job
def follow_purchases() -> None:
    """Bring all states up to date by the rule in force: silence grows by itself."""
    with unit_of_work():
        services.follow_purchases(clock.today(), clock.now())
        reach("following.applying")


@jobs.sweep
def lapse_rule_of_yesterday() -> Iterator[jobs.Ring]:
    """The rule in force, where it was not applied today."""
    rule = lapse_rule_in_force()
    if rule is not None and rule.applied_on != clock.today():
        yield "follow_purchases", ()
