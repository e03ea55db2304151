"""Which of many patterns can match a text at all: every match of a pattern contains one of its needles.

A needle is a stretch of literal characters that the pattern cannot do without. All needles are looked for at once, by
the pairs of characters they hold, so only the few patterns whose needles stand in the text are tried. Nothing is lost:
a pattern without needles is always tried.
"""

import re
from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import product
from operator import add
from typing import Any

grammar: Any = import_module("re._parser")  # the parser that re itself uses; only its tree is read
kinds: Any = import_module("re._constants")
MOST = 200  # spellings of one stretch: with more it ends here
Spellings = frozenset[str] | None  # None: too many to list, or unbounded


class Needles:
    """One set of needles for each pattern; called with a text, the places of the patterns that may match, in order."""

    def __init__(self, sets: Sequence[Iterable[str]]) -> None:
        self._always = {place for place, needles in enumerate(sets) if not needles}
        self._by_key: dict[str, list[tuple[str, int]]] = {}
        for place, needles in enumerate(sets):
            for needle in sorted(needles):
                self._by_key.setdefault(_key(needle), []).append((needle, place))
        single = "".join(key for key in self._by_key if len(key) == 1)
        self._single = re.compile(f"[{re.escape(single)}]" if single else r"(?!)")

    def __call__(self, text: str) -> list[int]:
        found = set(self._always)
        keys = {*filter(self._by_key.__contains__, map(add, text, text[1:])), *self._single.findall(text)}
        for key in keys:  # each once, or a long text of one pair would be searched from every place
            for needle, place in self._by_key[key]:
                if place not in found and needle in text:
                    found.add(place)
        return sorted(found)


def needles_of(pattern: str) -> frozenset[str]:
    """Every match of `pattern` contains one of these; empty where there is nothing it cannot do without."""
    found = _needles(grammar.parse(pattern))
    return frozenset(one for one in found if not any(other in one for other in found if other != one))


def _key(needle: str) -> str:
    """The pair of characters to look for first: the rarest, as kanji are rarer than kana."""
    pairs = [needle[i : i + 2] for i in range(max(1, len(needle) - 1))]
    return min(pairs, key=_chance)


def _chance(text: str) -> float:
    """Roughly how often a stretch occurs."""
    chance = 1.0
    for char in text:
        chance *= 0.03 if "ぁ" <= char <= "ん" else 0.005
    return chance


def _cost(found: frozenset[str]) -> float:
    return sum(map(_chance, found))


def _needles(items: Any) -> frozenset[str]:
    """The best of the stretches that `items`, one after the other, cannot do without."""
    stretches: list[frozenset[str]] = []
    run = frozenset({""})
    for item in items:
        spelt = _spellings(item)
        if spelt is not None and len(run) * len(spelt) <= MOST:
            run = frozenset(map("".join, product(run, spelt)))
            continue
        stretches += [run, spelt if spelt is not None else _inside(item)]
        run = frozenset({""})
    usable = [found for found in [*stretches, run] if found and "" not in found]
    return min(usable, key=_cost, default=frozenset())


def _inside(item: Any) -> frozenset[str]:
    """Needles of one part that has no list of spellings."""
    kind, content = item
    if kind is kinds.SUBPATTERN:
        return _needles(content[-1])
    if kind is kinds.BRANCH:
        found = [_needles(branch) for branch in content[1]]
        return frozenset().union(*found) if all(found) else frozenset()
    if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT} and content[0] > 0:
        return _needles(content[2])
    return frozenset()


def _spellings(item: Any) -> Spellings:
    """All that one part can match, if that is a short list."""
    kind, content = item
    if kind is kinds.LITERAL:
        kind, content = kinds.IN, [item]
    if kind in {kinds.AT, kinds.ASSERT, kinds.ASSERT_NOT}:
        return frozenset({""})
    if kind is kinds.SUBPATTERN:
        return _spelt_in_turn(content[-1])
    if kind is kinds.BRANCH:
        return _either([_spelt_in_turn(branch) for branch in content[1]])
    if kind is kinds.IN and all(one is kinds.LITERAL for one, _ in content):
        return frozenset(chr(code) for _, code in content)
    if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT} and content[:2] == (0, 1):
        return _either([frozenset({""}), _spelt_in_turn(content[2])])
    return None


def _spelt_in_turn(items: Any) -> Spellings:
    run = frozenset({""})
    for item in items:
        spelt = _spellings(item)
        if spelt is None or len(run) * len(spelt) > MOST:
            return None
        run = frozenset(map("".join, product(run, spelt)))
    return run


def _either(found: Sequence[Spellings]) -> Spellings:
    listed = [one for one in found if one is not None]
    return frozenset().union(*listed) if len(listed) == len(found) else None
