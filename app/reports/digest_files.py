"""The digest as a file: Markdown and PDF. The same digest gives the same bytes."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from app.backlog.exporters import File
from app.backlog.exporters.documents import on_one_line
from app.backlog.exporters.table import VERDICTS
from app.backlog.models import Verdict
from app.charts.sheet import INK_2, INK_3
from app.filters import day_plain, month_year, number, percent, percent_range
from app.i18n import JAPANESE, speaking
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.printed import MARGIN, WIDTH, Document, document, fitting, link_to
from app.reports.queries.digest import Digest
from app.reports.queries.nps import month_after

JUDGEMENTS: dict[str, Any] = {
    "effect": _l("戻った方が多い"),
    "unknown": _l("まだ分からない"),
    "harm": _l("戻った方が少ない"),
    "few": _l("人数が足りない"),
}
TURNS: dict[str, Any] = {
    "less": _l("声が減りました"),
    "more": _l("声が増えました"),
    "unknown": _l("まだ分かりません"),
    "few": _l("声が足りません"),
}
BAR = (MARGIN + 190, MARGIN + 310)


def digest_file(form: str, digest: Digest) -> File:
    """The digest in one of FORMS."""
    media_type, write = FORMS[form]
    with speaking(JAPANESE):
        content = write(digest)
    rows = sum(len(part) for part in (digest.said, digest.decided, digest.mended, digest.effects))
    return File(f"okaeri-digest-{digest.month:%Y-%m}.{form}", media_type, content, rows)


def title_of(digest: Digest) -> str:
    """What the digest is called."""
    whose = f"{digest.department} " if digest.department else ""
    return _("%(whose)sお客さまの声の定例資料 %(month)s", whose=whose, month=month_year(digest.month))


def said_line(row: Mapping[str, Any], n_before: int) -> str:
    """How often a reason was given, with its interval and the month before."""
    count, n = row["count"], row["n"]
    now = (
        f"{percent(count / n)}（{percent_range(row['low'], row['high'])}、n = {number(count)} / {number(n)}）"
    )
    if not n_before:
        return now
    before = (
        f"{percent(row['count_before'] / n_before)}（{number(row['count_before'])} / {number(n_before)}）"
    )
    return _("%(now)s　前の月 %(before)s", now=now, before=before)


def decided_line(row: Mapping[str, Any]) -> str:
    """What was decided by whom and when, and why."""
    verdict = str(VERDICTS[Verdict(row["verdict"])])
    on = day_plain(date.fromisoformat(row["on"]))
    line = _("%(verdict)s（%(name)sさん、%(day)s）", verdict=verdict, name=row["by"], day=on)
    return f"{line}　{row['why']}" if row["why"] else line


def effect_lines(row: Mapping[str, Any]) -> list[str]:
    """What came of a mending: who came back, and what became of the voices; each with what it stands on."""
    (back, people), (others_back, others) = row["raised"], row["others"]
    _difference, low, high = row["difference"]
    lines = [
        _(
            "%(word)s：この声の方 %(back)s / %(people)s人、ほかの声の方 %(others_back)s / %(others)s人",
            word=str(JUDGEMENTS[row["judgement"]]),
            back=number(back),
            people=number(people),
            others_back=number(others_back),
            others=number(others),
        )
    ]
    if row["judgement"] != "few":
        lines[0] += _("（100人あたりの差 %(low)s〜%(high)s人）", low=_signed(low), high=_signed(high))
    if row["before"] and row["after"]:
        before, after = row["before"], row["after"]
        lines.append(
            _(
                "%(word)s：直す前 %(before)s（n = %(n_before)s）、直した後 %(after)s（n = %(n_after)s）",
                word=str(TURNS[row["turn"]]),
                before=percent(before[0] / before[1]),
                n_before=number(before[1]),
                after=percent(after[0] / after[1]),
                n_after=number(after[1]),
            )
        )
    return lines


def _signed(share: float) -> str:
    return f"{round(share * 100):+d}".replace("-", "−")


def voices_link(digest: Digest, code: str) -> str:
    """Where the voices of a reason of the month are seen."""
    last = month_after(digest.month) - timedelta(days=1)
    return link_to("reasons.list_voices", reason=code, since=digest.month.isoformat(), until=last.isoformat())


def item_link(row: Mapping[str, Any]) -> str:
    """Where an item is seen."""
    return link_to("backlog.show_item", item_id=row["item"])


def effect_link(row: Mapping[str, Any]) -> str:
    """Where what came of an item is seen."""
    return f"{link_to('recovery.list_outcomes')}#{row['id']}"


def digest_markdown(digest: Digest) -> bytes:
    """Four sections; every figure with n, every reason and item a link."""
    parts = [f"# {on_one_line(title_of(digest))}", "", _about(digest), ""]
    parts += [f"## {_('声')}", ""]
    for row in digest.said:
        parts.append(
            f"- [{on_one_line(row['label'])}]({voices_link(digest, row['code'])}) {said_line(row, digest.n_before)}"
        )
        parts += [f"  > {on_one_line(quote)}" for quote in quotes_of(digest, row)]
    parts += [*_none(digest.said), "", f"## {_('決めたこと')}", ""]
    parts += [f"- {_item(row)} {on_one_line(decided_line(row))}" for row in digest.decided]
    parts += [*_none(digest.decided), "", f"## {_('直したこと')}", ""]
    parts += [f"- {_item(row)} {day_plain(date.fromisoformat(row['on']))}" for row in digest.mended]
    parts += [*_none(digest.mended), "", f"## {_('その後')}", ""]
    for row in digest.effects:
        parts.append(f"- [{row['id']} {on_one_line(row['title'])}]({effect_link(row)})")
        parts += [f"  - {line}" for line in effect_lines(row)]
    parts += [*_none(digest.effects), "", note(), ""]
    return "\n".join(parts).encode()


def _item(row: Mapping[str, Any]) -> str:
    return f"[{row['id']} {on_one_line(row['title'])}]({item_link(row)})"


def _none(rows: object) -> list[str]:
    return [] if rows else [_("この月はありません。")]


def quotes_of(digest: Digest, row: Mapping[str, Any]) -> list[str]:
    """The voices of a reason that are still there."""
    return [digest.quotes[number] for number in row["clauses"] if number in digest.quotes]


def _about(digest: Digest) -> str:
    return _n(
        "理由をお書きくださった%(n)s人の回答から。前の月は%(before)s人でした。",
        digest.n,
        n=number(digest.n),
        before=number(digest.n_before),
    )


def note() -> str:
    """How the figures are to be read."""
    return _(
        "割合のうしろの（ ）は95%の幅です。くじ引きで分けた組ではないため、差のすべてが直したおかげとは言えません。無記名の調査は入っていません。"
    )


def digest_pdf(digest: Digest) -> bytes:
    """The same on pages of A4, with bars."""
    with document(title_of(digest), foot=title_of(digest)) as page:
        page.y += 16
        page.words(MARGIN, page.y, fitting(title_of(digest), WIDTH - 2 * MARGIN, 15), 15)
        page.space(4)
        page.paragraph(_about(digest), 9, INK_2)
        _draw_said(page, digest)
        _draw_rows(page, _("決めたこと"), digest.decided, item_link, lambda row: [decided_line(row)])
        _draw_rows(
            page,
            _("直したこと"),
            digest.mended,
            item_link,
            lambda row: [day_plain(date.fromisoformat(row["on"]))],
        )
        _draw_rows(page, _("その後"), digest.effects, effect_link, effect_lines)
        page.space(10)
        page.paragraph(note(), 7.5, INK_3)
        return page.content()


def _draw_said(page: Document, digest: Digest) -> None:
    page.heading(_("声"), _("お名前などは伏せています"))
    scale = max([0.01, *(row["high"] for row in digest.said)])
    for row in digest.said:
        page.room(40)
        page.space(20)
        label = fitting(row["label"], BAR[0] - MARGIN - 12, 9)
        page.words(MARGIN, page.y - 4, label, 9, url=voices_link(digest, row["code"]))
        shares = (row["count"] / row["n"], row["low"], row["high"])
        page.bar(*BAR, page.y - 7, *(share / scale for share in shares))
        now, _gap, before = said_line(row, digest.n_before).partition("　")
        page.words(BAR[1] + 10, page.y - 4, now, 8)
        if before:
            page.space(10)
            page.words(BAR[1] + 10, page.y - 4, before, 7.5, INK_3)
        for quote in quotes_of(digest, row):
            page.paragraph(f"「{quote}」", 8.5, INK_2, indent=10, most=2)
    _draw_none(page, digest.said)


def _draw_rows(
    page: Document,
    head: str,
    rows: Any,
    link: Callable[[Mapping[str, Any]], str],
    lines: Callable[[Mapping[str, Any]], list[str]],
) -> None:
    page.heading(head)
    for row in rows:
        page.room(36)
        page.space(3)
        page.paragraph(f"{row['id']} {row['title']}", 9, url=link(row), most=1)
        for line in lines(row):
            page.paragraph(line, 8.5, INK_2, indent=10, most=3)
    _draw_none(page, rows)


def _draw_none(page: Document, rows: object) -> None:
    for line in _none(rows):
        page.paragraph(line, 9, INK_3)


FORMS: dict[str, tuple[str, Callable[[Digest], bytes]]] = {
    "pdf": ("application/pdf", digest_pdf),
    "md": ("text/markdown; charset=utf-8", digest_markdown),
}
