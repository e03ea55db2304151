"""The words of this feature's pages that stand for codes."""

from app.customers.wording import STATES, sentence
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.reasons.models import DraftState, Polarity, Reason, ReasonOrigin, Recoverability, RunState
from app.reasons.models_codebook import CodebookVersion
from app.responses.models import Door

__all__ = [
    "CAUSES",
    "CONFIRMED",
    "DOORS",
    "DRAFT_STATES",
    "NPS_CLASSES",
    "ORIGINS",
    "POLARITIES",
    "RECOVERABILITIES",
    "RUN_STATES",
    "STATES",
    "UNCOUNTED",
    "VERSION_VERBS",
    "WISHES",
    "alike",
    "entry_fields",
    "sentence",
    "version_sentence",
    "with_parent",
]

POLARITIES = {
    Polarity.NEG: _l("不満"),
    Polarity.NEU: _l("どちらでもない"),
    Polarity.POS: _l("好意"),
    Polarity.MIXED: _l("不満と好意の両方"),
}
NPS_CLASSES = {
    "detractor": _l("批判（0〜6）"),
    "passive": _l("中立（7・8）"),
    "promoter": _l("推奨（9・10）"),
    **{str(score): str(score) for score in range(11)},
}
CONFIRMED = {"yes": _l("確定した声"), "no": _l("まだの声")}
DOORS = {
    Door.LINK: _l("メールから回答"),
    Door.CODE: _l("はがきのコードから回答"),
    Door.QR: _l("QRコードから回答"),
    Door.PUBLIC: _l("公開リンクから回答"),
    Door.PHONE: _l("お電話で回答"),
    Door.IMPORT: _l("ファイルから取り込み"),
    Door.TEST: _l("テスト回答"),
}
RUN_STATES = {
    RunState.QUEUED: (_l("順番待ち"), "warn"),
    RunState.RUNNING: (_l("読んでいます"), "accent"),
    RunState.DONE: (_l("完了"), "ok"),
    RunState.FAILED: (_l("止まりました"), "bad"),
    RunState.CANCELLED: (_l("取りやめ"), ""),
}
# What became of the draft of a run that has ended; one that changes nothing has none.
DRAFT_STATES = {
    DraftState.READY: (_l("決めるのを待っています"), "warn"),
    DraftState.APPLYING: (_l("反映しています"), "accent"),
    DraftState.APPLIED: (_l("反映しました"), "ok"),
    DraftState.RETURNING: (_l("元に戻しています"), "accent"),
    DraftState.RETURNED: (_l("元に戻しました"), ""),
    DraftState.DROPPED: (_l("反映しませんでした"), ""),
}
UNCOUNTED = {
    "negated": _l("打ち消しているので、理由に数えません。"),
    "conceded": _l("認めたうえでの前置きなので、理由に数えません。"),
    "praise": _l("ほめことばなので、離れた理由に数えません。"),
}
WISHES = {
    "mail": _l("メールで返事がほしい"),
    "phone": _l("電話で返事がほしい"),
    "notice": _l("直したら知らせてほしい"),
}
RECOVERABILITIES = {
    Recoverability.HIGH: _l("高い"),
    Recoverability.MIDDLE: _l("中くらい"),
    Recoverability.LOW: _l("低い"),
}
ORIGINS = {
    ReasonOrigin.CODEBOOK: _l("はじめからの理由"),
    ReasonOrigin.MEMBER: _l("加えた理由"),
    ReasonOrigin.THEME: _l("候補から加えた理由"),
}
CAUSES = {
    "known": _l("すでにある理由と同じ内容です"),
    "mixed": _l("ちがう話が混ざっています"),
    "ours": _l("理由として扱わない話です"),
}
VERSION_VERBS = {
    "began": _l("理由の一覧ができました"),
    "grew": _l("製品の更新で理由が加わりました"),
    "added": _l("「%(label)s」を加えました"),
    "adopted": _l("候補から「%(label)s」を加えました"),
    "changed": _l("「%(label)s」を変えました"),
    "retired": _l("「%(label)s」を使わないことにしました"),
    "returned": _l("「%(label)s」をまた使うことにしました"),
    "merged": _l("「%(label)s」を「%(into)s」にまとめました"),
    "imported": _l("ファイルから取り込みました"),
    "undone": _l("「%(label)s」についての変更を元に戻しました"),
}
ENTRY_FIELDS = {
    "label": _l("名前"),
    "seal": _l("印の字"),
    "parent_id": _l("上の理由"),
    "definition": _l("定義"),
    "examples": _l("当てはまる例"),
    "counter_examples": _l("当てはまらない例"),
    "owner": _l("担当の部署"),
    "recoverability": _l("取り戻しやすさ"),
}
VERY_ALIKE, ALIKE = 0.45, 0.3  # cosine with the reason nearest, tried on the codebook's own definitions


def version_sentence(version: CodebookVersion) -> str:
    """What a version changed, as a sentence."""
    detail = {"label": "", "into": "", **version.detail}
    return str(VERSION_VERBS.get(version.verb, version.verb)) % detail


def entry_fields(version: CodebookVersion) -> str:
    """Which fields of an entry a version changed: 名前・定義."""
    changed = version.detail.get("after", {})
    return "・".join(str(word) for name, word in ENTRY_FIELDS.items() if name in changed)


def with_parent(reason: Reason) -> str:
    """A reason's name, with the one above it where there is one."""
    return f"{reason.parent.label} ／ {reason.label}" if reason.parent else reason.label


def alike(label: str | None, nearness: float) -> str:
    """How like a theme is to the reason nearest to it, in words."""
    if label is None or nearness < ALIKE:
        return str(_("いまの理由とは、似ていません。"))
    if nearness < VERY_ALIKE:
        return _("いまの理由では「%(label)s」に少し似ています。", label=label)
    return _("いまの理由では「%(label)s」によく似ています。", label=label)
