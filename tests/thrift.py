"""What keeps the whole run short without changing what is tested."""

import gc
import os
import tempfile
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 3_000_000_000


class KeptRule(Rule):
    """An address whose builder is compiled once per process; werkzeug does it anew for each of 250 in each application."""

    kept: dict[Any, Any] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        key = (self.rule, self.subdomain, str(self.defaults), append_unknown)
        if key not in self.kept:
            self.kept[key] = super()._compile_builder(append_unknown)
        return self.kept[key]


def write_to_memory() -> None:
    """Let the tests' files and servers live in memory where there is room: a commit waits 30 ms for some disks.

    Whether commits reach the disk is asked of the system calls (tests/promises), not of these files.
    """
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return
    found = os.statvfs(MEMORY)
    if found.f_bavail * found.f_frsize < ENOUGH_BYTES:
        return
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    if not found.f_flag & os.ST_NOEXEC:  # PostgreSQL's programs are copied beside its files
        os.environ.setdefault("TMPDIR", str(MEMORY))
        tempfile.tempdir = None  # asked before


def keep_what_is_imported() -> None:
    """What stands before the first test stays to the end: the garbage collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def compile_addresses_once() -> None:
    Flask.url_rule_class = KeptRule
