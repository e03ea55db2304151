"""Words with lemma and part of speech (MeCab through fugashi, unidic-lite and our own dictionary)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import fugashi

from analysis.dictionary import compiled_dictionary, word_list


@dataclass(frozen=True, slots=True)
class Token:
    """`pos` is UniDic's first level, `detail` the second to fourth, `form` the inflection; offsets in the text read."""

    surface: str
    lemma: str
    pos: str
    detail: str
    form: str
    start: int
    end: int

    @property
    def is_content(self) -> bool:
        """Does the word carry meaning of its own (noun, verb, adjective ... but no する, こと, numbers)?"""
        if self.pos in {"動詞", "形容詞", "名詞"}:
            # UniDic marks 忘れる and する alike as 非自立可能, so words without meaning of their own are listed
            return (
                self.lemma not in word_list("hollow")
                and "数詞" not in self.detail
                and "助動詞語幹" not in self.detail
            )
        return self.pos in {"形状詞", "副詞", "感動詞"} and "助動詞語幹" not in self.detail


@lru_cache(maxsize=200_000)
def _features(surface: str, raw: str) -> tuple[str, str, str, str]:
    """(lemma, pos, detail, form) of one dictionary line; loan words lose the source after the hyphen."""
    fields = raw.split(",", 8)
    lemma = fields[7] if len(fields) > 7 else "*"
    lemma = lemma.split("-", 1)[0] if lemma not in {"*", ""} else ""
    form = fields[5] if len(fields) > 5 else "*"
    return lemma or surface, fields[0], "-".join(part for part in fields[1:4] if part != "*"), form


class Tokenizer:
    """Makes its MeCab tagger at first use and never pickles it."""

    @cached_property
    def _tagger(self) -> fugashi.GenericTagger:
        import unidic_lite

        home = unidic_lite.DICDIR
        return fugashi.GenericTagger(f'-r "{home}/mecabrc" -d "{home}" -u "{compiled_dictionary()}"')

    def __getstate__(self) -> dict[str, object]:
        return {}

    def __call__(self, text: str) -> list[Token]:
        """Words of `text` in order; white space is skipped."""
        tokens = []
        position = 0
        for node in self._tagger(text.replace("\0", " ")):
            position += len(node.white_space)
            end = position + len(node.surface)
            tokens.append(Token(node.surface, *_features(node.surface, node.feature_raw), position, end))
            position = end
        return tokens


@lru_cache(maxsize=1)
def shared_tokenizer() -> Tokenizer:
    """The tokenizer of this process."""
    return Tokenizer()


def words(text: str) -> Sequence[str]:
    """Surfaces only."""
    return [token.surface for token in shared_tokenizer()(text)]
