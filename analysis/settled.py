"""What a person has decided is read as decided: the same words again, however they are punctuated or rounded off.

Decisions are kept by a hash of the words that carry meaning, so that no text stands in a model file.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.classifier import Numbers
from analysis.parsing import Parsed, parse
from analysis.types import CodedText

SURE = 0.97  # P of a code that a person gave to the same words
_POLITE = frozenset({"です", "ます", "だ", "た"})  # auxiliaries that change manner or tense
_MARKS = frozenset({"補助記号", "記号", "空白", "感動詞"})
_EMPTY = frozenset(
    {"は", "が", "を", "ね", "よ", "な", "さ", "わ", "か", "の"}
)  # particles; より, しか, ても … turn a sentence round
_ENDS = "。、!?.…・ \n"

Settled = Mapping[str, tuple[str, ...]]
Keys = tuple[str, str]


def settle(rows: Sequence[CodedText], keys: Sequence[Keys]) -> dict[str, tuple[str, ...]]:
    """Labels by key; where people disagree about the same words, most of them decide. `keys`: `keys_of` each row."""
    votes: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for row, pair in zip(rows, keys, strict=True):
        for key in pair:
            votes[key][row.labels] += 1
    return {
        key: max(found, key=lambda labels: (found[labels], labels)) for key, found in sorted(votes.items())
    }


def settled_labels(settled: Settled, parsed: Parsed, question: str) -> tuple[str, ...] | None:
    """What was decided about these words: asked the same question, else asked another; None = nothing."""
    if not settled:
        return None
    exact, rough = keys_of(parsed, question)
    return settled.get(exact, settled.get(rough))


def as_settled(labels: Sequence[str], codes: Sequence[str], row: Numbers) -> tuple[list[int], Numbers, float]:
    """The columns that hold, `row` (codes + unexplained) brought in line with them, and how sure that is."""
    held = [codes.index(label) for label in labels]
    inside = np.isin(np.arange(len(row)), held or [len(codes)])
    return held, np.where(inside, np.maximum(row, SURE), np.minimum(row, 1 - SURE)), SURE


def keys_of(parsed: Parsed, question: str) -> Keys:
    """A key for these words under this question, and one under any."""
    plain = parsed.normal.text
    bare = plain.strip(_ENDS) or plain
    if bare != plain:
        parsed = parse(
            bare, question
        )  # a sign behind a word can change how it is cut: 二回目だ|に, 二回目|だに。
    content = [
        word.lemma
        for word in parsed.words
        if word.pos not in _MARKS
        and not (word.pos == "助動詞" and word.lemma in _POLITE)
        and not (word.pos == "助詞" and word.lemma in _EMPTY)
    ]
    words = "\t".join(content or [bare])
    return _hash(f"{question}\n{words}"), _hash(words)


def _hash(words: str) -> str:
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
