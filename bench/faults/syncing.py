"""Is an answer on the disk before it is acknowledged? A kill cannot see that: the kernel keeps what was written.

So the system calls of the web tier are traced: between the last write to the write-ahead log and the answer that
acknowledges the sheet there must stand an fsync of that log.
"""

import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from random import Random

from bench.databases import on_sqlite
from bench.faults.kills import invited
from bench.faults.verdicts import Verdict, Word
from bench.respondents import Browser
from bench.serving import environment_of, product_on, serving

NAME = "an fsync before each acknowledgement, SQLite"
CALLS = "fsync,fdatasync,pwrite64,write,sendto,sendmsg"
_CALL = re.compile(r"^\d+\s+(\w+)\(\d+<([^>]*)>")


def trace_acknowledgements(folder: Path, times: int, _rng: Random) -> Verdict:
    """Submit sheets one after the other under strace, and read the order of the calls."""
    if shutil.which("strace") is None:
        return Verdict(NAME, 0, not_yet="strace is missing (Debian: apt-get install strace)")
    database = on_sqlite(folder)
    tokens = invited(product_on(folder, database.url), times)
    log = folder / "calls.log"
    with serving(folder, environment_of(folder, database.url)) as web:
        browser = Browser(web.address)
        browser.open(tokens[0])
        tracer = _trace(web.pid, log)
        if tracer is None:
            return Verdict(NAME, 0, not_yet="this machine does not let strace attach (ptrace)")
        for token in tokens:
            browser.begin(token)
            browser.submit(token)
        tracer.send_signal(signal.SIGINT)
        tracer.wait(30)
    words = {Word.OK: 0, Word.LOST: 0}
    for synced in acknowledgements(log.read_text(errors="replace").splitlines()):
        words[Word.OK if synced else Word.LOST] += 1
    verdict = Verdict(NAME, times, note="Lost here: acknowledged before its data was synced.")
    verdict.words.update(words)
    verdict.words[Word.UNEXPECTED] += times - sum(words.values())
    return verdict


def _trace(pid: int, log: Path) -> "subprocess.Popen[bytes] | None":
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    command = ["strace", "-f", "-y", "-s", "900", "-e", f"trace={CALLS}", "-o", str(log), "-p", children[0]]
    tracer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(2)
    return tracer if tracer.poll() is None else None


def acknowledgements(lines: list[str]) -> list[bool]:
    """For each thank-you in the trace: was the log synced after the last write to it?"""
    found, is_synced = [], False
    for line in lines:
        call = _CALL.match(line)
        if call is None:
            continue
        name, target = call.groups()
        if target.endswith("okaeri.db-wal"):
            is_synced = name in ("fsync", "fdatasync") or (is_synced and name not in ("write", "pwrite64"))
        elif name in ("sendto", "sendmsg", "write") and "HTTP/1.1 303" in line and "/1 " not in line:
            if "/thanks" in line:
                found.append(is_synced)
            is_synced = False
    return found
