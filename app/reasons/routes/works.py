"""Runs under way, as every staff page tells of them."""

from collections.abc import Iterator

from flask import url_for

from app import clock, pages
from app.accounts.access import Right, current_member, may
from app.i18n import gettext as _
from app.reasons import queries


@pages.shows_works
def runs_under_way() -> Iterator[pages.Work]:
    """Surveys that are being read; whoever may decide about readings may stop it."""
    for run, survey in queries.runs_open():
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
