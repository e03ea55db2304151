"""Processes of the product, forked from a server that has it and its reader in memory already.

A fresh interpreter spends over a second on imports before it does anything; a fork is a process all the same. That the
commands also start from nothing is asked by tests/production, tests/app/test_serve.py and tests/doors/test_health.py.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.config import ROOT

PATIENCE_SECONDS = 250
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.preloaded"])
Done = subprocess.CompletedProcess[str]


def flask(words: Sequence[str | Path], environment: Mapping[str, str], folder: Path) -> Done:
    """Run `flask --app wsgi …` from the project's root with nothing but this environment; what it writes is kept in `folder`."""
    command = ["flask", "--app", "wsgi", *map(str, words)]
    out, err = folder / "stdout", folder / "stderr"
    process = PROCESSES.Process(target=_run, args=(command, dict(environment), out, err))
    process.start()
    process.join(PATIENCE_SECONDS)
    if process.exitcode is None:
        process.kill()
        raise subprocess.TimeoutExpired(command, PATIENCE_SECONDS)
    return Done(command, process.exitcode, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


def _run(command: list[str], environment: dict[str, str], out: Path, err: Path) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    sys.argv = command
    from flask.cli import main

    main()
