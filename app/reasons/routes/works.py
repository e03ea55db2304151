"""Runs under way, as every staff page tells of them."""

from collections.abc import Iterator

from flask import url_for

from app import clock, pages
from app.accounts.access import Right, current_member, may
from app.i18n import gettext as _
from app.reasons import queries
from app.reasons.models import DraftState
from app.reasons.queries.search import fill_open


@pages.shows_works
def runs_under_way() -> Iterator[pages.Work]:
    """Surveys that are being read; whoever may decide about readings may stop it."""
    for run, survey in queries.runs_open():
        if run.draft is not DraftState.NONE:
            yield pages.Work(
                label=_("「%(survey)s」の読みなおしを反映しています", survey=survey),
                done=run.settled_count,
                total=run.draft_count,
                url=url_for("reasons.show_run", run_id=run.id),
                left=pages.time_left(
                    run.settled_count, run.draft_count, run.decided_at or run.queued_at, clock.now()
                ),
            )
            continue
        yield pages.Work(
            label=_("「%(survey)s」の声を読んでいます", survey=survey),
            done=run.done_count,
            total=run.total_count,
            url=url_for("reasons.list_runs"),
            left=pages.time_left(run.done_count, run.total_count, run.queued_at, clock.now()),
            cancel_url=url_for("reasons.cancel_run", run_id=run.id)
            if may(current_member(), Right.CODE)
            else "",
        )


@pages.shows_works
def filling_under_way() -> Iterator[pages.Work]:
    """Voices that were read before they could be found by every word."""
    if fill := fill_open():
        done = min(fill.done_count, fill.total_count)
        yield pages.Work(label=_("声をことばで探せるようにしています"), done=done, total=fill.total_count)
