"""`make eval`: measure how answers are read and write docs/reading-figures.md. PART=overall measures one part.

The same model and corpus give the same page. Two processes at a time (CORES=1: one), each on one thread.
"""

import os
import sys
import time
from importlib import import_module

from threadpoolctl import threadpool_limits

from app.config import ROOT
from bench.evaluation.scene import Scene, source_line, testing_rows
from bench.tables import write_between

PARTS = (
    "overall", "groups", "baselines", "ablations", "curve", "decisions", "mistakes", "themes", "agreement",
)  # fmt: skip
PAGE = ROOT / "docs" / "reading-figures.md"
HEAD = """# Figures of the reading

Written by `make eval`; what they mean and which targets are missed stands in [reading.md](reading.md). Tested are the
answers of writers who teach nothing, about businesses nobody teaches about.
"""


def skeleton() -> str:
    """The page with an empty place for every part."""
    titles = [(name, import_module(f"bench.evaluation.{name}").TITLE) for name in PARTS]
    return HEAD + "".join(
        f"\n## {title}\n\n<!-- {name} -->\n<!-- end of {name} -->\n" for name, title in titles
    )


def section(name: str, scene: Scene) -> str:
    """Measure one part; its text, with where it comes from."""
    began = time.monotonic()
    sys.stderr.write(f"{name} …\n")
    text = import_module(f"bench.evaluation.{name}").run(scene)
    sys.stderr.write(f"{name}: {time.monotonic() - began:.0f} s\n")
    return f"{source_line(name)}\n\n{text}\n"


def main() -> int:
    """Measure the parts asked for, all by default."""
    wanted = os.environ.get("PART", "").replace(",", " ").split() or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        sys.stderr.write(f"no part is named {', '.join(sorted(unknown))}: {', '.join(PARTS)}\n")
        return 2
    if len(wanted) == len(PARTS) or not PAGE.exists():
        PAGE.write_text(skeleton(), encoding="utf-8")
    scene = Scene(testing_rows())
    with threadpool_limits(1):
        for name in wanted:
            text = section(name, scene)
            write_between(PAGE, name, text)
            print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
