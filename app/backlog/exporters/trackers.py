"""The backlog in the forms other people's trackers import, all of them CSV in UTF-8 without BOM.

A tracker gives an issue its own number, so ours (IM-001) begins the title and is a label of its own: who imports again
finds by it what is there already. Titles and texts begin with it too, so that no cell begins with a formula's sign.

GitHub: columns title, body, labels, state, which are the parameters of "Create an issue" and "Update an issue"
(docs.github.com/rest/issues/issues) and the columns github-csv-tools reads (github.com/gavinr/github-csv-tools,
import.js: labels parted by commas, state open or closed).
Jira: "Import data from a CSV file" and "Create issues using the CSV importer" (support.atlassian.com): a header row
with Summary and without punctuation; several values of one field in columns of the same name. It updates an issue only
by its own Issue Key, which it gives at the first import: once that came back (tracker states), the file carries it.
Backlog: the columns of Nulab's bulk registration (github.com/nulab/backlog-bulk-issue-registration-gas) as its CSV
version writes them (github.com/vvatanabe/backlog-bulk-issue-registration-cli, testdata/example_ja.csv): 件名 and
種別名 are needed; hours; priority 2 high, 3 middle, 4 low.
"""

import re
from collections.abc import Mapping
from typing import Any

from app.backlog.exporters.documents import facts_of, known_of, quotes_of
from app.backlog.exporters.table import Table
from app.backlog.models import ItemState, Verdict
from app.sheets import lines_of

LABEL = "okaeri"
HOURS_A_DAY = 8
LONGEST_TITLE = 250  # GitHub takes 256, Jira and Backlog 255
NULAB_COLUMNS = (
    "件名（必須）", "詳細", "開始日", "期限日", "予定時間", "実績時間", "種別名（必須）", "カテゴリ名", "発生バージョン名",
    "マイルストーン名", "優先度ID", "担当者ユーザ名", "親課題キー",
)  # fmt: skip
NULAB_TYPE = "タスク"
NULAB_MIDDLE = 3
NULAB_PRIORITIES = {Verdict.DO: 2, Verdict.LATER: 4, Verdict.DONT: 4}
MENDED = (ItemState.RELEASED, ItemState.MEASURED)
Line = Mapping[str, Any]


def export_github(table: Table) -> bytes:
    """One row per issue; the text is Markdown that calls nobody and links nothing."""
    rows = [("title", "body", "labels", "state")]
    for line in table.lines:
        parts = [f"**{line['id']}**", "", *facts_of(table, line), "", *quotes_of(table, line)]
        is_closed = line["state"] in MENDED or line["verdict"] == Verdict.DONT
        # A name behind an @ would be told of the issue.
        body = "\n".join(parts).replace("@", "@<!-- -->").strip()
        rows.append((_title(line), body, ",".join(_labels(line)), "closed" if is_closed else "open"))
    return lines_of(rows).encode()


def export_jira(table: Table) -> bytes:
    """One row per issue, a column for each label; the issue's key where Jira has told one."""
    keys = any(line["tracker_key"] for line in table.lines)
    heads = ["Summary", "Issue Type", "Description", "Labels", "Labels", "Labels"]
    rows = [heads + ["Issue Key"] * keys]
    rows += [
        [_title(line), "Task", _text(table, line), *_labels(line), *[line["tracker_key"] or ""] * keys]
        for line in table.lines
    ]
    return lines_of(rows).encode()


def export_nulab(table: Table) -> bytes:
    """One row per issue; what Backlog knows under names of its own (people, categories, versions) stays empty."""
    rows: list[tuple[Any, ...]] = [NULAB_COLUMNS]
    for line in table.lines:
        days = line["effort"]
        priority = NULAB_PRIORITIES[Verdict(line["verdict"])] if line["verdict"] else NULAB_MIDDLE
        hours = f"{days * HOURS_A_DAY:.2f}" if days and not line["effort_is_assumed"] else ""
        text = _text(table, line)
        rows.append((_title(line), text, "", "", hours, "", NULAB_TYPE, "", "", "", priority, "", ""))
    return lines_of(rows).encode()


def _title(line: Line) -> str:
    return f"{line['id']} {' '.join(line['title'].split())}"[:LONGEST_TITLE]


def _labels(line: Line) -> tuple[str, str, str]:
    """Ours, the item's number, its reason; no blanks and commas, which part labels."""
    return LABEL, line["id"], re.sub(r"[\s,]+", "-", line["reason"])


def _text(table: Table, line: Line) -> str:
    """What is known of an item and what people said of it, in plain lines."""
    lines = [line["id"], *[f"{head}: {value}" for head, value in known_of(table, line)]]
    quotes = [f"「{' '.join(quote.split())}」" for quote in table.quotes_of(line)]
    return "\n".join([*lines, *(["", *quotes] if quotes else [])])
