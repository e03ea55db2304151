"""Words with lemma and part of speech (MeCab through fugashi, unidic-lite, our own dictionary and the organisation's).

MeCab writes one short line for each word (resources/mecabrc); what the dictionary knows of a line is looked up once
and kept. Among words of one spelling, connection and cost it always takes the same, so the line says which one it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import fugashi

from analysis.dictionary import RESOURCES, compiled_dictionary, word_list
from analysis.own_words import NOTHING_OWN, OwnDictionary

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
    is_unknown: bool = False  # in no dictionary


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
    """Makes its MeCab tagger at first use and never pickles it. `own`: the organisation's dictionary."""

    def __init__(self, own: OwnDictionary = NOTHING_OWN) -> None:
        self.own = own
        self._words: dict[str, Word] = {}

    @cached_property
    def _tagger(self) -> fugashi.GenericTagger:
        import unidic_lite

        users = ",".join(str(one) for one in (compiled_dictionary(), self.own.compiled) if one)
        places = f'-r "{RESOURCES / "mecabrc"}" -d "{unidic_lite.DICDIR}" -u "{users}"'
        return fugashi.GenericTagger(f"-OX {places}")

    def __getstate__(self) -> dict[str, object]:
        return {"own": self.own}

    def __setstate__(self, state: dict[str, OwnDictionary]) -> None:
        self.own = state["own"]
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
                word = self._word(node, len(surface) + len(node.white_space))
                self._words[line] = word
            words.append(word)
        return words

    def _word(self, node: fugashi.Node, advance: int) -> Word:
        """A word as the dictionaries have it: what the organisation says of it goes before what they say."""
        word = _word(node.surface, node.feature_raw, advance, bool(node.is_unk))
        lemma = self.own.lemmas.get(word.surface, word.lemma)
        is_stopped = word.surface in self.own.stops or lemma in self.own.stops
        if lemma == word.lemma and not is_stopped:
            return word
        return replace(word, lemma=lemma, is_content=word.is_content and not is_stopped)


def _word(surface: str, raw: str, advance: int, is_unknown: bool) -> Word:
    """What one dictionary line says of `surface`; loan words lose the source after the hyphen."""
    fields = raw.split(",", 8)
    lemma = fields[7] if len(fields) > 7 else "*"
    lemma = lemma.split("-", 1)[0] if lemma not in {"*", ""} else ""
    pos, detail = fields[0], "-".join(part for part in fields[1:4] if part != "*")
    form = fields[5] if len(fields) > 5 else "*"
    is_content = _is_content(lemma or surface, pos, detail)
    return Word(surface, lemma or surface, pos, detail, form, len(surface), advance, is_content, is_unknown)


def class_of(token: Token) -> str:
    """A word's class as dictionaries write it: `pos1,pos2,pos3,pos4`."""
    details = token.detail.split("-") if token.detail else []
    return ",".join([token.pos, *details, *["*"] * (3 - len(details))])


def _is_content(lemma: str, pos: str, detail: str) -> bool:
    if "助動詞語幹" in detail:
        return False
    if pos in {"動詞", "形容詞", "名詞"}:
        # UniDic marks 忘れる and する alike as 非自立可能, so words without meaning of their own are listed
        return lemma not in word_list("hollow") and "数詞" not in detail
    return pos in {"形状詞", "副詞", "感動詞"}


class _Shared:
    """The tokenizer of this process; another one for every dictionary, so that nothing learnt is mixed up."""

    tokenizer = Tokenizer()


def shared_tokenizer() -> Tokenizer:
    """The tokenizer of this process."""
    return _Shared.tokenizer


def use_dictionary(own: OwnDictionary) -> None:
    """From now on this process reads with the organisation's dictionary. One thread at a time, as with reading."""
    if own != _Shared.tokenizer.own:
        _Shared.tokenizer = Tokenizer(own)
