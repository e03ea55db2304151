"""Files of customers and purchases, and their way in."""

import csv
import io
from typing import Any

import openpyxl

from app import clock, jobs
from app.customers import importers
from app.customers.models import ImportBatch, ImportKind
from app.db import db, unit_of_work

HEADER = ["顧客番号", "氏名", "メール", "登録日", "同意"]
HANAKO = ["K001", "山本 花子", "hanako@okyaku.example", "2024/5/1", "○"]
YOSHIO = ["K002", "髙橋 健", "ken@okyaku.example", "令和6年5月1日", "×"]


def csv_file(*rows: list[str], header: list[str] = HEADER, encoding: str = "utf-8-sig") -> bytes:
    """A CSV file as a spreadsheet program writes it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def workbook(*rows: list[Any]) -> bytes:
    """An XLSX file with these rows in its first sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def received(
    content: bytes, kind: ImportKind = ImportKind.CUSTOMERS, name: str = "顧客.csv", started: bool = True
) -> ImportBatch:
    """A file that was uploaded and, unless told otherwise, started with the columns as they are guessed."""
    with unit_of_work():
        batch = importers.receive_upload(kind, name, content, None, clock.now())
        if started:
            importers.start_import(batch, importers.suggest_mapping(batch), clock.now())
    return batch


def imported(content: bytes, kind: ImportKind = ImportKind.CUSTOMERS, name: str = "顧客.csv") -> ImportBatch:
    """A file that was taken to its end by the worker."""
    batch = received(content, kind, name)
    jobs.drain()
    db.session.rollback()
    db.session.expire_all()
    db.session.refresh(batch)
    return batch


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """(new, changed, unchanged, rejected)."""
    return batch.new_count, batch.changed_count, batch.unchanged_count, batch.rejected_count
