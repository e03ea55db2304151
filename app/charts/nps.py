"""The NPS of a survey: the histogram, with the habit of the middle marked."""

from collections.abc import Sequence

from app.charts.scales import apart, text_width, within
from app.charts.sheet import ACCENT, ACCENT_LINE, INK, INK_3, REST, SUNKEN, Paper, Sheet, sheet

HALF = Paper(456, 248)


def nps_histogram(
    counts: Sequence[int],
    urls: Sequence[str] = (),
    titles: Sequence[str] = (),
    groups: tuple[str, str, str] = ("", "", ""),
    habit: str = "",
    paper: Paper = HALF,
) -> bytes:
    """How many answered 0 to 10; 5 and 6 are hatched, and bracketed with the words of `habit`.

    `groups`: words under 0-6, 7-8 and 9-10. `urls` and `titles` (what each leads to): one per score, or none.
    """
    if len(counts) != 11:
        raise ValueError("a histogram needs eleven counts")
    step = (paper.width - 8) / 11.2
    middle = [4 + step * (score + 0.6) for score in range(11)]
    ends = [(middle[first], middle[last]) for first, last in ((0, 6), (7, 8), (9, 10))]
    places = apart(
        [((a + b) / 2, text_width(words)) for (a, b), words in zip(ends, groups, strict=True)], paper.width
    )
    base = 58 + 16 * max(row for _, row in places)
    room = paper.height - base - 50
    tops = [base + room * count / max(*counts, 1) for count in counts]
    colours = [REST] * 5 + [SUNKEN] * 2 + [ACCENT_LINE] * 2 + [ACCENT] * 2
    with sheet(paper) as page:
        for score, (x, top, count) in enumerate(zip(middle, tops, counts, strict=True)):
            page.bar(x, 0.72 * step, base, top, colours[score], careful=score in (5, 6))
            page.words(x, top + 5, f"{count:,}" if text_width(f"{count:,}") < step else str(count), INK)
            page.words(x, base - 17, str(score))
        page.line([4, paper.width - 4], [base, base], REST)
        for words, (first, last), (centre, row) in zip(groups, ends, places, strict=True):
            if words:
                page.line([first - 0.4 * step, last + 0.4 * step], [base - 30, base - 30], REST)
                page.words(centre, base - 48 - 16 * row, words)
        if habit:
            _bracket(page, list(zip(middle, tops, strict=True)), 0.36 * step, habit)
        for x, url, title in zip(middle if urls else (), urls, titles, strict=True):
            page.link(x - step / 2, base - 22, x + step / 2, base + room + 18, url, title)
        return page.image()


def _bracket(page: Sheet, bars: Sequence[tuple[float, float]], half: float, words: str) -> None:
    """A bracket over bars 5 and 6, as low as its words can stand. `bars`: (middle, top) of all."""
    left, right = bars[5][0] - half, bars[6][0] + half
    room = text_width(words) / 2 + 2 * half
    centre = within((left + right) / 2, text_width(words), page.paper.width)
    below = [top for middle, top in bars if centre - room < middle < centre + room]
    y = max(bars[5][1] + 24, bars[6][1] + 24, max(below) + 12)
    page.line([left, left], [y - 5, y], INK_3)
    page.line([left, right], [y, y], INK_3)
    page.line([right, right], [y - 5, y], INK_3)
    page.words(centre, y + 7, words, INK)
