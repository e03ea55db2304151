"""The backlog as a file: CSV and XLSX that spreadsheets open right and never run, JSON, Markdown.

One table of plain values is made first; each form writes that table.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from app.backlog.models import ItemState, Verdict
from app.backlog.queries import RankedBacklog, RankedItem
from app.clock import day_of
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.reasons.queries.mentions import typical_clauses
from app.reasons.queries.words import quote_of, shown_text

# A spreadsheet runs what starts like this; a full-width sign is folded to its narrow twin first.
STARTS_A_FORMULA = re.compile(r"^[\s\0]*[=+\-@\t\r\n]")
QUOTES = 3
STATES = {
    ItemState.CANDIDATE: _l("決定待ち"),
    ItemState.DECIDED: _l("決定済み"),
    ItemState.IN_PROGRESS: _l("取り組み中"),
    ItemState.RELEASED: _l("直しました"),
    ItemState.MEASURED: _l("確かめました"),
}
VERDICTS = {Verdict.DO: _l("やる"), Verdict.LATER: _l("あとで"), Verdict.DONT: _l("やらない")}


@dataclass(frozen=True)
class Loss:
    """One value that CP932 cannot hold: where it stands, and the signs that would be lost."""

    number: str
    column: str
    signs: str


@dataclass(frozen=True)
class File:
    """A finished file."""

    name: str
    media_type: str
    content: bytes
    row_count: int


def disarmed(value: Any) -> Any:
    """Return text that no spreadsheet runs: an apostrophe goes before a formula's first sign. Numbers pass."""
    if not isinstance(value, str):
        return value
    return f"'{value}" if STARTS_A_FORMULA.match(unicodedata.normalize("NFKC", value[:40])) else value


def columns(in_yen: bool) -> list[str]:
    """The heads, in order."""
    unit = _("円/年") if in_yen else _("人")
    return [
        _("番号"),
        _("改善項目"),
        _("理由コード"),
        _("理由"),
        _("順位"),
        _("同じくらいの組"),
        _("声（人）"),
        _("失った額（円/年）"),
        _("戻る見込み"),
        _("取り戻せる見込み（%(unit)s）", unit=unit),
        _("下限"),
        _("上限"),
        _("手間（人日）"),
        _("手間は仮の値"),
        _("状態"),
        _("決定"),
        _("決定の理由"),
        _("決めた人"),
        _("決めた日"),
        _("担当"),
        _("直した日"),
        *[_("声の例%(number)s", number=number) for number in range(1, QUOTES + 1)],
    ]


def rows(backlog: RankedBacklog) -> list[list[Any]]:
    """The table's body: numbers as numbers, words as words, quotes masked."""
    return [_row(ranked, backlog.in_yen) for ranked in backlog.items]


def _row(ranked: RankedItem, in_yen: bool) -> list[Any]:
    item, figures = ranked.item, ranked.figures
    decision = item.decisions[0] if item.decisions else None
    clauses = typical_clauses(item.reason_id, item.survey_id, QUOTES)
    quotes = [shown_text(quote_of(clause)) for clause in clauses]
    return [
        item.number,
        item.title,
        item.reason.code,
        item.reason.label,
        figures.rank if figures else None,
        figures.band if figures else None,
        figures.n if figures else 0,
        round(figures.lost) if figures and in_yen else None,
        round(figures.chance, 3) if figures else None,
        *([round(figures.value), round(figures.low), round(figures.high)] if figures else [None] * 3),
        figures.effort if figures else item.effort_days,
        (_("はい") if figures.effort_is_assumed else _("いいえ")) if figures else None,
        str(STATES[item.state]),
        str(VERDICTS[item.verdict]) if item.verdict else None,
        decision.why if decision else None,
        decision.member.name if decision else None,
        day_of(decision.at).isoformat() if decision else None,
        item.owner,
        item.released_on.isoformat() if item.released_on else None,
        *(quotes + [None] * QUOTES)[:QUOTES],
    ]


def cp932_losses(backlog: RankedBacklog) -> list[Loss]:
    """What CP932 would lose, value by value, to be shown before anything is written."""
    heads = columns(backlog.in_yen)
    return [
        Loss(row[0], head, signs)
        for row in rows(backlog)
        for head, value in zip(heads, row, strict=True)
        if isinstance(value, str) and (signs := "".join(dict.fromkeys(c for c in value if not _survives(c))))
    ]


def _survives(sign: str) -> bool:
    try:
        return sign.encode("cp932").decode("cp932") == sign
    except UnicodeEncodeError:
        return False


def export_csv(backlog: RankedBacklog, encoding: str = "utf-8-sig") -> bytes:
    """CSV with CRLF, in UTF-8 with BOM or CP932 (what it cannot hold becomes 〓)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([disarmed(head) for head in columns(backlog.in_yen)])
    writer.writerows([disarmed(value) for value in row] for row in rows(backlog))
    text = out.getvalue()
    if encoding == "cp932":
        text = "".join(sign if _survives(sign) else "〓" for sign in text)
    return text.encode(encoding)


def export_xlsx(backlog: RankedBacklog, at: datetime) -> bytes:
    """A workbook of one sheet. Words are strings whatever they look like; numbers stay numbers."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = at.replace(tzinfo=None)
    sheet = book.create_sheet(_("改善項目"))
    sheet.freeze_panes = "C2"

    def cell(value: Any, bold: bool = False) -> WriteOnlyCell:
        plain = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
        made = WriteOnlyCell(sheet, value=disarmed(plain))
        if isinstance(value, str):
            made.data_type = "s"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(head, bold=True) for head in columns(backlog.in_yen)])
    for row in rows(backlog):
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def export_json(backlog: RankedBacklog) -> bytes:
    """A list of objects under stable English names."""
    return json.dumps(
        [_object(ranked, backlog.in_yen) for ranked in backlog.items], ensure_ascii=False, indent=1
    ).encode()


def _object(ranked: RankedItem, in_yen: bool) -> dict[str, Any]:
    names = [
        "id",
        "title",
        "reason",
        "label",
        "rank",
        "band",
        "people",
        "lost",
        "chance",
        "value",
        "low",
        "high",
        "effort",
        "effort_is_assumed",
        "state",
        "verdict",
        "why",
        "decided_by",
        "decided_on",
        "owner",
        "released_on",
    ]
    row = _row(ranked, in_yen)
    found = dict(zip(names, row[: len(names)], strict=True))
    found["state"] = ranked.item.state.value
    found["verdict"] = ranked.item.verdict.value if ranked.item.verdict else None
    found["effort_is_assumed"] = ranked.figures.effort_is_assumed if ranked.figures else None
    return found | {
        "unit": "yen" if in_yen else "people",
        "quotes": [quote for quote in row[-QUOTES:] if quote],
    }


def export_markdown(backlog: RankedBacklog) -> bytes:
    """One section per item, with its figures and voices."""
    heads = columns(backlog.in_yen)
    parts = [f"# {_('改善項目')}\n"]
    for row in rows(backlog):
        parts.append(f"## {row[0]} {_plain(row[1])}\n")
        facts = zip(heads[2:-QUOTES], row[2:-QUOTES], strict=True)
        parts += [f"- {head}: {_plain(value)}" for head, value in facts if value not in (None, "")]
        parts += ["", *[f"> {_plain(quote)}\n" for quote in row[-QUOTES:] if quote]]
    return "\n".join(parts).encode()


def _plain(value: Any) -> str:
    """A value on one line, with the signs that Markdown or HTML would read made harmless."""
    text = " ".join(str(value).split())
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)


FORMS: dict[str, tuple[str, Callable[[RankedBacklog, datetime], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", lambda backlog, at: export_csv(backlog)),
    "csv-cp932": ("text/csv; charset=cp932", lambda backlog, at: export_csv(backlog, "cp932")),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", export_xlsx),
    "json": ("application/json", lambda backlog, at: export_json(backlog)),
    "md": ("text/markdown; charset=utf-8", lambda backlog, at: export_markdown(backlog)),
}


def export(form: str, backlog: RankedBacklog, at: datetime) -> File:
    """Write the backlog in one of FORMS."""
    media_type, write = FORMS[form]
    suffix = "-cp932.csv" if form == "csv-cp932" else f".{form}"
    name = f"okaeri-backlog-{day_of(at).isoformat()}{suffix}"
    return File(name, media_type, write(backlog, at), len(backlog.items))


def known_forms() -> Sequence[str]:
    """The forms there are, in order."""
    return tuple(FORMS)
