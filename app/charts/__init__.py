"""Charts: numbers and ready words in, an SVG out (bytes; the same bytes for the same input).

sheet.py is the paper they are drawn on, scales.py turns numbers into pixels; nps.py, trend.py, shares.py and
curve.py hold the drawings; served.py keeps them on disk and answers them. A chart has a route of its own that returns
`svg_response(cached(folder, nps_histogram, counts, ...))`; the page embeds it as <object
type="image/svg+xml"> with its sentence inside, and the table one link away. `warm()` once at the start of a
process that draws.
"""

from app.charts.compared import (
    DifferenceRow,
    PairedRow,
    PartedRow,
    compared_height,
    difference_rows,
    paired_shares,
    parted_shares,
)
from app.charts.curve import interval_curve
from app.charts.heat import HeatCell, HeatRow, heat, heat_height
from app.charts.nps import nps_histogram
from app.charts.served import cached, svg_response
from app.charts.shares import ShareRow, difference_line, share_bars
from app.charts.sheet import Paper, warm
from app.charts.trend import Event, Panel, TrendPoint, panels_height, trend, trend_panels

__all__ = [
    "DifferenceRow",
    "Event",
    "HeatCell",
    "HeatRow",
    "PairedRow",
    "Panel",
    "Paper",
    "PartedRow",
    "ShareRow",
    "TrendPoint",
    "cached",
    "compared_height",
    "difference_line",
    "difference_rows",
    "heat",
    "heat_height",
    "interval_curve",
    "nps_histogram",
    "paired_shares",
    "panels_height",
    "parted_shares",
    "share_bars",
    "svg_response",
    "trend",
    "trend_panels",
    "warm",
]
