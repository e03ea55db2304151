"""Files of rows on their way into the database.

columns         what a column of customers or purchases can hold, and how it is usually called
rows            RowImporter: what each kind of file must know how to do
customer_rows, purchase_rows   the two kinds that belong here
runs            a file in chunks of 500, judged, stored, and resumed where a worker died
batches         upload, mapping, trial, start, cancel: the state machine of ImportBatch
uploads         where the files lie
holds           why a row an import brought must stay; features register theirs
restoring       what an import wrote over, judged row by row and put back
undo            taking an import back: previewed, asked for, carried out
"""

from app.customers.importers.batches import (
    begin_in_terminal,
    cancel_import,
    choose_mapping,
    fail_import,
    language_of,
    open_walk,
    receive_upload,
    start_import,
    suggest_mapping,
    table_of,
    try_import,
)
from app.customers.importers.columns import FIELDS, check_columns, guess_columns
from app.customers.importers.customer_rows import CustomerImporter
from app.customers.importers.holds import before_removal, holds, speaks_for, why, words_of_use
from app.customers.importers.purchase_rows import PurchaseImporter
from app.customers.importers.rows import Outcome, Row, RowImporter, Taken, register_row_importer, rejected
from app.customers.importers.runs import Chunk, Trial, Walk
from app.customers.importers.undo import (
    Undo,
    UndoPlan,
    ask_undo,
    carry_out_undo,
    give_up_undo,
    kept_rows,
    preview_undo,
    register_undo,
)
from app.customers.importers.uploads import rejected_path_of
from app.customers.models import ImportKind

register_row_importer(ImportKind.CUSTOMERS, CustomerImporter)
register_row_importer(ImportKind.PURCHASES, PurchaseImporter)

__all__ = [
    "FIELDS",
    "Chunk",
    "Outcome",
    "Row",
    "RowImporter",
    "Taken",
    "Trial",
    "Undo",
    "UndoPlan",
    "Walk",
    "ask_undo",
    "before_removal",
    "begin_in_terminal",
    "cancel_import",
    "carry_out_undo",
    "check_columns",
    "choose_mapping",
    "fail_import",
    "give_up_undo",
    "guess_columns",
    "holds",
    "kept_rows",
    "language_of",
    "open_walk",
    "preview_undo",
    "receive_upload",
    "register_row_importer",
    "register_undo",
    "rejected",
    "rejected_path_of",
    "speaks_for",
    "start_import",
    "suggest_mapping",
    "table_of",
    "try_import",
    "why",
    "words_of_use",
]
