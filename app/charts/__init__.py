"""Charts: numbers and ready words in, an SVG out (bytes; the same bytes for the same input).

sheet.py is the paper they are drawn on, scales.py turns numbers into pixels; nps.py, shares.py and curve.py
hold the drawings; served.py keeps them on disk and answers them. A chart has a route of its own that returns
`svg_response(cached(folder, nps_histogram, counts, ...))`; the page embeds it as <object
type="image/svg+xml"> with its sentence inside, and the table one link away. `warm()` once at the start of a
process that draws.
"""

from app.charts.curve import interval_curve
from app.charts.nps import Event, TrendPoint, nps_histogram, trend
from app.charts.served import cached, svg_response
from app.charts.shares import ShareRow, difference_line, share_bars
from app.charts.sheet import Paper, warm

__all__ = [
    "Event",
    "Paper",
    "ShareRow",
    "TrendPoint",
    "cached",
    "difference_line",
    "interval_curve",
    "nps_histogram",
    "share_bars",
    "svg_response",
    "trend",
    "warm",
]
