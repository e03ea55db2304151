"""イベント後: those who came to a tasting, a seminar, a fair."""

from app.i18n import lazy_gettext as _l
from app.surveys.models import AsksFor, QuestionKind, ReadAs
from app.surveys.presets.preset import Preset, contact, talk

AFTER_EVENT = Preset(
    code="after_event",
    name=_l("イベント後"),
    for_whom=_l("催し・セミナー・展示会に来てくださった方に、当日か翌日に"),
    asks=_l("全体の満足、よかったもの、心に残ったこと、次に変えてほしいこと、また来たいか、連絡の希望"),
    suggested_name=_l("イベント後の調査"),
    public_title="ご参加ありがとうございました。ご感想を聞かせてください",
    welcome=(
        "このたびは{company}の催しにお越しくださり、ありがとうございました。\n\n"
        "次の会をよりよくするために、ご感想を聞かせてください。いただいた声は担当の者が一つずつ読みます。"
    ),
    thanks="ありがとうございました。担当の者が一週間のうちに読み、次の会の準備に生かします。",
    purpose=(
        "お答えは、催しの内容と運営を見直すため、そしてご希望の方へご連絡するためだけに使います。"
        "お名前は集計に使いません。"
    ),
    talk_script=talk(
        "次の会をよりよくするために、ご感想をうかがいたく、お電話しました。",
        "催しの内容と運営を見直す",
        greeting="先日は催しにお越しくださり、ありがとうございました。",
    ),
    questions=(
        {
            "code": "event",
            "kind": QuestionKind.SCALE,
            "title": "今回の催しは、全体としていかがでしたか",
            "help": "今のお気持ちに近い数字を、ひとつ選んでください。",
            "required": True,
            "settings": {"points": 5, "low": "期待より悪かった", "high": "期待よりよかった"},
        },
        {
            "code": "liked",
            "kind": QuestionKind.MULTIPLE,
            "title": "よかったと思うものを、選んでください",
            "help": "あてはまるものを、いくつでも選んでください。",
            "choices": [
                {"code": "talks", "label": "お話や講演"},
                {"code": "exhibits", "label": "展示や試食・体験"},
                {"code": "people", "label": "係の者とのやりとり"},
                {"code": "place", "label": "会場や雰囲気"},
                {"code": "running", "label": "進み方や時間の長さ"},
                {"code": "notices", "label": "事前の案内や受付"},
                {"code": "other", "label": "その他", "other": True},
                {"code": "none", "label": "特になかった", "exclusive": True},
            ],
        },
        {
            "code": "memory",
            "kind": QuestionKind.TEXT,
            "title": "心に残ったことを、ひとこと聞かせてください",
            "help": "書かなくてもかまいません。",
            "settings": {"short": True},
            "read_as": ReadAs.OTHER,
        },
        {
            "code": "improve",
            "kind": QuestionKind.TEXT,
            "title": "次の会で、変えてほしいところはありますか",
            "help": "会場、時間、内容など、小さなことでもかまいません。",
            "read_as": ReadAs.IMPROVE,
            "asks_for": AsksFor.WISH,
        },
        {
            "code": "again",
            "kind": QuestionKind.SINGLE,
            "title": "次の会があれば、また参加したいと思いますか",
            "choices": [
                {"code": "yes", "label": "参加したい"},
                {"code": "if_possible", "label": "日が合えば参加したい"},
                {"code": "unsure", "label": "まだわからない"},
                {"code": "no", "label": "参加しないと思う"},
            ],
        },
        contact(
            "お返事の必要なことがあれば、ご連絡しましょうか",
            "ご登録の連絡先を使います。何も選ばなければ、ご連絡しません。",
        ),
    ),
)
