"""The backlog in the forms other people's trackers import, all of them CSV in UTF-8 without BOM.

A tracker gives an issue its own number, so ours (IM-001) begins the title and is a label of its own: who imports again
finds by it what is there already. Titles and texts begin with it too, so that no cell begins with a formula's sign.

GitHub: columns title, body, labels, state, which are the parameters of "Create an issue" and "Update an issue"
(docs.github.com/rest/issues/issues) and the columns github-csv-tools reads (github.com/gavinr/github-csv-tools,
import.js: labels parted by commas, state open or closed).
Jira: "Import data from a CSV file" and "Create issues using the CSV importer" (support.atlassian.com): a header row
with Summary and without punctuation; several values of one field in columns of the same name. It updates an issue only
by its own Issue Key, which it gives at the first import.
Backlog: the columns of Nulab's bulk registration (github.com/nulab/backlog-bulk-issue-registration-gas) as its CSV
version writes them (github.com/vvatanabe/backlog-bulk-issue-registration-cli, testdata/example_ja.csv): 件名 and
種別名 are needed; hours; priority 2 high, 3 middle, 4 low.
"""

import re
from typing import Any

from app.backlog.exporters.documents import facts_and_quotes
from app.backlog.exporters.table import QUOTES, columns, row_of
from app.backlog.models import Verdict
from app.backlog.queries import RankedBacklog, RankedItem
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


def export_github(backlog: RankedBacklog) -> bytes:
    """One row per issue; the text is Markdown that calls nobody and links nothing."""
    table = [("title", "body", "labels", "state")]
    for ranked in backlog.items:
        lines = [f"**{ranked.item.number}**", "", *facts_and_quotes(*_facts(ranked, backlog.in_yen))]
        is_closed = ranked.item.is_mended or ranked.item.verdict is Verdict.DONT
        # A name behind an @ would be told of the issue.
        body = "\n".join(lines).replace("@", "@<!-- -->").strip()
        table.append((_title(ranked), body, ",".join(_labels(ranked)), "closed" if is_closed else "open"))
    return lines_of(table).encode()


def export_jira(backlog: RankedBacklog) -> bytes:
    """One row per issue, a column for each label."""
    table = [("Summary", "Issue Type", "Description", "Labels", "Labels", "Labels")]
    table += [
        (_title(ranked), "Task", _text(ranked, backlog.in_yen), *_labels(ranked)) for ranked in backlog.items
    ]
    return lines_of(table).encode()


def export_nulab(backlog: RankedBacklog) -> bytes:
    """One row per issue; what Backlog knows under names of its own (people, categories, versions) stays empty."""
    table: list[tuple[Any, ...]] = [NULAB_COLUMNS]
    for ranked in backlog.items:
        days, verdict = ranked.item.effort_days, ranked.item.verdict
        priority = NULAB_PRIORITIES[verdict] if verdict else NULAB_MIDDLE
        hours = f"{days * HOURS_A_DAY:.2f}" if days else ""
        text = _text(ranked, backlog.in_yen)
        table.append((_title(ranked), text, "", "", hours, "", NULAB_TYPE, "", "", "", priority, "", ""))
    return lines_of(table).encode()


def _title(ranked: RankedItem) -> str:
    return f"{ranked.item.number} {' '.join(ranked.item.title.split())}"[:LONGEST_TITLE]


def _labels(ranked: RankedItem) -> tuple[str, str, str]:
    """Ours, the item's number, its reason; no blanks and commas, which part labels."""
    return LABEL, ranked.item.number, re.sub(r"[\s,]+", "-", ranked.item.reason.code)


def _facts(ranked: RankedItem, in_yen: bool) -> tuple[list[str], list[Any]]:
    return columns(in_yen), row_of(ranked, in_yen)


def _text(ranked: RankedItem, in_yen: bool) -> str:
    """What is known of an item and what people said of it, in plain lines."""
    heads, row = _facts(ranked, in_yen)
    facts = zip(heads[2:-QUOTES], row[2:-QUOTES], strict=True)
    lines = [ranked.item.number, *[f"{head}: {value}" for head, value in facts if value not in (None, "")]]
    quotes = [f"「{' '.join(quote.split())}」" for quote in row[-QUOTES:] if quote]
    return "\n".join([*lines, *(["", *quotes] if quotes else [])])
