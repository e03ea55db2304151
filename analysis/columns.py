"""Which columns hold of many units at once: numbers for character n-grams and pairs of words instead of names.

Finds exactly what `features.feature_names` names. Three characters fit into 63 bits, so a number stands for one n-gram
and nothing else.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.tokenizer import KEPT, Word

if TYPE_CHECKING:
    from analysis.features import Unit

Numbers = NDArray[np.int64]
BITS = 21  # of one character, and of the number of a lemma
_BREAK = 1  # stands behind each text: a control character, which no normalised text holds
_SIGN = -1  # the number of a word that is only a sign
_SPREAD = np.uint64(
    0x9E3779B97F4A7C15
)  # Knuth, The Art of Computer Programming 3, 6.4: multiplicative hashing


class Columns:
    """The vocabulary `names`, by kind."""

    def __init__(self, names: Sequence[str]) -> None:
        kinds: dict[str, dict[str, int]] = {kind: {} for kind in "cwbm"}
        for column, name in enumerate(names):
            kinds[name[0]][name[2:]] = column
        self._marks = kinds["m"]
        self._characters = Numbered({_number(text): column for text, column in kinds["c"].items()})
        splits = [
            (pair, *_halves(pair, i)) for pair in kinds["b"] for i, char in enumerate(pair) if char == " "
        ]
        lemmas = set(kinds["w"]).union(*(halves for _, *halves in splits))
        self._lemmas = {lemma: number for number, lemma in enumerate(sorted(lemmas), 1)}
        self._words = np.array([-1, *(kinds["w"].get(lemma, -1) for lemma in self._lemmas)])
        number = self._lemmas
        self._pairs = Numbered(
            {number[one] << BITS | number[other]: kinds["b"][pair] for pair, one, other in splits}
        )
        self._bits = len(names).bit_length()  # of one column
        self._seen: dict[Word, int] = {}

    def of(self, units: Sequence["Unit"]) -> tuple[Numbers, Numbers]:
        """(row, column) of everything that holds of `units`, each once, by row and column."""
        found = [self._of_characters(units), self._of_words(units), self._of_marks(units)]
        rows, columns = (np.concatenate(part) for part in zip(*found, strict=True))
        keys = (rows << self._bits | columns)[columns >= 0]
        keys = np.sort(keys.astype(np.int32) if len(units) << self._bits < 2**31 else keys)
        keys = keys[np.diff(keys, prepend=-1) > 0]
        return keys >> self._bits, keys & ((1 << self._bits) - 1)

    def _of_characters(self, units: Sequence["Unit"]) -> tuple[Numbers, Numbers]:
        texts = "".join([unit.text + chr(_BREAK) for unit in units]).lower()
        one = np.frombuffer(texts.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
        one[(one >= ord("ァ")) & (one <= ord("ヶ"))] -= ord("ァ") - ord("ぁ")
        digits = (one >= ord("0")) & (one <= ord("9"))
        if digits.any():
            one[digits] = ord("0")
            one = one[~(digits & np.append(False, digits[:-1]))]
        breaks = one == _BREAK
        row = np.cumsum(breaks) - breaks
        two = one[:-1] << BITS | one[1:]
        three = two[:-1] << BITS | one[2:]
        columns = self._characters(np.concatenate([one, two, three]))
        return np.concatenate([row, row[:-1], row[:-2]]), columns

    def _of_words(self, units: Sequence["Unit"]) -> tuple[Numbers, Numbers]:
        words = list(chain.from_iterable([unit.words for unit in units]))
        try:
            numbers = [self._seen[word] for word in words]
        except KeyError:
            numbers = self._learn(words)
        found = np.array(numbers, dtype=np.int64)
        row = np.repeat(np.arange(len(units)), [len(unit.words) for unit in units])
        row, found = row[found != _SIGN], found[found != _SIGN]
        pairs = self._pairs(found[:-1] << BITS | found[1:])
        pairs[row[:-1] != row[1:]] = -1
        return np.concatenate([row, row[:-1]]), np.concatenate([self._words[found], pairs])

    def _learn(self, words: Sequence[Word]) -> list[int]:
        if len(self._seen) > KEPT:
            self._seen.clear()
        numbers = []
        for word in words:
            number = self._seen.get(word)
            if number is None:
                number = _SIGN if word.pos == "補助記号" else self._lemmas.get(word.lemma, 0)
                self._seen[word] = number
            numbers.append(number)
        return numbers

    def _of_marks(self, units: Sequence["Unit"]) -> tuple[Numbers, Numbers]:
        row = np.repeat(np.arange(len(units)), [len(unit.marks) for unit in units])
        columns = [self._marks.get(mark, -1) for unit in units for mark in unit.marks]
        return row, np.array(columns, dtype=np.int64)


class Numbered:
    """A fixed table number → column, looked up for many numbers at once; each level holds what collided before."""

    def __init__(self, columns: Mapping[int, int]) -> None:
        keys = np.array(list(columns), dtype=np.uint64)
        values = np.array(list(columns.values()), dtype=np.int64)
        self._levels: list[tuple[np.uint64, NDArray[np.uint64], Numbers]] = []
        while len(keys):
            bits = len(keys).bit_length() + 2
            shift = np.uint64(64 - bits)
            places, first = np.unique(_place(keys, shift), return_index=True)
            held, of = np.zeros(1 << bits, dtype=np.uint64), np.full(1 << bits, -1)
            held[places], of[places] = keys[first], values[first]
            self._levels.append((shift, held, of))
            keys, values = np.delete(keys, first), np.delete(values, first)

    def __call__(self, numbers: Numbers) -> Numbers:
        """The column of each number, -1 where there is none."""
        keys = numbers.astype(np.uint64)
        columns, waiting = np.full(len(keys), -1), np.arange(len(keys))
        for shift, held, of in self._levels:
            places = _place(keys, shift)
            same = held[places] == keys
            columns[waiting[same]] = of[places[same]]
            keys, waiting = keys[~same], waiting[~same]
        return columns


def _place(keys: NDArray[np.uint64], shift: np.uint64) -> Numbers:
    return (keys * _SPREAD >> shift).astype(np.int64)


def _number(text: str) -> int:
    number = 0
    for char in text:
        number = number << BITS | ord(char)
    return number


def _halves(pair: str, i: int) -> tuple[str, str]:
    return pair[:i], pair[i + 1 :]
