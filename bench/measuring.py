"""Measuring on machines that others use too: CPU of whole process trees, rounds in turn, medians.

Load wanders, so no absolute time is a result: what is compared runs A B A B …, and the median of the ratios counts.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TICKS = os.sysconf("SC_CLK_TCK")
ROUNDS = 5


@dataclass(frozen=True)
class Sample:
    """One round of one contestant: seconds of CPU and of wall time for `count` units of work."""

    cpu: float
    wall: float
    count: int

    @property
    def cpu_each(self) -> float:
        return self.cpu / self.count

    @property
    def rate(self) -> float:
        """Units per second of wall time."""
        return self.count / self.wall


@dataclass(frozen=True)
class Contestant:
    """What is measured: `work` does some units and returns how many; `pids` are the roots of its process trees."""

    work: Callable[[], int]
    pids: tuple[int, ...] = ()


def tree_of(roots: Iterable[int]) -> set[int]:
    """These processes and all that descend from them."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, waiting = set[int](), list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children.get(pid, [])
    return found


def cpu_of(roots: Iterable[int]) -> float:
    """Seconds of CPU these process trees have used, children that have ended included; this process if there are none."""
    roots = list(roots) or [os.getpid()]
    stats = [stat for pid in tree_of(roots) if (stat := _stat(pid))]
    return sum(sum(int(ticks) for ticks in stat[11:15]) for stat in stats) / TICKS


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name; nothing if the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def memory_of(pid: int) -> int:
    """The largest resident size of a living process so far, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def measured(contestant: Contestant) -> Sample:
    """Let a contestant work once."""
    own = not contestant.pids
    before, began = (time.process_time() if own else cpu_of(contestant.pids)), time.perf_counter()
    count = contestant.work()
    wall = time.perf_counter() - began
    return Sample((time.process_time() if own else cpu_of(contestant.pids)) - before, wall, count)


def interleaved(contestants: Mapping[str, Contestant], rounds: int = ROUNDS) -> dict[str, list[Sample]]:
    """A first turn to warm up, then A B … A B …: what disturbs one round disturbs all who run in it."""
    for contestant in contestants.values():
        contestant.work()
    samples: dict[str, list[Sample]] = {name: [] for name in contestants}
    for _round in range(rounds):
        for name, contestant in contestants.items():
            samples[name].append(measured(contestant))
    return samples


def cpu_ratio(samples: list[Sample], floor: list[Sample]) -> float:
    """The median over the rounds of CPU per unit over that of the floor."""
    return median(one.cpu_each / base.cpu_each for one, base in zip(samples, floor, strict=True))


def rate_ratio(samples: list[Sample], floor: list[Sample]) -> float:
    """The median over the rounds of units per second over that of the floor."""
    return median(one.rate / base.rate for one, base in zip(samples, floor, strict=True))


def median_rate(samples: list[Sample]) -> float:
    return median(one.rate for one in samples)


def median_cpu(samples: list[Sample]) -> float:
    """Milliseconds of CPU per unit."""
    return 1000 * median(one.cpu_each for one in samples)
