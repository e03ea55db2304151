"""`make bench`, `make promises` and `make faults`: the smallest part of each, as a process in a copy of the tree.

Each prints its table last and keeps its figures as JSON under build/.
"""

import json
import shutil
import subprocess
import sys

import pytest

from app.config import ROOT

NOT_COPIED = shutil.ignore_patterns(
    "__pycache__", "instance", "build", ".git", ".venv", ".*_cache", ".hypothesis"
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the tree with this environment: the runs write into docs/."""
    copy = tmp_path_factory.mktemp("copy") / "okaeri"
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    return copy


@pytest.mark.parametrize(
    ("target", "part", "name", "head"),
    [
        ("promises", "PROMISE=16 21b", "21b", "zeros mean"),
        ("bench", "BENCH=exporting", "exporting", "in this run"),
        ("faults", "FAULTS=flaws", "flaws", "duplicated"),
    ],
)
def test_a_long_run_prints_its_table_last_and_keeps_its_figures(tree, target, part, name, head):
    ran = subprocess.run(
        ["make", "-s", target, part], cwd=tree, capture_output=True, text=True, check=False, timeout=280
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.rstrip().splitlines()
    assert any(head in line for line in lines), ran.stdout
    assert name in json.loads((tree / "build" / f"{target}.json").read_text(encoding="utf-8"))
    page = "speed" if target == "bench" else "promises"
    assert (tree / f"docs/{page}.md").read_text() != (ROOT / f"docs/{page}.md").read_text()


def test_a_benchmark_nobody_knows_is_one_line_and_exit_2(tree):
    ran = subprocess.run(
        [sys.executable, "-m", "bench", "nothing"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr.count("\n"), ran.stdout) == (2, 1, "")
