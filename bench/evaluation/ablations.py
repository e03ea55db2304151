"""Does each part earn its place? The reading without it, on the same answers."""

from analysis.codebook import codes
from analysis.evaluation import Outcome, interval, outcome, redrawn
from bench.evaluation.scene import Scene, between, in_parallel, listed, signed, three
from bench.evaluation.teaching import PARTS, Lesson, readings_after
from bench.tables import markdown_table

TITLE = "What each part is worth"
JUDGED = ("macro_f1", "first_label")


def run(scene: Scene) -> str:
    lessons = {part: Lesson(without=part) for part in PARTS} | {"phrases": Lesson(phrases=False)}
    read = in_parallel(readings_after, list(lessons.values()))
    quick = outcome(scene.rows, scene.quick.read(scene.rows), codes())
    pairs = {
        part: (quick, outcome(scene.rows, some, codes())) for part, some in zip(lessons, read, strict=True)
    }
    pairs["sentence encoder"] = (scene.outcome, quick)
    worth = {part: gains(*pair) for part, pair in pairs.items()}
    rows = [line("(nothing)", scene.outcome), line("sentence encoder", quick, worth["sentence encoder"])]
    rows += [line(part, pairs[part][1], worth[part]) for part in lessons]
    note = (
        "Without the sentence encoder the quick model reads all; every other part is taken out of the quick model, "
        "which is taught anew without it. Gain: what the part adds, with the 95 % interval of 1,000 draws of answers."
    )
    heads = ("without", "macro-F1", "gain", "first label", "gain")
    return "\n\n".join([note, markdown_table(heads, rows), verdict(worth)])


def gains(whole: Outcome, less: Outcome) -> dict[str, tuple]:
    """For each of JUDGED: the gain now, and over bootstrapped answers."""
    weights = redrawn(range(len(whole.right)))
    now, drawn = ((whole.figures(many), less.figures(many)) for many in (None, weights))
    return {
        name: (float((now[0][name] - now[1][name])[0]), drawn[0][name] - drawn[1][name]) for name in JUDGED
    }


def line(part: str, found: Outcome, worth: dict[str, tuple] | None = None) -> list[str]:
    now = found.figures()
    cells = [part]
    for name in JUDGED:
        gain = f"{signed(worth[name][0])} ({between(worth[name][1], signed)})" if worth else "–"
        cells += [three(now[name][0]), gain]
    return cells


def verdict(worth: dict[str, dict[str, tuple]]) -> str:
    """Which parts pay, which cost, and for which chance is enough."""
    kinds: dict[str, list[str]] = {"pays": [], "open": [], "costs": []}
    for part, by_name in worth.items():
        low, high = zip(*(interval(drawn) for _, drawn in by_name.values()), strict=True)
        kinds["pays" if max(low) > 0 else "costs" if min(high) < 0 else "open"].append(part)
    return (
        f"Pays beyond chance in one of the two at least: {listed(kinds['pays'])}. "
        f"Not to be told from chance: {listed(kinds['open'])}. Does not pay: {listed(kinds['costs'])}."
    )
