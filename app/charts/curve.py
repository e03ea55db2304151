"""When people who buy again have done so: the curve behind the definition of dormant and lapsed."""

from collections.abc import Sequence
from math import ceil, floor

from app.charts.scales import scale, share_at, text_width, wrapped
from app.charts.sheet import ACCENT, ACCENT_SOFT, INK, INK_2, REST, SURFACE, Paper, sheet

WORKBENCH = Paper(696, 252)
LEFT, RIGHT = 48, 36
GRID = ((0.0, "0"), (0.25, ""), (0.5, "50"), (0.75, ""), (1.0, "100"))


def interval_curve(
    points: Sequence[tuple[float, float]],
    marker: float,
    label: str,
    note: str = "",
    unit: str = "",
    paper: Paper = WORKBENCH,
) -> bytes:
    """How many of those who buy again have done so after so many months: (months, share 0-1), months rising.

    `marker`: the months of the definition, named by `label` and explained by `note`; `unit` follows the last
    month. The axis runs from 48 to the width less 36, so that a slider below can follow it.
    """
    if not points or points[-1][0] <= 0:
        raise ValueError("a curve needs months above 0")
    left, right, base, top = LEFT, paper.width - RIGHT, 30, paper.height - 14
    points = [(0.0, 0.0), *(point for point in points if point[0] > 0)]
    longest = max(points[-1][0], marker)
    x_of, y_of = scale(0, longest, left, right), scale(0, 1, base, top)
    share = share_at(points, marker)
    before = [*(point for point in points if point[0] < marker), (marker, share)]
    with sheet(paper) as page:
        page.gridlines([(y_of(s), text) for s, text in GRID], left, right, "%")
        page.area(
            [x_of(m) for m, _ in before], [base] * len(before), [y_of(s) for _, s in before], ACCENT_SOFT
        )
        page.line([left, right], [base, base], REST)
        page.line([x_of(m) for m, _ in points], [y_of(s) for _, s in points], ACCENT, 2, zorder=3)
        step = next((step for step in (1, 3, 6, 12) if longest / step <= 8), ceil(longest / 8))
        for month in range(0, floor(longest) + 1, step):
            is_last = month + step > longest
            page.words(x_of(month), 8, f"{month}{unit if is_last else ''}")
        x, y = x_of(marker), y_of(share)
        page.line([x, x], [base, top + 4], INK, 1.5, zorder=3.5)
        page.dot(x, y, 8, ACCENT, SURFACE)
        at_left = paper.width - x - 10 < min(text_width(note), 120)
        lines = wrapped(note, (x - left if at_left else paper.width - x) - 12)
        start = x - 10 - max(text_width(line) for line in [label, *lines]) if at_left else x
        lowest = y_of(share_at(points, longest * (start - left) / (right - left)))
        under = max(lowest - 34, base + 16 + 18 * len(lines))
        at, ha = (x - 10, "right") if at_left else (x + 10, "left")
        page.words(at, under, label, INK, ha, strong=True)
        for row, line in enumerate(lines):
            page.words(at, under - 24 - 18 * row, line, INK_2, ha)
        return page.image()
