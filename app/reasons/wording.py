"""The words of this feature's pages that stand for codes."""

from app.customers.wording import STATES, sentence
from app.i18n import lazy_gettext as _l
from app.reasons.models import Polarity, RunState
from app.responses.models import Door

__all__ = [
    "CONFIRMED",
    "DOORS",
    "NPS_CLASSES",
    "POLARITIES",
    "RUN_STATES",
    "STATES",
    "UNCOUNTED",
    "WISHES",
    "sentence",
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
