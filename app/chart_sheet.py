"""What every chart is drawn on: a matplotlib figure in pixels, made into SVG that pages embed, kept on disk.

Pages show an SVG as <object>: its words stay text in the page's own faces, its colours follow the page's theme
(an embedded document follows the colour scheme of its element), its marks are links that lead the whole page.
"""

import base64
import hashlib
import os
import re
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from flask import Response, request, url_for

INK, INK_2, INK_3 = "#1c2226", "#474f55", "#62696e"
LINE, REST, SUNKEN, SURFACE = "#e2e0d8", "#8c938f", "#f0efe9", "#ffffff"
ACCENT, ACCENT_LINE, ACCENT_SOFT, INTERVAL = "#1f4e8c", "#b7cae3", "#e9f0f8", "#dce6f2"
DARK = {
    INK: "#e7e8e4", INK_2: "#b9c0c4", INK_3: "#98a1a7", LINE: "#2e3439", REST: "#7b848b", SUNKEN: "#22272c",
    SURFACE: "#1b1f23", ACCENT: "#8fb6ea", ACCENT_LINE: "#35527a", ACCENT_SOFT: "#1d2d42", INTERVAL: "#24364e",
}  # fmt: skip
FACES = (
    '"Okaeri Figures","Hiragino Sans","Hiragino Kaku Gothic ProN","BIZ UDPGothic","Noto Sans JP",'
    '"Noto Sans CJK JP","Yu Gothic UI",Meiryo,sans-serif'
)
STYLE = (
    f":root{{color-scheme:light dark;{''.join(f'--{c[1:]}:light-dark({c},{d});' for c, d in DARK.items())}}}"
    f"*{{stroke-linejoin:round}}text{{font-family:{FACES};font-variant-numeric:tabular-nums lining-nums}}"
    "a path{opacity:0;transition:opacity 120ms ease-out}a:hover path{opacity:.1}"
    f"a:focus-visible{{outline:3px solid var(--{ACCENT[1:]})}}"
    "@media(prefers-reduced-motion:reduce){a path{transition:none}}"
)
FACE = '@font-face{{font-family:"Okaeri Figures";src:url("{}") format("woff2");font-weight:{}}}'
PNG_SCALE = 2
KEPT_FILES = 2_000
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Paper:
    """The size of a chart in CSS pixels (12 px words shrink when a page squeezes it) and what it says in words.

    `png`: a picture for files, with a Japanese font of its own, at twice the size and without links.
    """

    width: int
    height: int
    alt: str = ""
    png: bool = False


class Sheet:
    """A figure whose units are pixels, x to the right and y up from the lower left corner."""

    def __init__(self, paper: Paper) -> None:
        from matplotlib.figure import Figure

        self.paper = paper
        self.figure = Figure(figsize=(paper.width / 72, paper.height / 72), dpi=72)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, paper.width), ylim=(0, paper.height))
        self.axes.set_axis_off()
        self.titles: list[str] = []

    def words(
        self, x: float, y: float, text: str, color: str = INK_2, ha: str = "center", strong: bool = False
    ) -> None:
        """Text on the base line y; strong is the 14 px of a last value."""
        size, weight = (14, 600) if strong else (12, 400)
        self.axes.text(x, y, text, color=color, ha=ha, va="baseline", size=size, weight=weight)

    def line(
        self, xs: Sequence[float], ys: Sequence[float], color: str, width: float = 1, **style: Any
    ) -> None:
        """A line; thin ones along an axis sit on whole pixels."""
        if width <= 1.5:
            xs, ys = (_crisp(places) for places in (xs, ys))
        self.axes.plot(xs, ys, color=color, linewidth=width, solid_capstyle="butt", **style)

    def box(self, left: float, bottom: float, right: float, top: float, color: str, **style: Any) -> None:
        self.axes.fill(
            [left, right, right, left], [bottom, bottom, top, top], color=color, linewidth=0, **style
        )

    def link(self, left: float, bottom: float, right: float, top: float, url: str, title: str) -> None:
        """Make a place pressable; draw links last. The place shows itself only under the pointer or the focus."""
        if url and not self.paper.png:
            self.box(left, bottom, right, top, ACCENT, url=url, zorder=9)
            self.titles.append(title)

    def image(self) -> bytes:
        """The finished SVG (or PNG)."""
        file = BytesIO()
        if self.paper.png:
            self.figure.savefig(file, format="png", dpi=72 * PNG_SCALE, metadata={"Software": None})
            return file.getvalue()
        self.figure.savefig(file, format="svg", transparent=True)
        return _page_ready(file.getvalue().decode(), self.paper, self.titles).encode()


@contextmanager
def sheet(paper: Paper) -> Iterator[Sheet]:
    """An empty sheet; one chart is drawn at a time, since matplotlib's fonts are not made for threads."""
    with _one_at_a_time:
        _prepare()
        yield Sheet(paper)


def warm() -> None:
    """Load matplotlib and build its font cache (seconds on a new machine), so that no reader waits for it."""
    with sheet(Paper(10, 10)) as blank:
        blank.words(0, 0, "暖")
        blank.image()


def cached(folder: Path, draw: Callable[..., bytes], *args: Any, **kwargs: Any) -> bytes:
    """`draw(*args, **kwargs)`, kept in `folder` under the hash of the drawing, its code and what it shows."""
    shown = repr((draw.__module__, draw.__qualname__, args, sorted(kwargs.items())))
    file = folder / hashlib.sha256(f"{_edition()}{shown}".encode()).hexdigest()
    try:
        return file.read_bytes()
    except FileNotFoundError:
        image = draw(*args, **kwargs)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:
        draft.write(image)
    os.replace(draft.name, file)
    for old in sorted(folder.iterdir(), key=_written, reverse=True)[KEPT_FILES:]:
        old.unlink(missing_ok=True)
    return image


def svg_response(svg: bytes) -> Response:
    """Answer the current request with a chart, under a policy of its own.

    matplotlib writes style attributes, so those are allowed here and nowhere else; the one style element is named by
    its hash. Nothing runs, nothing is loaded but the figures' font.
    """
    faces = "".join(
        FACE.format(url_for("static", filename=f"vendor/inter/inter-latin-{weight}-normal.woff2"), weight)
        for weight in (400, 600)
    )
    style = faces + STYLE
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    body = svg.replace(STYLE.encode(), style.encode(), 1)
    response = Response(body, mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; style-src-attr 'unsafe-inline'; font-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(body).hexdigest())
    return response.make_conditional(request)


def text_width(text: str) -> float:
    """About how many pixels a line of 12 px text takes."""
    return sum(12.0 if east_asian_width(sign) in "WFA" else 7.0 for sign in text)


def _page_ready(svg: str, paper: Paper, titles: Sequence[str]) -> str:
    """Matplotlib's SVG without its metadata and fonts, in pixels, in theme colours, with links that have names."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(
        r"(<style[^>]*>).*?(</style>)", lambda m: f"<style>{STYLE}</style>", svg, count=1, flags=re.DOTALL
    )
    svg = re.sub(r"font-family: '[^']*'; ?", "", svg)
    svg = re.sub("|".join(DARK), lambda m: f"var(--{m[0][1:]})", svg)
    svg = svg.replace(
        f'width="{paper.width}pt" height="{paper.height}pt"', f'width="{paper.width}" height="{paper.height}"'
    )
    names = iter(titles)
    return re.sub(r"<a ", lambda m: f'<a target="_top" aria-label="{escape(next(names))}" ', svg)


def _crisp(places: Sequence[float]) -> Sequence[float]:
    return [int(place) + 0.5 for place in places] if len(set(places)) == 1 else places


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


@cache
def _prepare() -> None:
    """Set matplotlib up once: text stays text, the same input gives the same bytes, IPAex measures and draws PNG."""
    import matplotlib
    from matplotlib import font_manager

    package = find_spec("matplotlib_fontja")
    assert package is not None and package.origin is not None
    font_manager.fontManager.addfont(Path(package.origin).parent / "fonts" / "ipaexg.ttf")
    matplotlib.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "okaeri",
            "font.family": "IPAexGothic",
            "text.parse_math": False,  # a $ in somebody's words is a $
            "hatch.linewidth": 1.0,
            "path.simplify": False,
        }
    )
    # What IPAex lacks (emoji) is drawn by the reader's own fonts.
    warnings.filterwarnings("ignore", message="Glyph .* missing from font")


@cache
def _edition() -> str:
    """Changes with the drawing code, so that no chart of an older one is served."""
    import matplotlib

    here = Path(__file__)
    code = b"".join(file.read_bytes() for file in (here, here.with_name("charts.py")))
    return f"{matplotlib.__version__} {hashlib.sha256(code).hexdigest()} "
