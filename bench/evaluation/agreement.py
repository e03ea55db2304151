"""How far the two readers of the corpus agree, and what became of their differences."""

from contextlib import redirect_stdout
from io import StringIO

from analysis.corpus import CORPUS
from bench import corpus
from bench.evaluation.scene import Scene
from bench.tables import markdown_table

TITLE = "Agreement about the corpus"
KINDS = {"w": "teach", "u": "tune", "t": "test"}


def run(_scene: Scene) -> str:
    paths = sorted(CORPUS.glob("*.jsonl"))
    printed = StringIO()
    with redirect_stdout(printed):
        corpus.agree(paths)
    rows = [
        counted(words, [path for path in paths if path.name.startswith(kind)])
        for kind, words in KINDS.items()
    ]
    heads = ("writers who", "writers", "answers", "read twice", "labels differ", "of them resolved")
    note = "`python -m bench.corpus agree analysis/resources/corpus/*.jsonl`, between two passes, not between people:"
    return "\n\n".join([markdown_table(heads, rows), note, f"```\n{printed.getvalue().strip()}\n```"])


def counted(words: str, paths: list) -> list[str]:
    rows = [row for path in paths for row in corpus.read(path)]
    twice = [row for row in rows if row["second"]]
    differ = [row for row in twice if corpus.differs(row)]
    resolved = [row for row in differ if row["resolved"] is not None]
    counts = (len({row["writer"] for row in rows}), len(rows), len(twice), len(differ), len(resolved))
    return [words, *(f"{count:,}" for count in counts)]
