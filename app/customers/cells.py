"""What a cell of an import means: days, yen, yes and no. Full-width and Japanese ways of writing are understood."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.customers.addresses import few_marks, is_mail, normal_mail, normal_phone, plain
from app.customers.tables import LONGEST_CELL
from app.i18n import gettext as _

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
ERA_LETTERS = {"R": "令和", "H": "平成", "S": "昭和", "T": "大正", "M": "明治"}
_ERA = re.compile(
    r"(令和|平成|昭和|大正|明治|[RHSTM])\s*([0-9]{1,2}|元)\s*[年./-]\s*([0-9]{1,2})\s*[月./-]\s*([0-9]{1,2})(?:\s*日)?",
    re.IGNORECASE,
)
_DAY = re.compile(r"([0-9]{4})\s*[年./-]\s*([0-9]{1,2})\s*[月./-]\s*([0-9]{1,2})(?:\s*日)?")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"(?:\s*\(.\))?(?:[T\s]\s*[0-9]{1,2}[:時].{0,24})?")
_YEN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_NUMBER_KEY = re.compile(r"[0-9]+\.0")
YES = {
    "○",
    "◯",
    "〇",
    "o",
    "可",
    "はい",
    "同意",
    "同意する",
    "同意済",
    "同意済み",
    "有",
    "あり",
    "1",
    "true",
    "yes",
    "y",
    "受け取る",
    "希望",
    "希望する",
    "許可",
    "ok",
}
NO = {
    "×",
    "✕",
    "x",
    "不可",
    "いいえ",
    "不同意",
    "同意しない",
    "未同意",
    "無",
    "なし",
    "0",
    "false",
    "no",
    "n",
    "受け取らない",
    "希望しない",
    "拒否",
    "停止",
    "ng",
}
COMPANY = {"法人", "会社", "企業", "団体", "取引先", "btob", "b2b", "account", "company", "business"}
PERSON = {"個人", "一般", "個人客", "btoc", "b2c", "person", "personal", "consumer"}
MOST_YEN = 10**12


class BadCell(ValueError):
    """A cell that cannot be used; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:40]}…"


def one_line(text: str, longest: int) -> str:
    """A text on one line, as it was written. Raises BadCell where it is longer."""
    words = " ".join(text.split())
    if len(words) > longest:
        raise BadCell(_("%(count)d文字までです。", count=longest))
    return words


def key(text: str, longest: int = 80) -> str:
    """A customer or order number in half-width letters; 17850.0, as some programs write it, is 17850."""
    text = text[:LONGEST_CELL]
    if few_marks(text) != text:  # two numbers that differ must not become one
        raise BadCell(_("%(count)d文字までです。", count=longest))
    found = one_line(plain(text), longest)
    return found[:-2] if _NUMBER_KEY.fullmatch(found) else found


def day(text: str) -> date | None:
    """2026/2/3, 2026年2月3日, 20260203, 令和8年2月3日, R8.2.3, with or without a time; None for an empty cell."""
    found = plain(text[:60])
    if not found:
        return None
    numbers = _day_numbers(found)
    try:
        if numbers is not None and 1868 <= numbers[0] <= 2200:
            return date(*numbers)
    except ValueError:
        pass
    raise BadCell(_("「%(value)s」は日付ではありません。", value=_shown(text)))


def _day_numbers(text: str) -> tuple[int, int, int] | None:
    for pattern in (_DAY, _DIGITS, _ERA):
        match = pattern.match(text)
        if match is None or not _TIME.fullmatch(text[match.end() :]):
            continue
        if pattern is not _ERA:
            return int(match[1]), int(match[2]), int(match[3])
        era = ERAS[ERA_LETTERS.get(match[1].upper(), match[1])]
        return era + (1 if match[2] == "元" else int(match[2])), int(match[3]), int(match[4])
    return None


def yen(text: str) -> int | None:
    """¥1,280, 1280円, △1,280 or (1,280) in whole yen, half up; None for an empty cell."""
    found = plain(text[:60])
    if not found:
        return None
    if found[0] in "△▲" or (found[0] == "(" and found[-1] == ")"):
        found = f"-{found.strip('△▲()').strip()}"
    bare = re.sub(r"[\s,¥\\円]", "", found.replace("−", "-").removesuffix("-"))
    if not _YEN.fullmatch(bare) or abs(Decimal(bare)) > MOST_YEN:
        raise BadCell(_("「%(value)s」は金額ではありません。", value=_shown(text)))
    return int(Decimal(bare).quantize(Decimal(1), ROUND_HALF_UP))


def yes_or_no(text: str) -> bool | None:
    """○ and × in their many forms; None for an empty cell."""
    found = plain(text[:60]).lower()
    if not found or found in ("-", "－", "―"):
        return None
    if found in YES:
        return True
    if found in NO:
        return False
    raise BadCell(_("「%(value)s」は、○・×のどちらか分かりません。", value=_shown(text)))


def is_company(text: str) -> bool | None:
    """法人 or 個人; None for an empty cell."""
    found = plain(text[:60]).lower()
    if not found:
        return None
    if found in COMPANY:
        return True
    if found in PERSON:
        return False
    raise BadCell(_("「%(value)s」は、法人・個人のどちらか分かりません。", value=_shown(text)))


def mail(text: str) -> str:
    """A mail address in small half-width letters, or nothing."""
    found = normal_mail(text[:300])
    if found and not is_mail(found):
        raise BadCell(_("「%(value)s」はメールアドレスの形になっていません。", value=_shown(text)))
    return found


def phone(text: str) -> str:
    """A telephone number in half-width figures, or nothing."""
    found = normal_phone(text[:60])
    if found and not re.fullmatch(r"\+?[0-9()\- ]{9,24}", found):
        raise BadCell(_("「%(value)s」は電話番号の形になっていません。", value=_shown(text)))
    return found


def postal_code(text: str) -> str:
    """123-4567, or nothing. Spreadsheets drop leading zeros: 600001 is 060-0001."""
    found = normal_phone(text[:20]).removeprefix("〒").strip()
    digits = found.replace("-", "")
    if not found:
        return ""
    if re.fullmatch(r"[0-9]{5,6}", found):
        digits = found.zfill(7)
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise BadCell(_("「%(value)s」は郵便番号の形になっていません。", value=_shown(text)))
    return f"{digits[:3]}-{digits[3:]}"
