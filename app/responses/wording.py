"""Doors, calls and repeats in words."""

from typing import Any

from app.i18n import lazy_gettext as _l
from app.responses.models import CallOutcome, Door, RepeatCause

DOOR_NAMES: dict[Door, Any] = {
    Door.LINK: _l("メールのリンク"),
    Door.CODE: _l("お手紙のコード"),
    Door.QR: _l("QRコード"),
    Door.PUBLIC: _l("公開リンク"),
    Door.PHONE: _l("お電話"),
    Door.IMPORT: _l("ファイルから取り込み"),
    Door.TEST: _l("テスト回答"),
}
OUTCOMES: dict[CallOutcome, Any] = {
    CallOutcome.REACHED: _l("出た"),
    CallOutcome.AWAY: _l("留守"),
    CallOutcome.LATER: _l("かけ直し"),
    CallOutcome.DECLINED: _l("断られた"),
    CallOutcome.WRONG_NUMBER: _l("番号違い"),
    CallOutcome.CALLED_IN: _l("お客さまから"),
}
REPEATS: dict[RepeatCause, Any] = {
    RepeatCause.BROWSER: _l("同じブラウザから2回目"),
    RepeatCause.NETWORK: _l("同じ回線からつづけて"),
}
