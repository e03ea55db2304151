"""The same figures for each business, length, question and writer."""

from collections.abc import Callable

from analysis.codebook import codes
from analysis.corpus import CorpusRow
from analysis.evaluation import LENGTHS, length_class, outcome, redrawn
from bench.evaluation.scene import Scene, between, two
from bench.tables import markdown_table

TITLE = "By business, length, question and writer"
KINDS: dict[str, Callable[[CorpusRow], str]] = {
    "business": lambda row: row.business,
    "characters": lambda row: length_class(row.text),
    "question": lambda row: row.question,
    "writer": lambda row: row.writer,
}


def run(scene: Scene) -> str:
    note = "Macro-F1 over the codes that occur in the group; a group of fifty answers is uncertain by 0.14 either way."
    return "\n\n".join([note, *(table(scene, kind) for kind in KINDS)])


def table(scene: Scene, kind: str) -> str:
    names = [KINDS[kind](row) for row in scene.rows]
    order = (
        [name for name in LENGTHS if name in names] if kind == "characters" else list(dict.fromkeys(names))
    )
    rows = []
    for name in order:
        places = [place for place, other in enumerate(names) if other == name]
        rows.append([name, *figures(scene, places)])
    return markdown_table(
        (kind, "answers", "macro-F1", "first label", "95 %", "surer half", "polarity right"), rows
    )


def figures(scene: Scene, places: list[int]) -> list[str]:
    rows = [scene.rows[i] for i in places]
    readings = [scene.readings[i] for i in places]
    occurring = [code for code in codes() if any(code in row.labels for row in rows)]
    found = outcome(rows, readings, occurring)
    now = {name: float(value[0]) for name, value in found.figures().items()}
    drawn = found.figures(redrawn(range(len(rows))))["first_label"]
    polarity = (found.mood & found.read_mood).any(axis=1).mean()
    return [
        str(len(rows)),
        two(now["macro_f1"]) if occurring else "–",
        two(now["first_label"]),
        between(drawn, two),
        two(now["first_label_surer_half"]),
        two(float(polarity)),
    ]
