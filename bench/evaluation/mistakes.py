"""Which first reason is taken for which, with the answers themselves."""

from html import escape

from analysis.corpus import CorpusRow
from analysis.evaluation import confusions
from bench.evaluation.scene import Scene
from bench.tables import markdown_table

TITLE = "Confusions"
EXAMPLES = 10


def run(scene: Scene) -> str:
    found = confusions(scene.rows, scene.readings)
    wrong = int((~scene.outcome.right).sum())
    rows = [[true, read, str(len(inside))] for (true, read), inside in found]
    table = markdown_table(("first label", "read first", "answers"), rows)
    examples = "\n\n".join(block(true, read, inside) for (true, read), inside in found)
    return f"The ten most frequent of {wrong} wrong first labels.\n\n{table}\n\n{examples}"


def block(true: str, read: str, rows: list[CorpusRow]) -> str:
    lines = "\n".join(f"- {row.id}: {escape(' '.join(row.text.split()))}" for row in rows[:EXAMPLES])
    return f"<details><summary>{true} → {read}: {len(rows)}</summary>\n\n{lines}\n\n</details>"
