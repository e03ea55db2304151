"""Named points between and inside the transactions of background work.

`reach(name)` does nothing, unless the setting DIE_AT names this point: then the process kills itself there, as a power
cut would. tests/faults kill a real worker at every point of POINTS and look at what stands afterwards.
"""

import os
import signal
import sys
from typing import NamedTuple

from flask import Flask, current_app

from app.config import BadSettings


class Point(NamedTuple):
    """What is already stored when the point is reached, and what would have followed."""

    before: str
    after: str


POINTS = {
    "commit.before_bells": Point("the transaction is committed", "the jobs it asked for are queued"),
    "reading.chosen": Point("the sheet is submitted", "its answers are read"),
    "reading.found": Point("the sheet is submitted, its answers are read in memory", "the readings are stored"),
    "reading.storing": Point("the readings are written, not committed", "the commit"),
    "reading.stored": Point("the readings stand", "nothing: the job is at its end"),
    "run.claimed": Point("the run is running, in this process's hands", "the reader learns"),
    "run.taught": Point("the reader has learnt and lies in its folder", "the run notes what reads"),
    "run.begun": Point("the run knows what reads and how much", "the first batch"),
    "run.judged": Point("what the reader says of decisions it has not learnt is in memory", "it is stored, then the first batch"),
    "run.batch_read": Point("a batch is read in memory", "it is stored and counted"),
    "run.batch_storing": Point("a batch is written and counted, not committed", "the commit"),
    "run.batch_stored": Point("a batch stands and is counted", "the next batch, or the end of the run"),
    "run.finished": Point("the run is done, its bell for themes has rung", "nothing: the job is at its end"),
    "filling.read": Point("readings made earlier are read in memory", "they are made findable"),
    "filling.storing": Point("they are findable and counted, not committed", "the commit"),
    "filling.stored": Point("they are findable and counted", "the next ones, or the end"),
    "applying.claimed": Point("a draft is in this process's hands", "its first lot is applied"),
    "applying.storing": Point("a lot of a draft is written and counted, not committed", "the commit"),
    "applying.stored": Point("a lot of a draft stands and is counted", "the next lot, or the end"),
    "themes.found": Point("themes are found in memory", "they are stored"),
    "themes.storing": Point("themes are written, not committed", "the commit"),
    "themes.stored": Point("the themes stand", "nothing: the job is at its end"),
    "starting.inviting": Point("a part of the segment is invited, not committed", "the commit"),
    "starting.invited": Point("a part of the segment is invited", "the next part, then the sending"),
    "sending.claimed": Point("messages are claimed", "each passes the last gate"),
    "sending.passing": Point("a message is written as handing_over, not committed", "the commit"),
    "sending.handing_over": Point("a message is handing_over", "it is given to the mail server"),
    "sending.given": Point("the mail server has taken the message (after DATA)", "the message is accepted"),
    "sending.settled": Point("the message is accepted", "the next message, or the end of the campaign"),
    "answers.writing": Point("a link to somebody's answers is made, not committed", "the commit"),
    "answers.handing_over": Point("the link is handing_over", "it is given to the mail server"),
    "answers.given": Point("the mail server has taken the mail (after DATA)", "the link is sent"),
    "answers.settled": Point("the link is sent", "nothing: the job is at its end"),
    "import.opened": Point("the import is running", "its next 500 rows are taken"),
    "import.taking": Point("500 rows are written, the rejected ones are in their file, not committed", "the commit"),
    "import.taken": Point("500 rows stand and are counted", "the next 500 rows"),
    "undoing.carried_out": Point("what an import brought is taken back, not committed", "the commit"),
    "following.applying": Point("the states are brought up to date, not committed", "the commit"),
    "telling.piece": Point("a piece of a chapter of the demo stands", "it is counted, then the next piece"),
    "telling.telling": Point("a chapter of the demo is written, not committed", "the commit"),
    "telling.told": Point("a chapter of the demo is told", "the next chapter"),
}  # fmt: skip


def reach(name: str) -> None:
    """Say that the work stands at this point. Raises KeyError for a point that is not listed."""
    POINTS[name]
    dying = current_app.extensions["dies_at"]
    if name != dying["name"]:
        return
    dying["times"] -= 1
    if dying["times"] == 0:
        sys.stderr.write(f"dies at {name}\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def init_app(app: Flask) -> None:
    """Read DIE_AT: the name of a point, or name:3 for the third time it is reached. Raises BadSettings."""
    name, _, times = app.extensions["settings"].die_at.partition(":")
    if name and (name not in POINTS or not (times or "1").isdecimal()):
        raise BadSettings("DIE_AT must name a point of app/points.py")
    app.extensions["dies_at"] = {"name": name, "times": int(times or 1)}
