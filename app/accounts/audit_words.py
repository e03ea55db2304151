"""How the audit log is read out. What has no word here is not shown: a detail may hold anything, one day."""

from typing import Any

from app.accounts.models import ROLE_LABELS
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l

SUBJECTS = {
    "member": _l("メンバー"),
    "organisation": _l("会社・お店"),
    "customer": _l("顧客"),
    "import_batch": _l("取り込み"),
    "lapse_rule": _l("休眠・離反の定義"),
    "segment": _l("セグメント"),
    "survey": _l("調査"),
    "campaign": _l("配信"),
    "response": _l("回答"),
    "public_link": _l("公開リンク"),
    "reason": _l("理由"),
    "codebook": _l("理由の定義"),
    "dictionary": _l("辞書"),
    "dictionary_entry": _l("辞書のことば"),
    "reading": _l("読み取り"),
    "theme": _l("新しい理由の候補"),
    "analysis_run": _l("分析の実行"),
    "backlog_item": _l("改善項目"),
    "backlog": _l("改善項目の一覧"),
    "export_preset": _l("書き出しの型"),
    "tracker_import": _l("課題の状態の取り込み"),
    "demo": _l("見本のデータ"),
    "saved_view": _l("保存した表示"),
    "voices": _l("声の一覧"),
    "succession": _l("担当者の変更"),
}
VERBS = {
    "signed_in": _l("サインインした"),
    "set_up": _l("はじめの設定をした"),
    "added": _l("加えた"),
    "invited": _l("招待した"),
    "changed": _l("変えた"),
    "edited": _l("書きなおした"),
    "created": _l("作った"),
    "saved": _l("保存した"),
    "deleted": _l("消した"),
    "discarded": _l("捨てた"),
    "changed_password": _l("自分のパスワードを変えた"),
    "set_password": _l("パスワードを決めなおした"),
    "ended_sessions": _l("ほかの端末からサインアウトした"),
    "began_second_step": _l("二段階の確認を始めた"),
    "dropped_second_step": _l("二段階の確認をやめた"),
    "reset_second_step": _l("二段階の確認を解いた"),
    "renewed_recovery_codes": _l("予備のコードを作りなおした"),
    "uploaded": _l("ファイルを送った"),
    "started": _l("始めた"),
    "cancelled": _l("取りやめた"),
    "asked_undo": _l("取り消しを頼んだ"),
    "undone": _l("取り消した"),
    "finished": _l("終わった"),
    "stopped": _l("止めた"),
    "resumed": _l("また始めた"),
    "applied": _l("反映した"),
    "dropped": _l("反映せずに終えた"),
    "returned": _l("前の読み取りに戻した"),
    "accepted": _l("この方の回答とした"),
    "declined": _l("結びつけないとした"),
    "untied": _l("結びつきを外した"),
    "asked_for_approval": _l("承認を頼んだ"),
    "approved": _l("承認した"),
    "reopened": _l("下書きに戻した"),
    "sent_test": _l("試しに送った"),
    "revealed": _l("伏せたことばを見た"),
    "promoted": _l("改善項目にした"),
    "decided": _l("決めた"),
    "released": _l("直したと記録した"),
    "measured": _l("成果を確かめた"),
    "erased": _l("お申し出により消した"),
    "confirmed": _l("認めた"),
    "refused": _l("見送った"),
    "adopted": _l("候補から加えた"),
    "retired": _l("使わないことにした"),
    "revived": _l("また使うことにした"),
    "merged": _l("まとめた"),
    "imported": _l("取り込んだ"),
    "exported": _l("書き出した"),
    "downloaded": _l("持ち出した"),
}
FIELDS = {
    "name": _l("名前"),
    "sender_name": _l("差出人名"),
    "sender_address": _l("差出人のアドレス"),
    "postal_address": _l("住所"),
    "contact": _l("問い合わせ先"),
    "privacy_url": _l("個人情報のページ"),
    "locale": _l("画面のことば"),
    "time_zone": _l("時刻の地域"),
}
VERDICTS = {"do": _l("やる"), "later": _l("あとで"), "dont": _l("やらない")}
KINDS = {
    "csv": "CSV",
    "xlsx": "XLSX",
    "json": "JSON",
    "md": "Markdown",
    "png": "PNG",
    "csv-cp932": _l("CSV（CP932）"),
    "pdf": "PDF",
    "github": "GitHub",
    "jira": "Jira",
    "nulab": "Backlog",
    "digest-pdf": _l("定例資料（PDF）"),
    "digest-md": _l("定例資料（Markdown）"),
    "customers": _l("顧客"),
    "purchases": _l("購入"),
    "responses": _l("回答"),
}


def verb(word: str) -> str:
    """What was done, in the reader's language."""
    return str(VERBS.get(word, word))


def subject(word: str) -> str:
    """To what it was done."""
    return str(SUBJECTS.get(word, word))


def detail(found: dict[str, Any]) -> str:
    """The particulars that may be shown, as one line: words of the product and numbers, nothing anybody typed."""
    return _("、").join(text for text in _particulars(found) if text)


def _particulars(found: dict[str, Any]) -> list[str]:
    role, active = str(found.get("role", "")), found.get("active")
    labels = {key.value: str(label) for key, label in ROLE_LABELS.items()}
    fields = [str(FIELDS[name]) for name in found.get("fields", []) if name in FIELDS]
    return [
        labels.get(role, ""),
        {True: _("使えます"), False: _("止めています")}.get(active, "") if isinstance(active, bool) else "",
        "・".join(fields),
        str(VERDICTS.get(str(found.get("verdict")), "")),
        str(KINDS.get(str(found.get("kind")), "")),
        _n("%(count)s行", int(found["rows"]), count=int(found["rows"]))
        if isinstance(found.get("rows"), int)
        else "",
        _("%(count)s件", count=int(found["count"])) if isinstance(found.get("count"), int) else "",
        _("第%(version)s版", version=int(found["version"])) if isinstance(found.get("version"), int) else "",
        _("ひとりで") if found.get("alone") is True else "",
        _("予備のコードで") if found.get("step") == "recovery" else "",
    ]
