"""Find what names a person: phone, mail, card, address, name. Bounded patterns, so matching is linear.

Works on the original text through a copy of the same length (full-width letters, digits and hyphens folded), so every
offset is an offset of the original. Wrongly masking an order number is cheaper than showing a card number.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from analysis.dictionary import word_list
from analysis.normalize import LIMIT
from analysis.tokenizer import shared_tokenizer
from analysis.types import Span

LABELS = {
    "phone": "電話番号",
    "mail": "メールアドレス",
    "card": "カード番号",
    "address": "住所",
    "name": "氏名",
}

_FOLD = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(map(ord, "‐‑–—−ｰ"), ord("-"))
    | {0x3000: 0x20}
)
_MAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}")
_CARD = re.compile(
    r"(?<![\d-])\d{4}[- ]?\d{4}[- ]?\d{4}[- ]?\d{1,4}(?![\d-])|(?<![\d-])\d{4}[- ]?\d{6}[- ]?\d{5}(?![\d-])"
)
_PHONE = re.compile(
    r"(?<![\d-])(?:\+81[- ]?\(?0?\)?\d{1,4}|\(0\d{1,4}\)|0\d{1,4})[-ー() ]{0,2}\d{1,4}[-ー() ]{0,2}\d{3,4}(?![\d-])"
)
_POSTCODE = re.compile(r"〒 ?\d{3}-?\d{4}(?:[ \n]?(?:北海道|東京都|..?.?[都府県])[^\s、。,]{2,30})?")
_LOT = re.compile(r"(?:\d{1,4}|[一二三四五六七八九十]{1,3})(?:丁目|番地?|-\d{1,4})[\d\-の番地号丁目]{0,12}")
_PLACE = re.compile(
    r"(?:北海道|東京都|(?:大阪|京都)府|[一-龥]{2,3}県)?[一-龥ヶァ-ヴー]{1,6}[市区町村郡][一-龥々ぁ-んァ-ヴーヶ]{0,16}\Z"
)
_NUMBERS = re.compile(r"[\d@＠〒番丁]")  # without one of these there is no phone, mail, card or address
_TITLES = ("さん", "サン", "様", "さま", "氏", "くん", "君", "ちゃん", "先生")
_TITLED = re.compile(rf"([一-龥々ヶァ-ヴーぁ-ん]{{1,8}})({'|'.join(_TITLES)})")
_RARE = re.compile(r"[髙濵邊邉齋齊澤櫻𠮷][一-龥]?|[一-龥][﨑髙]")
_POSTS = ("担当", "営業", "店長", "院長", "講師", "先生", "スタッフ", "トレーナー")
_IN_CHARGE = re.compile(rf"(?:{'|'.join(_POSTS)})(?:者)?の([一-龥々ヶァ-ヴーぁ-ん]{{2,6}})")


def find_personal(text: str) -> list[Span]:
    """Spans of personal details in the first LIMIT characters of `text`, by place, never overlapping."""
    text = text[:LIMIT]
    found: list[Span] = []
    if _NUMBERS.search(text):
        for span in _numbers(text.translate(_FOLD)):
            _add(found, span)
    for span in _names(text):
        _add(found, span)
    return sorted(found, key=lambda span: span.start)


def _numbers(folded: str) -> Iterator[Span]:
    for kind, pattern in (("mail", _MAIL), ("address", _POSTCODE), ("card", _CARD), ("phone", _PHONE)):
        for match in pattern.finditer(folded):
            if kind != "phone" or _is_phone(match.group()):
                yield Span(*match.span(), kind)
    yield from _addresses(folded)


def masked_text(text: str, spans: Iterable[Span]) -> str:
    """`text` with every span replaced by its label: 〔電話番号〕."""
    parts, position = [], 0
    for span in sorted(spans, key=lambda span: span.start):
        parts += [text[position : span.start], f"〔{LABELS[span.kind]}〕"]
        position = span.end
    return "".join(parts) + text[position:]


def blanked_text(text: str, spans: Sequence[Span]) -> str:
    """`text` with every span replaced by as many 〇, so that offsets stay: what the analysis reads."""
    for span in spans:
        text = text[: span.start] + "〇" * (span.end - span.start) + text[span.end :]
    return text


def _add(found: list[Span], span: Span) -> None:
    if all(span.end <= other.start or span.start >= other.end for other in found):
        found.append(span)


def _is_phone(match: str) -> bool:
    digits = re.sub(r"\D", "", match)
    return (11 <= len(digits) <= 13) if match.startswith("+") else len(digits) in {10, 11}


def _addresses(text: str) -> Iterator[Span]:
    """A lot number (2-8-1, １丁目) with a town before it, at most 30 characters away."""
    for match in _LOT.finditer(text):
        before = max(0, match.start() - 30)
        place = _PLACE.search(text[before : match.start()])
        if place:
            yield Span(before + place.start(), match.end(), "address")


def _names(text: str) -> Iterator[Span]:
    """Words that MeCab knows as personal names (or spelt with rare characters) before さん・様 or after 担当の."""
    if any(title in text for title in _TITLES):
        for match in _TITLED.finditer(text):
            name = _name_before(match.group(), len(match.group(1)))
            if name:
                yield Span(match.end(1) - len(name), match.end(1), "name")
    if any(post in text for post in _POSTS):
        for match in _IN_CHARGE.finditer(text):
            first = next(iter(shared_tokenizer()(match.group(1))), None)
            if first is not None and "人名" in first.detail:
                yield Span(match.start(1), match.start(1) + len(first.surface), "name")


def _name_before(titled: str, length: int) -> str:
    """The name in the first `length` characters of `titled` (佐藤さん); '' before a common noun (店員さん)."""
    name = ""
    for token in reversed([token for token in shared_tokenizer()(titled) if token.end <= length]):
        if token.surface in word_list("kin") or not (
            "人名" in token.detail or _RARE.fullmatch(token.surface)
        ):
            break
        name = token.surface + name
    return name
