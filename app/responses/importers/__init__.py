"""A CSV of another tool's results on its way into responses.

columns   what a column can hold: respondent, time, NPS, words and the question they answer; guessed and checked
sheets    one row as a sheet: its values, its key, and whether two sheets say the same
surveys   the survey such sheets belong to, made where it is missing
rows      SheetImporter: 500 rows at a time, plugged into customers.importers
changes   what it changes on sheets that were there, kept for undo · undo  how past answers are taken back
"""

from app.customers.importers import register_row_importer
from app.customers.models import ImportKind
from app.responses.importers import undo
from app.responses.importers.columns import Columns, TextColumn, guess_columns
from app.responses.importers.rows import SheetImporter

register_row_importer(ImportKind.RESPONSES, SheetImporter)
undo.register()

__all__ = ["Columns", "SheetImporter", "TextColumn", "guess_columns"]
