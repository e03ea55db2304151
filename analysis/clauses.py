"""Cut an answer into clauses and say what each one does: states, denies, concedes or praises.

Cuts: sentence ends, connective particles (が, けど, ものの, のに, ので, から, し), 連用形 and て before 、, and 、 in a
bare list of nouns. ない, にくい, すぎる and てほしい stay in their clause, so nothing changes its meaning by the cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from analysis.dictionary import word_list
from analysis.roles import roles
from analysis.tokenizer import KEPT, Word
from analysis.types import Role

_ENDS = frozenset("。!?\n．｡…")


class Clause(NamedTuple):
    """`text[start:end]` of the normalised text; `role` before any reason is known (never COUNTED)."""

    start: int
    end: int
    text: str
    role: Role
    link: str  # contrast, cause, none: how it leads on to the next clause
    wish: bool
    tone: str  # good, bad, both, none: words of praise or complaint, whatever they mean here


def split_clauses(
    text: str, words: Sequence[Word], ends: Sequence[int], kinds: Sequence[str] | None = None
) -> list[Clause]:
    """Clauses of normalised `text` in order; together they cover every word.

    `ends`: where each word ends. `kinds`: the only kinds of speech the text can hold (`roles.kinds_in`), None = any.
    """
    kinds = tuple(roles()) if kinds is None else kinds
    pieces = [piece for cut in pairwise(_cuts(text, words, ends)) if (piece := _trim(text, *cut))]
    links = [_link(text[start:end], text[end : end + 12]) for start, end in pieces]
    clauses = [
        _clause(start, end, text[start:end], link, place + 1 < len(pieces), kinds)
        for place, ((start, end), link) in enumerate(zip(pieces, links, strict=True))
    ]
    for i in range(1, len(pieces)):  # 高いから|辞めたわけではない: the denial reaches back over its cause
        if (
            links[i - 1] == "cause"
            and clauses[i].role is Role.NEGATED
            and _ENDS.isdisjoint(text[clauses[i - 1].end - 1 : clauses[i].start])
            and _speaks("denied_wide", clauses[i].text)
        ):
            clauses[i - 1] = clauses[i - 1]._replace(role=Role.NEGATED)
    return clauses


def _speaks(kind: str, clause: str) -> bool:
    """Do the words of resources/roles.json for `kind` stand in the clause?"""
    return bool(roles()[kind].search(clause))


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _cuts(text: str, words: Sequence[Word], ends: Sequence[int]) -> list[int]:
    """Offsets at which clauses begin, and the end; a piece without a content word joins the next one."""
    parts = [_part(word) for word in words]
    listed, has_lines = not any(part.is_verbal for part in parts), "\n" in text
    cuts, has_content, has_word = [0], False, False
    for i, part in enumerate(parts):
        if part.opens and has_content:
            cuts.append(ends[i] - words[i].length)
            has_content = has_word = False
        has_content = has_content or part.is_content
        has_word = has_word or part.is_word
        if not has_word or not (part.may_end or has_lines) or i + 1 == len(parts):
            continue
        line_ends = has_lines and "\n" in text[ends[i] : ends[i + 1] - words[i + 1].length]
        sentence_ends = line_ends or (part.ends and not parts[i + 1].ends)
        if sentence_ends or (has_content and _is_linked(text, parts, i, ends[i], listed)):
            cuts.append(ends[i])
            has_content = has_word = False
    if not has_content and len(cuts) > 1 and text[cuts[-1] - 1] not in _ENDS:
        cuts.pop()
    return [*cuts, len(text)]


@dataclass(frozen=True, slots=True)
class _Part:
    """What a word does where clauses are cut."""

    is_content: bool
    is_word: bool
    is_verbal: bool  # without one of these the answer is a bare list
    opens: bool  # しかし, あと: a clause begins here
    may_end: bool  # a clause, by one of the following
    ends: bool  # a sentence
    comma: str  # 、 or ・, else ''
    links: bool  # が, けど, から
    may_link: bool  # の, に, で: as part of ので, のに, ものの
    before_comma: bool  # a clause may end here if a comma follows: 連用形, て


@lru_cache(maxsize=KEPT)
def _part(word: Word) -> _Part:
    surface, pos = word.surface, word.pos
    connective = pos == "助詞" and "接続助詞" in word.detail
    inflected = pos in {"動詞", "形容詞", "助動詞", "接尾辞"} and word.form.startswith(
        ("連用", "仮定", "終止")
    )
    connects = connective and surface in word_list("contrast") | word_list("cause")
    comma = "、" if surface in {"、", ","} else "・" if surface in {"・", "/"} else ""
    ends = not _ENDS.isdisjoint(surface)
    return _Part(
        is_content=word.is_content,
        is_word=pos not in {"補助記号", "接続詞"},
        is_verbal=pos in {"動詞", "形容詞", "助動詞", "形状詞"},
        opens=pos == "接続詞" and surface in word_list("turns") | word_list("adds"),
        may_end=bool(comma) or ends or connects or surface in {"で", "に", "の"},
        ends=ends,
        comma=comma,
        links=connects,
        may_link=not connective and surface in {"で", "に", "の"},
        before_comma=connective or inflected or surface in {"ので", "のに", "ものの", "けど"},
    )


def _is_linked(text: str, parts: Sequence[_Part], i: int, end: int, listed: bool) -> bool:
    """Does a clause end with word `i` by its own meaning, or by a comma?"""
    part = parts[i]
    if part.links or (part.may_link and text.endswith(("ので", "のに", "ものの"), 0, end)):
        return parts[i + 1].comma != "、"
    if not part.comma:
        return False
    return listed or (part.comma == "、" and parts[i - 1].before_comma)


@lru_cache(maxsize=1)
def _endings() -> tuple[tuple[str, ...], ...]:
    """Words at the end of a clause that turn away or give a cause, and words that begin a turn."""
    return tuple(word_list("contrast")), tuple(word_list("cause")), tuple(word_list("turns") - {"が"})


def _link(clause: str, following: str) -> str:
    contrast, cause, turns = _endings()
    ending = clause.rstrip("、, 。.!")
    if ending.endswith(contrast) or following.lstrip("、, \n。").startswith(turns):
        return "contrast"
    return "cause" if ending.endswith(cause) else "none"


def _clause(start: int, end: int, text: str, link: str, goes_on: bool, kinds: Sequence[str]) -> Clause:
    """`goes_on`: does another clause follow? What is accepted at the very end is the message itself."""
    wish, good, bad = (kind in kinds and _speaks(kind, text) for kind in ("wish", "good", "bad"))
    role = Role.PLAIN
    if wish:
        pass
    elif "denied" in kinds and _speaks("denied", text):
        role = Role.NEGATED
    elif "accepted" in kinds and (link == "contrast" or goes_on) and _speaks("accepted", text):
        role = Role.CONCEDED
    elif good and not bad:
        role = Role.PRAISE
    tone = "both" if good and bad else "good" if good else "bad" if bad else "none"
    return Clause(start, end, text, role, link, wish, tone)
