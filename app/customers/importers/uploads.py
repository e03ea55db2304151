"""Where uploaded files lie: <instance>/uploads/<id>, and beside it <id>.rejected.csv."""

from pathlib import Path

from flask import current_app

from app.customers.models import ImportBatch


def folder() -> Path:
    """The folder of uploads, made where it is missing; nobody else on the machine may look into it."""
    path: Path = current_app.extensions["settings"].instance_path / "uploads"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(batch: ImportBatch) -> Path:
    """The table of a batch as CSV: the file as it came, or the unpacked sheet of a workbook."""
    return folder() / str(batch.id)


def rejected_path_of(batch: ImportBatch) -> Path:
    """The rows of a batch that were not taken, each with its reason. Exists only where there are any."""
    return folder() / f"{batch.id}.rejected.csv"
