"""Themes: what bench.themes measures."""

from contextlib import redirect_stdout
from io import StringIO

from bench.evaluation.scene import Scene

TITLE = "Themes"


def run(_scene: Scene) -> str:
    try:
        from bench.themes import measure
    except ImportError:
        return "See `python -m bench.themes`."
    printed = StringIO()
    with redirect_stdout(printed):
        measure()
    return f"`python -m bench.themes`:\n\n{printed.getvalue().strip()}"
