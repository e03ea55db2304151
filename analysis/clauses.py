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

from analysis.dictionary import RESOURCES
from analysis.tokenizer import Token
from analysis.types import Role

_ENDS = frozenset("。!?\n．｡…")
_CONTRAST = ("が", "けど", "けれど", "けれども", "けども", "けんど", "ものの", "のに", "とはいえ", "かかわらず", "関わらず", "ばってん")
_CAUSE = ("ので", "から", "し", "さかい", "けん", "んで")
_TURNS = frozenset("しかし ただ でも だけど けど けれど けれども だが ですが ところが ただし が しかしながら せやけど".split())
_ADDS = frozenset("あと また それに そして さらに 更に 又 加えて 後は".split())


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
    roles = [_role(text[start:end], link, place + 1 < len(pieces)) for place, ((start, end), link) in enumerate(zip(pieces, links, strict=True))]
    for i in range(1, len(pieces)):
        before, here = pieces[i - 1], text[slice(*pieces[i])]
        same_sentence = not _ENDS & set(text[before[1] - 1 : pieces[i][0]])
        if roles[i] is Role.NEGATED and links[i - 1] == "cause" and same_sentence and _speaks("denied_wide", here):
            roles[i - 1] = Role.NEGATED
    return [
        Clause(start, end, text[start:end], role, link, _speaks("wish", text[start:end]), _tone(text[start:end]))
        for (start, end), role, link in zip(pieces, roles, links, strict=True)
    ]


@lru_cache(maxsize=1)
def _roles() -> dict[str, re.Pattern[str]]:
    kinds = json.loads((RESOURCES / "roles.json").read_text(encoding="utf-8"))
    return {kind: re.compile("|".join(patterns).replace("~", r"[^。\n]{0,4}")) for kind, patterns in kinds.items()}


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
    cuts, has_content = [0], False
    for i, token in enumerate(tokens):
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if token.pos == "接続詞" and has_content and token.surface in _TURNS | _ADDS and cuts[-1] < token.start:
            cuts.append(token.start)
            has_content = False
        has_content = has_content or token.is_content
        if after is None or not has_content:
            continue
        ended = bool(_ENDS & set(token.surface)) and not _ENDS & set(after.surface)
        ended = ended or "\n" in text[token.end : after.start]
        if ended or (after.surface not in "、,," and _is_link(text, token)) or _is_comma_cut(token, tokens[i - 1], listed):
            cuts.append(token.end)
            has_content = False
    if not has_content and len(cuts) > 1:
        cuts.pop()
    return [*cuts, len(text)]


def _is_link(text: str, token: Token) -> bool:
    if token.pos == "助詞" and "接続助詞" in token.detail:
        return token.surface in _CONTRAST or token.surface in _CAUSE
    return text[: token.end].endswith(("ので", "のに", "ものの")) and token.surface in {"で", "に", "の", "ので", "のに", "ものの"}


def _is_comma_cut(token: Token, before: Token, listed: bool) -> bool:
    if token.surface not in {"、", ",", "・", "/"}:
        return False
    if listed:
        return True
    if token.surface in {"・", "/"}:
        return False
    linked = before.pos == "助詞" and "接続助詞" in before.detail
    inflected = before.pos in {"動詞", "形容詞", "助動詞", "接尾辞"} and before.form.startswith(("連用", "仮定", "終止"))
    return linked or inflected or before.surface in {"ので", "のに", "ものの", "けど"}


def _link(clause: str, following: str) -> str:
    ending = clause.rstrip("、, 。.!")
    if ending.endswith(_CONTRAST) or following.lstrip("、, \n。").startswith(tuple(_TURNS - {"が"})):
        return "contrast"
    return "cause" if ending.endswith(_CAUSE) else "none"


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
