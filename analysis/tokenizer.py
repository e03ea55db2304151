"""Words with lemma and part of speech (MeCab through fugashi, unidic-lite and our own dictionary).

MeCab writes one short line for each word (resources/mecabrc); what the dictionary knows of a line is looked up once
and kept. Among words of one spelling, connection and cost it always takes the same, so the line says which one it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

import fugashi

from analysis.dictionary import RESOURCES, compiled_dictionary, word_list

KEPT = 50_000  # different words kept in memory
_END = "\a"  # of a word's line


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """`pos` is UniDic's first level, `detail` the second to fourth, `form` the inflection."""

    surface: str
    lemma: str
    pos: str
    detail: str
    form: str
    length: int
    advance: int  # characters with the white space before it
    is_content: bool  # carries meaning of its own (noun, verb, adjective ... but no する, こと, numbers)


class Token(NamedTuple):
    """A word at its place in the text read."""

    word: Word
    start: int
    end: int

    @property
    def surface(self) -> str:
        return self.word.surface

    @property
    def lemma(self) -> str:
        return self.word.lemma

    @property
    def pos(self) -> str:
        return self.word.pos

    @property
    def detail(self) -> str:
        return self.word.detail

    @property
    def form(self) -> str:
        return self.word.form

    @property
    def is_content(self) -> bool:
        return self.word.is_content


class Tokenizer:
    """Makes its MeCab tagger at first use and never pickles it."""

    def __init__(self) -> None:
        self._words: dict[str, Word] = {}

    @cached_property
    def _tagger(self) -> fugashi.GenericTagger:
        import unidic_lite

        places = f'-r "{RESOURCES / "mecabrc"}" -d "{unidic_lite.DICDIR}" -u "{compiled_dictionary()}"'
        return fugashi.GenericTagger(f"-OX {places}")

    def __getstate__(self) -> dict[str, object]:
        return {}

    def __setstate__(self, state: dict[str, object]) -> None:
        self._words = {}

    def __call__(self, text: str) -> list[Token]:
        """Words of `text` in order; white space is skipped."""
        words, ends = self.placed(text)
        return [Token(word, end - word.length, end) for word, end in zip(words, ends, strict=True)]

    def placed(self, text: str) -> tuple[list[Word], list[int]]:
        """Words of `text` in order and the offset at which each ends."""
        text = text.replace("\0", " ").replace(_END, " ")
        lines = self._tagger.parse(text).split(_END)[:-1]
        try:
            words = [self._words[line] for line in lines]
        except KeyError:
            words = self._learn(text, lines)
        return words, list(accumulate([word.advance for word in words]))

    def _learn(self, text: str, lines: Sequence[str]) -> list[Word]:
        """The words of `text` the long way; they are kept for the next time."""
        if len(self._words) > KEPT:
            self._words.clear()
        words = []
        for line, node in zip(lines, self._tagger(text), strict=True):
            word = self._words.get(line)
            if word is None:
                surface = node.surface
                word = _word(surface, node.feature_raw, len(surface) + len(node.white_space))
                self._words[line] = word
            words.append(word)
        return words


def _word(surface: str, raw: str, advance: int) -> Word:
    """What one dictionary line says of `surface`; loan words lose the source after the hyphen."""
    fields = raw.split(",", 8)
    lemma = fields[7] if len(fields) > 7 else "*"
    lemma = lemma.split("-", 1)[0] if lemma not in {"*", ""} else ""
    pos, detail = fields[0], "-".join(part for part in fields[1:4] if part != "*")
    form = fields[5] if len(fields) > 5 else "*"
    is_content = _is_content(lemma or surface, pos, detail)
    return Word(surface, lemma or surface, pos, detail, form, len(surface), advance, is_content)


def _is_content(lemma: str, pos: str, detail: str) -> bool:
    if "助動詞語幹" in detail:
        return False
    if pos in {"動詞", "形容詞", "名詞"}:
        # UniDic marks 忘れる and する alike as 非自立可能, so words without meaning of their own are listed
        return lemma not in word_list("hollow") and "数詞" not in detail
    return pos in {"形状詞", "副詞", "感動詞"}


@lru_cache(maxsize=1)
def shared_tokenizer() -> Tokenizer:
    """The tokenizer of this process."""
    return Tokenizer()
