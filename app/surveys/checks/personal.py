"""Personal details are asked for only after it was said what for."""

import re
from collections.abc import Iterator, Sequence

from app.i18n import gettext as _
from app.surveys.compiled import CompiledQuestion
from app.surveys.finding import Finding, Place
from app.surveys.models import QuestionKind

PERSONAL = (QuestionKind.CONTACT, QuestionKind.CONSENT)
_WRITTEN = (QuestionKind.TEXT, QuestionKind.NUMBER, QuestionKind.DATE)
_DETAIL = r"(お名前|氏名|電話番号|携帯番号|メールアドレス|ご?住所|生年月日|お?誕生日|ご?連絡先)"
_ASKED = re.compile(
    _DETAIL
    + r"(\s*[:：]?\s*$|.{0,12}?(教えて|聞かせ|知らせ|お?書き(?!に?な?らない)|記入|入力|いただけ|何ですか))"
)
_LEFT_OUT = re.compile(
    _DETAIL + r".{0,8}?(書かない|不要|いりません|記入しない|入力しない|使いません|お書きにならない)"
)


def findings(questions: Sequence[CompiledQuestion], purpose: str) -> Iterator[Finding]:
    if purpose.strip():
        return
    asking = next((one for one in questions if one.kind in PERSONAL or asks_for_details(one)), None)
    if asking is None:
        return
    if asking.kind in PERSONAL:
        sentence = _("連絡の希望や同意をたずねていますが、使いみちの説明がありません。")
    else:
        sentence = _(
            "「%(title)s」で個人情報をたずねていますが、使いみちの説明がありません。", title=asking.title
        )
    yield Finding(
        sentence,
        None,
        _("「文章と期限」の「使いみち」に、何に使うかを書いてください。"),
        place=Place.TEXTS,
        field="purpose",
    )


def asks_for_details(question: CompiledQuestion) -> bool:
    """Does it ask to write a name, a number, an address?"""
    if question.kind not in _WRITTEN:
        return False
    return any(_ASKED.search(text) and not _LEFT_OUT.search(text) for text in (question.title, question.help))
