"""What every chart is drawn on: a matplotlib figure in pixels, made into SVG that pages embed, kept on disk.

Pages show an SVG as <object>: its words stay text in the page's own faces, its colours follow the theme, its marks
are links that lead the whole page away.
"""

import logging
import re
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

INK, INK_2, INK_3 = "#1c2226", "#474f55", "#62696e"
LINE, REST, SUNKEN, SURFACE = "#e2e0d8", "#8c938f", "#f0efe9", "#ffffff"
ACCENT, ACCENT_LINE, ACCENT_SOFT, INTERVAL = "#1f4e8c", "#b7cae3", "#e9f0f8", "#dce6f2"
HEAT = "#86a6cf"
DARK = {
    INK: "#e7e8e4", INK_2: "#b9c0c4", INK_3: "#98a1a7", LINE: "#2e3439", REST: "#7b848b", SUNKEN: "#22272c",
    SURFACE: "#1b1f23", ACCENT: "#8fb6ea", ACCENT_LINE: "#35527a", ACCENT_SOFT: "#1d2d42", INTERVAL: "#24364e",
    HEAT: "#4a6fa3",
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
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
PNG_SCALE = 2
CAPTION = 34  # pixels above a picture that carries its words
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Paper:
    """The size of a chart in CSS pixels (12 px words shrink when a page squeezes it) and what it says in words.

    `png`: a picture for files, with a Japanese font of its own, at twice the size and without links; `caption` is
    written above it, so that it still says what it shows where it is pasted.
    """

    width: int
    height: int
    alt: str = ""
    png: bool = False
    caption: str = ""


class Sheet:
    """A figure whose units are pixels, x to the right and y up from the lower left corner."""

    def __init__(self, paper: Paper) -> None:
        from matplotlib.figure import Figure

        self.paper = paper
        above = CAPTION if paper.png and paper.caption else 0
        whole = paper.height + above
        self.figure = Figure(figsize=(paper.width / 72, whole / 72), dpi=72)
        self.axes = self.figure.add_axes((0, 0, 1, paper.height / whole))
        if above:
            self.figure.text(0, 1 - 18 / whole, paper.caption, color=INK, size=14, va="baseline")
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
        self.axes.plot(xs, ys, color=color, linewidth=width, solid_capstyle="butt", clip_on=False, **style)

    def box(self, left: float, bottom: float, right: float, top: float, color: str, **style: Any) -> None:
        corners = [left, right, right, left], [bottom, bottom, top, top]
        self.axes.fill(*corners, **{"facecolor": color, "linewidth": 0, "clip_on": False, **style})

    def bar(self, x: float, width: float, bottom: float, top: float, color: str, careful: bool) -> None:
        """An upright bar; a hatched one is to be read with care."""
        corners = x - width / 2, bottom, x + width / 2, top
        self.box(*corners, color)
        if careful:
            self.box(*corners, "none", hatch="////", edgecolor=REST, linewidth=1)

    def area(self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], color: str) -> None:
        self.axes.fill([*xs, *reversed(xs)], [*lows, *reversed(highs)], color=color, linewidth=0, zorder=1.5)

    def span(self, left: float, right: float, y: float, color: str, width: float, ends: float) -> None:
        """An interval: a line with an upright end of twice `ends` at both sides."""
        self.line([left, right], [y, y], color, width, zorder=3)
        for x in (left, right):
            self.line([x, x], [y - ends, y + ends], color, width, zorder=3)

    def gridlines(self, lines: Sequence[tuple[float, str]], left: float, right: float, unit: str) -> None:
        """Lines at y with their figures at the left; the unit stands at the top one only."""
        for y, text in lines:
            self.line([left, right], [y, y], LINE, zorder=1)
            self.words(left - 6, y - 4, text + unit if y == lines[-1][0] else text, INK_3, "right")

    def dot(self, x: float, y: float, size: float, color: str, edge: str | None = None) -> None:
        (mark,) = self.axes.plot([x], [y], marker="o", markersize=size, color=color, clip_on=False, zorder=5)
        mark.set(markeredgecolor=edge or color, markeredgewidth=1.6)

    def link(self, left: float, bottom: float, right: float, top: float, url: str, title: str) -> None:
        """Make a place pressable; draw links last. It shows itself only under the pointer or the focus."""
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
    """An empty sheet."""
    with one_font_at_a_time():
        yield Sheet(paper)


@contextmanager
def one_font_at_a_time() -> Iterator[None]:
    """Matplotlib, set up; one drawing after another, since its fonts are not made for threads."""
    with _one_at_a_time:
        _prepare()
        yield


def warm() -> None:
    """Load matplotlib and build its font cache (seconds on a new machine), so that no reader waits for it."""
    with sheet(Paper(10, 10)) as blank:
        blank.words(0, 0, "暖")
        blank.image()


def _page_ready(svg: str, paper: Paper, titles: Sequence[str]) -> str:
    """Matplotlib's SVG without its metadata and fonts, in pixels and theme colours, its links named."""
    size = f'width="{paper.width}{{0}}" height="{paper.height}{{0}}"'
    title, names = f"<title>{escape(paper.alt)}</title>", iter(titles)
    svg = svg[svg.index("<svg") :].replace(size.format("pt"), size.format(""), 1)
    svg = re.sub(r"<metadata>.*?</metadata>", lambda _: title, svg, count=1, flags=re.DOTALL)
    svg = re.sub(r"font-family: '[^']*'; ?", "", svg)
    svg = re.sub(f"(fill|stroke): #({'|'.join(color[1:] for color in DARK)})", r"\1: var(--\2)", svg)
    svg = svg.replace("<a xlink:href=", "<a href=")
    svg = re.sub(' target="_blank"', lambda _: f' target="_top" aria-label="{escape(next(names))}"', svg)
    svg = re.sub(r"<style.*?</style>", lambda _: f"<style>{STYLE}</style>", svg, count=1, flags=re.DOTALL)
    return NOT_IN_XML.sub("", svg)


def _crisp(places: Sequence[float]) -> Sequence[float]:
    return [int(place) + 0.5 for place in places] if len(set(places)) == 1 else places


def font_file() -> Path:
    """The Japanese font that comes with the program."""
    package = find_spec("matplotlib_fontja")
    assert package
    assert package.origin
    return Path(package.origin).parent / "fonts" / "ipaexg.ttf"


@cache
def _prepare() -> None:
    """Set matplotlib up once: text stays text, the same input gives the same bytes, IPAex measures."""
    import matplotlib
    from matplotlib import font_manager

    font_manager.fontManager.addfont(font_file())
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "okaeri",
        "font.family": "IPAexGothic",
        "text.parse_math": False,  # a $ in somebody's words is a $
        "hatch.linewidth": 1.0,
        "path.simplify": False,
    }
    matplotlib.rcParams.update(settings)
    # What IPAex lacks (bold, emoji) is drawn by the reader's own fonts.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="Glyph .* missing from font")
