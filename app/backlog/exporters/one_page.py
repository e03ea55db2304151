"""The backlog on one page of A4: a chart of what could come back, and what people said."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.backlog.bands import rough
from app.backlog.exporters.table import STATES, Table
from app.backlog.models import ItemState
from app.charts.sheet import INK, INK_2, INK_3
from app.filters import day_plain, number, yen, yen_range
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.printed import MARGIN, ROOM, WIDTH, Document, document, fitting, link_to

MOST_ROWS = 10
ROW = 27
LEAST_SAID = 30  # voices; below it yen are called a trial
BAR = (MARGIN + 275, MARGIN + 375)


def export_pdf(table: Table) -> bytes:
    """A PDF of one page, whatever the number of items."""
    title = _("改善項目")
    with document(title, foot=_foot(table)) as page:
        _head(page, table, title)
        shown = table.lines[:MOST_ROWS]
        _chart(page, table, shown)
        rest = len(table.lines) - len(shown)
        if rest:
            page.paragraph(_n("ほかに%(count)s件", rest, count=rest), 8, INK_3)
        _voices(page, table, shown)
        return page.content()


def _head(page: Document, table: Table, title: str) -> None:
    page.y += 16
    page.words(MARGIN, page.y, title, 16, url=link_to("backlog.list_items"))
    page.words(WIDTH - MARGIN, page.y, day_plain(table.on), 9, INK_3, "right")
    page.y += 4
    said = _n("%(people)s人の声", table.respondents, people=number(table.respondents))
    weighed = _n("離れた%(base)s人に重みづけ", table.base, base=number(table.base)) if table.in_yen else ""
    page.paragraph(_("、").join(part for part in (said, weighed) if part), 9, INK_2)


def _chart(page: Document, table: Table, lines: Sequence[Mapping[str, Any]]) -> None:
    head = _("取り戻せる見込み額／年（90%%の幅）") if table.in_yen else _("重みづけた人数（90%%の幅）")
    page.heading(head.replace("%%", "%"))
    scale = max([1, *(line["high"] for line in lines if line["high"])])
    for line in lines:
        _row(page, table, line, scale)


def _row(page: Document, table: Table, line: Mapping[str, Any], scale: float) -> None:
    page.y += ROW
    is_mended = line["state"] in (ItemState.RELEASED, ItemState.MEASURED)
    place = str(line["rank"]) if line["rank"] else "—" if is_mended else _("参考")
    page.words(
        MARGIN + 10, page.y - 12, place, 10 if line["rank"] else 7.5, INK if line["rank"] else INK_3, "center"
    )
    name = fitting(f"{line['id']} {line['title']}", BAR[0] - MARGIN - 32, 9)
    page.words(MARGIN + 24, page.y - 14, name, 9, url=link_to("backlog.show_item", item_id=line["item"]))
    state = str(STATES[ItemState(line["state"])])
    said = _n("%(count)s人の声", line["people"], count=number(line["people"]))
    about = _("・").join(part for part in (said, state, line["owner"]) if part)
    page.words(MARGIN + 24, page.y - 3, fitting(about, BAR[0] - MARGIN - 32, 7.5), 7.5, INK_3)
    if line["value"] is None:
        page.words(BAR[0], page.y - 10, _("いま、この項目の声はありません"), 8, INK_3)
        return
    page.bar(*BAR, page.y - 12, *(line[name] / scale for name in ("value", "low", "high")))
    value, between = _figures(table, line)
    page.words(BAR[1] + 12, page.y - 14, value, 9)
    page.words(BAR[1] + 12, page.y - 3, between, 7.5, INK_3)


def _figures(table: Table, line: Mapping[str, Any]) -> tuple[str, str]:
    """The figure as it is read, and its interval."""
    if not table.in_yen:
        between = _("%(low)s〜%(high)s人", low=number(line["low"]), high=number(line["high"]))
        return _n("%(count)s人", line["value"], count=number(line["value"])), between
    trial = "" if line["people"] >= LEAST_SAID else _("（試算）")
    return yen(rough(line["value"])) + trial, yen_range(rough(line["low"]), rough(line["high"]))


def _voices(page: Document, table: Table, lines: Sequence[Mapping[str, Any]]) -> None:
    """What people said of the first items, as long as there is room on the page."""
    page.heading(_("お客さまの声"), _("お名前などは伏せています"))
    for line in lines:
        quotes = table.quotes_of(line)[:2]
        if not quotes:
            continue
        if page.left() < 20 + 30 * len(quotes):
            return
        page.space(4)
        url = link_to("backlog.show_item", item_id=line["item"])
        page.paragraph(f"{line['id']} {line['title']}", 8.5, INK_2, url=url, most=1)
        for quote in quotes:
            page.paragraph(f"「{quote}」", 8.5, indent=10, most=2)


def _foot(table: Table) -> str:
    if not table.in_yen:
        return _("ご購入額が分からないため、人数で並べています。")
    return fitting(
        _("失った年間のご購入額に、この項目の声が占める割合と、戻る見込みをかけて見積もっています。"),
        ROOM - 40,
        7,
    )
