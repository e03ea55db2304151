"""Names and quotes of themes: always people's own words, never rebuilt from dictionary forms."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from analysis.embedding import background_rarity, embed
from analysis.tokenizer import Token, shared_tokenizer

LONGEST = 18  # characters of a name
QUOTES = 3
CANDIDATES = 24  # stretches whose meaning is looked at
MEANING = 1.5  # weight of the meaning against the words
_STOPS = frozenset({"補助記号", "接続詞", "空白"})
_BOUND = frozenset({"て", "無い", "過ぎる", "ない", "ながら", "たり", "つつ", "ば"})  # 分かり|ながら

_ENDS = frozenset(
    {"が", "けれど", "ので", "から", "こと", "です", "だ", "為", "の", "点", "し"}
)  # a statement is over


def name_theme(members: Sequence[str], middle: np.ndarray | None = None) -> str:
    """The stretch of one of the (normalised) members that says best what they share.

    Words that many members have count most; of the best stretches by words, the one wins that also means most what the
    theme means: `middle`, its centroid in the space of embedding.embed.
    """
    parsed = [shared_tokenizer()(text) for text in members]
    value = _shared_values(parsed)
    scores: dict[str, float] = {}
    for text, tokens in zip(members, parsed, strict=True):
        for stretch, score in _stretches(text, tokens, value):
            scores[stretch] = max(score, scores.get(stretch, 0.0))
    if not scores:
        return min(members, key=lambda text: (len(text), text))[:LONGEST]
    best = sorted(scores, key=lambda stretch: (-scores[stretch], len(stretch), stretch))[:CANDIDATES]
    if middle is None:
        return best[0]
    meant = np.clip(embed(best) @ middle, 0.0, 1.0)
    rank = [
        scores[stretch] / scores[best[0]] + MEANING * near for stretch, near in zip(best, meant, strict=True)
    ]
    return best[int(np.argmax(rank))]


def _shared_values(parsed: Sequence[Sequence[Token]]) -> dict[str, float]:
    """What each lemma that several members have is worth in a name: its share of members times its rarity."""
    shared = Counter(
        lemma for tokens in parsed for lemma in {token.lemma for token in tokens if token.is_content}
    )
    rarity, unknown = background_rarity()
    return {
        lemma: count / len(parsed) * rarity.get("w:" + lemma, unknown)
        for lemma, count in shared.items()
        if count > 1 or len(parsed) < 3
    }


def central_quotes(members: Sequence[str], nearness: np.ndarray) -> list[str]:
    """Up to QUOTES members nearest to the middle of their theme; long ones step back a little."""
    lengths = np.array([len(text) for text in members])
    order = np.argsort(-(nearness - 0.1 * (lengths > 80) - 0.1 * (lengths < 5)), kind="stable")
    return [members[i] for i in order[:QUOTES]]


def borderline_quotes(members: Sequence[str], nearness: np.ndarray) -> list[str]:
    """Up to QUOTES members farthest from the middle: where a reader sees how far the theme reaches."""
    return [members[i] for i in np.argsort(nearness, kind="stable")[:QUOTES]]


def closeness(texts: Sequence[str], members: Sequence[str]) -> list[float]:
    """How much each text speaks of what the members speak of: shared words weighed as in a name, 1 = like a member."""
    parsed = [shared_tokenizer()(text) for text in members]
    value = _shared_values(parsed)

    def weight(tokens: Sequence[Token]) -> float:
        return sum(value.get(lemma, 0.0) for lemma in {token.lemma for token in tokens if token.is_content})

    usual = sum(weight(tokens) for tokens in parsed) / max(len(parsed), 1)
    return [weight(shared_tokenizer()(text)) / usual if usual else 0.0 for text in texts]


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
            if any(_breaks_off(tokens[k], tokens[k + 1]) for k in range(i, j)):
                break
            states = any(part.pos in {"形容詞", "動詞", "形状詞"} for part in tokens[i + 1 : j + 1])
            score = sum(value.get(lemma, 0.0) for lemma in counted)
            score *= 0.7 if token.form.startswith(("連用", "未然", "仮定")) else 1.0  # 早く: waits for more
            score *= 1.5 if states else 1.0
            score *= 1.4 if follows is None or follows.pos in _STOPS or follows.lemma in _ENDS else 1.0
            yield (
                stretch,
                score * (1.2 if i == 0 or tokens[i - 1].pos in _STOPS else 1.0) / (j - i + 1) ** 0.3,
            )


def _breaks_off(token: Token, follows: Token) -> bool:
    """Does a new statement begin between these two (少なく|止める, 弱く|SNS)?"""
    hangs = token.pos == "形容詞" and token.form.startswith("連用")
    return (
        hangs and follows.pos in {"動詞", "名詞", "形容詞"} and follows.lemma not in {"為る", "成る", *_BOUND}
    )


def _holds_together(token: Token, follows: Token) -> bool:
    """Would a cut between these two break a word or an inflection (分かり|にくかっ|た, お|土産, 博物|館)?"""
    if token.end != follows.start:
        return False
    if token.pos == "接頭辞" or follows.pos in {"接尾辞", "助動詞"} or (token.pos == follows.pos == "名詞"):
        return True
    return token.pos in {"動詞", "形容詞", "助動詞", "接尾辞"} and follows.lemma in _BOUND
