"""Importing customers, against decoding, parsing and checking the same file and storing nothing.

Both are processes of their own, with their largest memory. BIG=1 takes a million rows.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median

from app.config import ROOT
from bench.databases import on_sqlite
from bench.results import Result
from bench.serving import environment_of

ROWS = 1_000_000 if os.environ.get("BIG", "0") not in ("", "0") else 100_000
FLOORS = 3
HEADER = ["顧客番号", "氏名", "メール", "電話", "登録日", "同意"]
FAMILY = ("山本", "髙橋", "佐藤", "鈴木", "田中", "伊藤", "渡辺", "中村", "小林", "加藤")
GIVEN = ("花子", "太郎", "健", "美咲", "翔", "陽菜", "蓮", "結衣", "葵", "凛")
CHECK = r"""
import csv, re, sys
from datetime import date
mail = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
count = 0
with open(sys.argv[1], encoding="cp932", newline="") as file:
    rows = csv.reader(file)
    next(rows)
    for key, name, address, phone, day, consent in rows:
        year, month, date_ = day.split("/")
        date(int(year), int(month), int(date_))
        if not key.strip() or len(name) > 120 or not mail.fullmatch(address) or consent not in ("○", "×"):
            continue
        phone.replace("-", "").isdecimal()
        count += 1
print(count)
"""


def write_file(path: Path, rows: int) -> None:
    """A file of customers as an old shop program writes it."""
    rng = Random(7)
    with path.open("w", encoding="cp932", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            name = f"{rng.choice(FAMILY)} {rng.choice(GIVEN)}"
            day = f"{rng.randint(2015, 2025)}/{rng.randint(1, 12)}/{rng.randint(1, 28)}"
            writer.writerow(
                [
                    f"K{number:07d}",
                    name,
                    f"k{number}@okyaku.example",
                    f"090-{number // 10_000 % 10_000:04d}-{number % 10_000:04d}",
                    day,
                    rng.choice("○×"),
                ]
            )


def run_once(command: list[str], environment: dict[str, str]) -> tuple[float, float, int]:
    """Run a command to its end: seconds of CPU, of wall time, and its largest memory in bytes."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _pid, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{command[:6]} ended with {status}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss * 1024


def run() -> list[Result]:
    """Measure the command `customers import` on SQLite; start-up is measured apart and taken off both."""
    with tempfile.TemporaryDirectory(prefix="okaeri-bench-") as place:
        folder = Path(place)
        environment = environment_of(folder, on_sqlite(folder).url, PUBLIC_URL="http://localhost")
        file, one = folder / "customers.csv", folder / "one.csv"
        write_file(file, ROWS)
        write_file(one, 1)
        take = [str(Path(sys.executable).parent / "flask"), "--app", "wsgi", "customers", "import"]
        check = [sys.executable, "-c", CHECK]
        floors = [
            run_once([*check, str(file)], environment)[0] - run_once([*check, str(one)], environment)[0]
            for _round in range(FLOORS)
        ]
        idle = run_once([*take, str(one)], environment)
        cpu, wall, memory = run_once([*take, str(file)], environment)
        again = run_once([*take, str(file)], environment)
    floor = median(floors)
    shown = f"{ROWS:,} rows in {wall:.0f} s, {ROWS / wall:,.0f} rows/s; floor {floor:.2f} s of CPU"
    return [
        Result(
            "import of new customers over decode + csv + validate, CPU",
            (cpu - idle[0]) / floor,
            at_most=4,
            beside=shown,
        ),
        Result(
            "the same file again, all unchanged, CPU",
            (again[0] - idle[0]) / floor,
            beside=f"{again[1]:.0f} s",
        ),
        Result(
            "memory of the import, at most",
            memory / 2**20,
            at_most=120,
            unit=" MB",
            beside=f"the command with one row: {idle[2] / 2**20:.0f} MB",
        ),
    ]
