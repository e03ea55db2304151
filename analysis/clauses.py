"""Cut an answer into clauses and say what each one does: states, denies, concedes or praises.

Cuts: sentence ends, connective particles (が, けど, ものの, のに, ので, から, し), 連用形 and て before 、, and 、 in a
bare list of nouns. ない, にくい, すぎる and てほしい stay in their clause, so nothing changes its meaning by the cut.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from analysis.dictionary import RESOURCES, word_list
from analysis.tokenizer import Token
from analysis.types import Role

_ENDS = frozenset("。!?\n．｡…")


@dataclass(frozen=True, slots=True)
class Clause:
    """`text[start:end]` of the normalised text; `role` before any reason is known (never COUNTED)."""

    start: int
    end: int
    text: str
    role: Role
    link: str  # contrast, cause, none: how it leads on to the next clause
    wish: bool
    tone: str  # good, bad, both, none: words of praise or complaint, whatever they mean here


def split_clauses(text: str, tokens: Sequence[Token]) -> list[Clause]:
    """Clauses of normalised `text` in order; together they cover every word."""
    pieces = [piece for cut in pairwise(_cuts(text, tokens)) if (piece := _trim(text, *cut))]
    links = [_link(text[start:end], text[end : end + 12]) for start, end in pieces]
    texts = [text[start:end] for start, end in pieces]
    roles = [
        _role(one, link, place + 1 < len(pieces))
        for place, (one, link) in enumerate(zip(texts, links, strict=True))
    ]
    for i in range(1, len(pieces)):  # 高いから|辞めたわけではない: the denial reaches back over its cause
        same_sentence = not _ENDS & set(text[pieces[i - 1][1] - 1 : pieces[i][0]])
        if (
            same_sentence
            and links[i - 1] == "cause"
            and roles[i] is Role.NEGATED
            and _speaks("denied_wide", texts[i])
        ):
            roles[i - 1] = Role.NEGATED
    return [
        Clause(start, end, one, role, link, _speaks("wish", one), _tone(one))
        for (start, end), one, role, link in zip(pieces, texts, roles, links, strict=True)
    ]


@lru_cache(maxsize=1)
def _roles() -> dict[str, re.Pattern[str]]:
    kinds = json.loads((RESOURCES / "roles.json").read_text(encoding="utf-8"))
    return {
        kind: re.compile("|".join(patterns).replace("~", r"[^。\n]{0,4}")) for kind, patterns in kinds.items()
    }


def _speaks(kind: str, clause: str) -> bool:
    """Do the words of resources/roles.json for `kind` stand in the clause?"""
    return bool(_roles()[kind].search(clause))


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _cuts(text: str, tokens: Sequence[Token]) -> list[int]:
    """Offsets at which clauses begin, and the end; a piece without a content word joins the next one."""
    listed = not any(token.pos in {"動詞", "形容詞", "助動詞", "形状詞"} for token in tokens)
    cuts, has_content, has_word = [0], False, False
    for i, token in enumerate(tokens):
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if has_content and _opens(token):
            cuts.append(token.start)
            has_content = has_word = False
        has_content = has_content or token.is_content
        has_word = has_word or token.pos not in {"補助記号", "接続詞"}
        if after is None or not has_word:
            continue
        linked = after.surface not in {"、", ","} and _is_link(text, token)
        linked = linked or _is_comma_cut(token, tokens[i - 1], listed)
        if (linked and has_content) or _ends_sentence(text, token, after):
            cuts.append(token.end)
            has_content = has_word = False
    if not has_content and len(cuts) > 1 and not _ENDS & set(text[: cuts[-1]][-1:]):
        cuts.pop()
    return [*cuts, len(text)]


def _opens(token: Token) -> bool:
    return token.pos == "接続詞" and (
        token.surface in word_list("turns") or token.surface in word_list("adds")
    )


def _ends_sentence(text: str, token: Token, after: Token) -> bool:
    if "\n" in text[token.end : after.start]:
        return True
    return bool(_ENDS & set(token.surface)) and not _ENDS & set(after.surface)


def _is_link(text: str, token: Token) -> bool:
    if token.pos == "助詞" and "接続助詞" in token.detail:
        return token.surface in word_list("contrast") or token.surface in word_list("cause")
    return token.surface in {"で", "に", "の"} and text.endswith(("ので", "のに", "ものの"), 0, token.end)


def _is_comma_cut(token: Token, before: Token, listed: bool) -> bool:
    if token.surface not in {"、", ",", "・", "/"}:
        return False
    if listed:
        return True
    if token.surface in {"・", "/"}:
        return False
    linked = before.pos == "助詞" and "接続助詞" in before.detail
    inflected = before.pos in {"動詞", "形容詞", "助動詞", "接尾辞"} and before.form.startswith(
        ("連用", "仮定", "終止")
    )
    return linked or inflected or before.surface in {"ので", "のに", "ものの", "けど"}


def _link(clause: str, following: str) -> str:
    ending = clause.rstrip("、, 。.!")
    turns = tuple(word_list("turns") - {"が"})
    if ending.endswith(tuple(word_list("contrast"))) or following.lstrip("、, \n。").startswith(turns):
        return "contrast"
    return "cause" if ending.endswith(tuple(word_list("cause"))) else "none"


def _tone(clause: str) -> str:
    good, bad = _speaks("good", clause), _speaks("bad", clause)
    return "both" if good and bad else "good" if good else "bad" if bad else "none"


def _role(clause: str, link: str, goes_on: bool) -> Role:
    """`goes_on`: does another clause follow? What is accepted at the very end is the message itself."""
    if _speaks("wish", clause):
        return Role.PLAIN
    if _speaks("denied", clause):
        return Role.NEGATED
    if _speaks("accepted", clause) and (link == "contrast" or goes_on):
        return Role.CONCEDED
    if _speaks("good", clause) and not _speaks("bad", clause):
        return Role.PRAISE
    return Role.PLAIN
