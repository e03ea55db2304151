"""Reading: each stage as a multiple of raw MeCab over the same answers in the same process, and answers per second and core."""

import json
from collections.abc import Callable
from statistics import median

import fugashi
import unidic_lite
from threadpoolctl import threadpool_limits

from analysis.clauses import split_clauses
from analysis.corpus import CORPUS
from analysis.masking import find_personal
from analysis.normalize import normalize
from analysis.pipeline import Reader
from analysis.tokenizer import shared_tokenizer
from analysis.types import Text
from bench.measuring import Contestant, cpu_ratio, interleaved, median_cpu
from bench.results import Result

ANSWERS, SHORTEST, LONGEST = 600, 30, 70


def answers() -> list[Text]:
    """Distinct answers of the corpus, about 45 characters each."""
    found: dict[str, Text] = {}
    for path in sorted(CORPUS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if SHORTEST <= len(row["text"]) <= LONGEST:
                found[row["text"]] = Text(row["id"], row["text"], row["question"])
    return sorted(found.values(), key=lambda text: text.id)[:ANSWERS]


def each(texts: list[Text], act: Callable[[str], object], times: int = 1) -> Contestant:
    """Let a stage go over all texts."""

    def work() -> int:
        for _time in range(times):
            for text in texts:
                act(text.text)
        return times * len(texts)

    return Contestant(work)


def whole(texts: list[Text], reader: Reader) -> Contestant:
    def work() -> int:
        return len(reader.read(texts))

    return Contestant(work)


def run() -> list[Result]:
    """Measure on one core."""
    texts = answers()
    home = unidic_lite.DICDIR
    raw = fugashi.GenericTagger(f'-Owakati -r "{home}/mecabrc" -d "{home}"')
    words = shared_tokenizer()
    cut = {text.text: words(text.text) for text in texts}
    stages = {
        "raw MeCab": each(texts, raw.parse, 5),
        "masking": each(texts, find_personal),
        "normalising": each(texts, normalize),
        "words with lemma and part of speech": each(texts, words),
        "clauses, from words": each(texts, lambda text: split_clauses(text, cut[text])),
        "the whole reading": whole(texts, Reader()),
    }
    with threadpool_limits(1):
        samples = interleaved(stages)
    floor = samples.pop("raw MeCab")
    found = [
        Result(
            f"{name} over raw MeCab",
            cpu_ratio(of, floor),
            beside=f"{1000 * median_cpu(of):.0f} µs an answer; MeCab {1000 * median_cpu(floor):.0f} µs",
        )
        for name, of in samples.items()
    ]
    pace = median(one.count / one.cpu for one in samples["the whole reading"])
    length = sum(len(text.text) for text in texts) / len(texts)
    beside = f"{len(texts)} answers of {length:.0f} characters on average"
    return [*found, Result("answers read per second and core", pace, at_least=1500, unit="/s", beside=beside)]
