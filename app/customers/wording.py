"""The words people read for states, kinds and the lines of a customer's history."""

from typing import Any

from app.customers.models import (
    Channel,
    CustomerKind,
    CustomerState,
    ImportKind,
    ImportState,
    StateSource,
    SuppressionCause,
    TimelineEntry,
)
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l

STATES: dict[str, Any] = {
    CustomerState.ACTIVE: _l("利用中"),
    CustomerState.DORMANT: _l("休眠"),
    CustomerState.LAPSED: _l("離反"),
    CustomerState.RETURNED: _l("復帰"),
}
KINDS: dict[str, Any] = {CustomerKind.PERSON: _l("個人"), CustomerKind.ACCOUNT: _l("法人")}
SOURCES: dict[str, Any] = {
    StateSource.RULE: _l("定義による"),
    StateSource.ANSWER: _l("回答による"),
    StateSource.PERSON: _l("担当者が直しました"),
}
CHANNELS: dict[str, Any] = {Channel.MAIL: _l("メール"), Channel.LETTER: _l("郵送"), Channel.PHONE: _l("電話")}
CAUSES: dict[str, Any] = {
    SuppressionCause.OPT_OUT: _l("停止のお申し出"),
    SuppressionCause.BOUNCE: _l("届かないアドレス"),
    SuppressionCause.COMPLAINT: _l("迷惑メールとしての通報"),
    SuppressionCause.MEMBER: _l("担当者が止めました"),
}
IMPORT_KINDS: dict[str, Any] = {
    ImportKind.CUSTOMERS: _l("顧客"),
    ImportKind.PURCHASES: _l("購入"),
    ImportKind.RESPONSES: _l("回答"),
}
IMPORT_STATES: dict[str, tuple[Any, str]] = {
    ImportState.UPLOADED: (_l("列の確認待ち"), "warn"),
    ImportState.MAPPED: (_l("順番待ち"), ""),
    ImportState.RUNNING: (_l("取り込み中"), "accent"),
    ImportState.DONE: (_l("済み"), "ok"),
    ImportState.FAILED: (_l("止まりました"), "bad"),
    ImportState.CANCELLED: (_l("とりやめ"), ""),
    ImportState.UNDONE: (_l("取り消し"), ""),
}
# What one row of a file is counted by.
UNITS: dict[str, Any] = {
    ImportKind.CUSTOMERS: _l("人"),
    ImportKind.PURCHASES: _l("件"),
    ImportKind.RESPONSES: _l("枚"),
}
ENCODINGS = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp932": "Shift_JIS", "xlsx": "Excel"}
PRESETS: dict[str, Any] = {
    "retail": _l("小売 6か月"),
    "mail_order": _l("通販・嗜好品 9か月"),
    "apparel": _l("衣料 3か月"),
    "subscription": _l("定期購入 2か月"),
    "contract": _l("法人契約 終了＋60日"),
}
# Each kind of line picks a sentence, its params fill it.
SENTENCES: dict[str, Any] = {
    "state_changed": _l("%(before)sから%(after)sに変わりました（%(source)s）"),
    "consent_given": _l("%(channel)sの同意をいただきました（%(basis)s）"),
    "consent_withdrawn": _l("%(channel)sの同意を取り下げられました（%(basis)s）"),
    "invited": _l("「%(campaign)s」のメールをお送りしました"),
    "answered": _l("「%(survey)s」にお答えいただきました（%(number)s）"),
    "erased_answers": _l("「%(survey)s」の回答を、お申し出により消しました"),
    "succession_named": _l("担当者の変更を伺いました"),
    "succession_confirmed": _l("担当者を改めました"),
    "succession_refused": _l("担当者の変更を見送りました"),
    "asked_stop": _l("「%(survey)s」のページで、連絡の停止をお申し出になりました"),
    "says_returned": _l("「%(survey)s」のページで、もう再開していると伺いました"),
}
# Params that hold a word of the database are shown by their label.
LABELS = {"before": STATES, "after": STATES, "source": SOURCES, "channel": CHANNELS}


def register_sentence(kind: str, text: Any) -> None:
    """Let timeline entries of a kind be told by this lazy text with %(param)s in it."""
    SENTENCES[kind] = text


def sentence(entry: TimelineEntry) -> str:
    """A line of a customer's history in words."""
    shown = {name: LABELS.get(name, {}).get(value, value) for name, value in entry.params.items()}
    try:
        return str(SENTENCES[entry.kind]) % shown
    except KeyError:
        return _("記録：%(kind)s", kind=entry.kind)
