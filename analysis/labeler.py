"""Names and quotes of themes: always people's own words, never rebuilt from dictionary forms."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from analysis.embedding import background_rarity
from analysis.tokenizer import Token, shared_tokenizer

LONGEST = 18  # characters of a name
QUOTES = 3
_STOPS = frozenset({"補助記号", "接続詞", "空白"})
_BOUND = frozenset({"て", "無い", "過ぎる", "ない", "ながら", "たり", "つつ", "ば"})  # 分かり|ながら


def name_theme(members: Sequence[str]) -> str:
    """The stretch of one of the (normalised) members whose words the others share most."""
    parsed = [shared_tokenizer()(text) for text in members]
    shared = Counter(
        lemma for tokens in parsed for lemma in {token.lemma for token in tokens if token.is_content}
    )
    rarity, unknown = background_rarity()
    value = {
        lemma: count / len(members) * rarity.get("w:" + lemma, unknown)
        for lemma, count in shared.items()
        if count > 1 or len(members) < 3
    }
    found = (
        (score, -len(stretch), stretch)
        for text, tokens in zip(members, parsed, strict=True)
        for stretch, score in _stretches(text, tokens, value)
    )
    return max(found, default=(0, 0, min(members, key=len)[:LONGEST]))[2]


def central_quotes(members: Sequence[str], nearness: np.ndarray) -> list[str]:
    """Up to QUOTES members nearest to the middle of their theme; long ones step back a little."""
    lengths = np.array([len(text) for text in members])
    order = np.argsort(-(nearness - 0.1 * (lengths > 80) - 0.1 * (lengths < 5)), kind="stable")
    return [members[i] for i in order[:QUOTES]]


def _stretches(text: str, tokens: Sequence[Token], value: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Yield (stretch, score): whole words and whole inflections only, inside one phrase, at most LONGEST long."""
    for i, first in enumerate(tokens):
        if first.lemma not in value or first.pos == "副詞" or (i and _holds_together(tokens[i - 1], first)):
            continue
        counted: set[str] = set()
        for j, token in enumerate(tokens[i:], i):
            stretch = text[first.start : token.end]
            if len(stretch) > LONGEST or "〇" in stretch or "\n" in stretch or token.pos in _STOPS:
                break
            if token.is_content:
                counted.add(token.lemma)
            follows = tokens[j + 1] if j + 1 < len(tokens) else None
            if token.pos in {"助詞", "接頭辞"} or (follows and _holds_together(token, follows)):
                continue
            states = any(part.pos in {"形容詞", "動詞", "形状詞"} for part in tokens[i + 1 : j + 1])
            score = sum(value.get(lemma, 0.0) for lemma in counted)
            score *= 0.7 if token.form.startswith(("連用", "未然", "仮定")) else 1.0  # 早く: waits for more
            yield stretch, score * (1.3 if states else 1.0) / (j - i + 1) ** 0.3


def _holds_together(token: Token, follows: Token) -> bool:
    """Would a cut between these two break a word or an inflection (分かり|にくかっ|た, お|土産, 博物|館)?"""
    if token.end != follows.start:
        return False
    if token.pos == "接頭辞" or follows.pos in {"接尾辞", "助動詞"} or (token.pos == follows.pos == "名詞"):
        return True
    return token.pos in {"動詞", "形容詞", "助動詞", "接尾辞"} and follows.lemma in _BOUND
