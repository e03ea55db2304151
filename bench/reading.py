"""`make bench-reading`: each stage as a multiple of raw MeCab over the same answers in the same process, answers per second
and core, and memory by volume. BIG=1 reads a million.

What is read was written by nobody who taught the model.
"""

import os
from collections.abc import Callable
from statistics import median

import fugashi
import unidic_lite
from threadpoolctl import threadpool_limits

from analysis.clauses import split_clauses
from analysis.masking import find_personal
from analysis.normalize import normalize
from analysis.parsing import taken_apart
from analysis.pipeline import Reader
from analysis.roles import kinds_in
from analysis.tokenizer import shared_tokenizer
from analysis.training import batch_of, evidence_of
from analysis.types import Text
from bench.measuring import Contestant, Sample, cpu_ratio, interleaved, median_cpu
from bench.memory import peak_at
from bench.mixed import held_out
from bench.results import Result

ANSWERS, SHORTEST, LONGEST = 512, 30, 65
EVERYTHING = 2.0  # no confidence reaches it: the encoder reads all


def answers() -> list[Text]:
    """Distinct answers of about 45 characters."""
    found = {text.text: text for text in held_out() if SHORTEST <= len(text.text) <= LONGEST}
    return list(found.values())[:ANSWERS]


def each(texts: list[Text], act: Callable[[str], object], times: int = 1) -> Contestant:
    """Let a stage go over all texts."""

    def work() -> int:
        for _time in range(times):
            for text in texts:
                act(text.text)
        return times * len(texts)

    return Contestant(work)


def whole(texts: list[Text], reader: Reader) -> Contestant:
    """Read all texts as if for the first time."""

    def work() -> int:
        taken_apart.cache_clear()
        return len(reader.read(texts))

    return Contestant(work)


def stages(texts: list[Text], reader: Reader) -> dict[str, Contestant]:
    """Everything a reading consists of, each part from what the one before left."""
    features, heads, words = reader.model.features, reader.model.heads, shared_tokenizer()
    cut = {text.text: words.placed(text.text) for text in texts}
    kinds = {text.text: kinds_in(text.text) for text in texts}
    batch = batch_of(texts, features)

    def describe() -> int:
        return len(batch_of(texts, features).parsed)  # taken apart before: parse() remembers

    def weigh() -> int:
        evidence, _ = evidence_of(batch, heads)
        reader.model.polarities(evidence, reader.model.stated_probabilities(evidence))
        return len(texts)

    return {
        "masking": each(texts, find_personal),
        "normalising": each(texts, normalize),
        "words with lemma and part of speech": each(texts, words.placed),
        "kinds of speech": each(texts, kinds_in),
        "clauses, from words": each(texts, lambda text: split_clauses(text, *cut[text], kinds=kinds[text])),
        "features": Contestant(describe),
        "heads and probabilities": Contestant(weigh),
    }


def run() -> list[Result]:
    """Measure on one core."""
    texts, reader = answers(), Reader()
    home = unidic_lite.DICDIR
    raw = fugashi.GenericTagger(f'-Owakati -r "{home}/mecabrc" -d "{home}"')
    quick = Reader(reader.model.with_parts(deep=None))
    ways = {
        "the cheap path": whole(texts, quick),
        "by the cascade": whole(texts, reader),
        "encoder on all": whole(texts, Reader(reader.model.with_parts(sure=EVERYTHING))),
    }
    reader.warm()
    with threadpool_limits(1):
        samples = interleaved({"floor": each(texts, raw.parse, 5), **stages(texts, reader), **ways})
    floor = samples.pop("floor")
    unsure = sum(one.confidence < reader.model.sure for one in quick.read(texts)) / len(texts)
    found = [_over_floor(name, of, floor) for name, of in samples.items() if name not in ways]
    found.append(_over_floor("the cheap path", samples["the cheap path"], floor, at_most=8))
    besides = {
        "the cheap path": f"{len(texts)} answers of {sum(len(one.text) for one in texts) / len(texts):.0f} characters",
        "by the cascade": f"{100 * unsure:.0f} % of them read by the encoder too",
        "encoder on all": "",
    }
    targets = {"by the cascade": 1500, "encoder on all": 500}
    found += [
        Result(
            f"answers read per second and core, {name}",
            median(one.count / one.cpu for one in samples[name]),
            at_least=targets.get(name),
            unit="/s",
            beside=beside,
        )
        for name, beside in besides.items()
    ]
    return [*found, *_memory()]


def _over_floor(name: str, of: list[Sample], floor: list[Sample], at_most: float | None = None) -> Result:
    beside = f"{1000 * median_cpu(of):.0f} µs an answer; MeCab {1000 * median_cpu(floor):.0f} µs"
    return Result(f"{name} over raw MeCab", cpu_ratio(of, floor), at_most=at_most, beside=beside)


def _memory() -> list[Result]:
    """Each volume in a process of its own, against the smallest."""
    volumes = [10_000, 100_000, *([1_000_000] if os.environ.get("BIG", "0") != "0" else [])]
    peaks = {count: peak_at(count) for count in volumes}
    least = peaks[volumes[0]][1]
    return [
        Result(
            f"peak memory at {count:,} answers over {volumes[0]:,}",
            peaks[count][1] / least,
            at_most=1.2,
            beside=f"{peaks[count][1] / 2**20:.0f} MB, {least / 2**20:.0f} MB; {100 * peaks[count][0]:.0f} % distinct",
        )
        for count in volumes[1:]
    ]
