"""利用開始後: customers in their first weeks, before a stumble becomes a reason to leave."""

from app.i18n import lazy_gettext as _l
from app.surveys.models import AsksFor, QuestionKind, ReadAs
from app.surveys.presets.preset import Preset, contact, talk

ONBOARDING = Preset(
    code="onboarding",
    name=_l("利用開始後"),
    for_whom=_l("使いはじめて二週間から一か月のお客さまに"),
    asks=_l(
        "使いはじめの満足、つまずいたところとその様子、どうなれば使いやすいか、よかったところ、連絡の希望"
    ),
    suggested_name=_l("利用開始後の調査"),
    public_title="使いはじめてみて、いかがですか",
    welcome=(
        "このたびは{company}をお選びくださり、ありがとうございます。\n\n"
        "はじめのうちに困ったことがあれば、早めにお手伝いしたいと思っています。"
        "いただいた声は担当の者が一つずつ読み、ご案内と使いやすさを見直すために使います。"
    ),
    thanks="ありがとうございました。担当の者が一週間のうちに読み、返事をご希望の方にはご連絡します。",
    purpose=(
        "お答えは、商品・サービスとはじめのご案内を見直すため、そしてご希望の方へご連絡するためだけに使います。"
        "お名前は集計に使いません。"
    ),
    talk_script=talk(
        "使いはじめてみてのご様子と、お困りのことがないかをうかがいたく、お電話しました。",
        "商品・サービスとはじめのご案内を見直す",
        greeting="このたびはお選びくださり、ありがとうございます。",
    ),
    questions=(
        {
            "code": "start",
            "kind": QuestionKind.SCALE,
            "title": "使いはじめてみて、全体としていかがですか",
            "help": "今のお気持ちに近い数字を、ひとつ選んでください。",
            "required": True,
            "settings": {"points": 5, "low": "期待より悪い", "high": "期待よりよい"},
        },
        {
            "code": "stumbles",
            "kind": QuestionKind.MULTIPLE,
            "title": "はじめのうちに、つまずいたところはありましたか",
            "help": "あてはまるものを、いくつでも選んでください。",
            "choices": [
                {"code": "ordering", "label": "申し込みや注文の手続き"},
                {"code": "arrival", "label": "届くまでの日数や届き方"},
                {"code": "setting_up", "label": "はじめの準備や設定"},
                {"code": "usage", "label": "ふだんの使い方"},
                {"code": "paying", "label": "料金や支払い方法"},
                {"code": "asking", "label": "問い合わせのしかた"},
                {"code": "other", "label": "その他", "other": True},
                {"code": "none", "label": "特になかった", "exclusive": True},
            ],
        },
        {
            "code": "stumble_text",
            "kind": QuestionKind.TEXT,
            "title": "そのときの様子を、聞かせてください",
            "help": "どの場面で手が止まり、そのあとどうされたかなど、ひとことでもかまいません。",
            "condition": {
                "all": [
                    {"question": "stumbles", "is": "answered"},
                    {"not": {"question": "stumbles", "is": "any_of", "value": ["none"]}},
                ]
            },
            "read_as": ReadAs.OTHER,
            "asks_for": AsksFor.COMPLAINT,
        },
        {
            "code": "improve",
            "kind": QuestionKind.TEXT,
            "title": "どんなところが変わると、もっと使いやすくなりますか",
            "help": "小さなことでもかまいません。",
            "read_as": ReadAs.IMPROVE,
            "asks_for": AsksFor.WISH,
        },
        {
            "code": "liked",
            "kind": QuestionKind.TEXT,
            "title": "使ってみて、よかったところがあれば教えてください",
            "help": "ひとことでも、書かなくてもかまいません。",
            "settings": {"short": True},
            "read_as": ReadAs.OTHER,
            "asks_for": AsksFor.PRAISE,
        },
        contact(
            "お困りのことがあれば、こちらからご連絡しましょうか",
            "ご登録の連絡先を使います。何も選ばなければ、ご連絡しません。",
        ),
    ),
)
