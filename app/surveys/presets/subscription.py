"""サブスク解約: persons who have cancelled a subscription or a regular delivery."""

from app.i18n import lazy_gettext as _l
from app.surveys.models import AsksFor, QuestionKind, ReadAs
from app.surveys.presets.preset import Preset, contact, main_reason, nps, prompts, talk

_REASONS = {
    "price": "料金が、使う量に見合わなかった",
    "quality": "中身や品質に満足できなかった",
    "features": "ほしい内容や機能がなかった",
    "usability": "使い方や設定がわかりにくかった",
    "support": "問い合わせの対応に、不満があった",
    "delivery": "届く間隔や届き方が、暮らしに合わなかった",
    "trust": "請求や契約の説明に、納得できなかった",
    "competitor": "ほかのサービスに替えた",
    "lifestyle": "暮らしが変わった、必要がなくなった",
    "forgotten": "使わない月が続き、そのままになっていた",
    "other": "このほかの理由がある",
    "none": "とくに理由はない",
}
_TELL_MORE = {
    "price": "何と比べて、料金が見合わないと感じましたか",
    "quality": "どの回の、どんなところが気になりましたか",
    "features": "どんな内容や機能があれば、続けていましたか",
    "usability": "どの画面や場面で、手が止まりましたか",
    "support": "いつごろ、どの窓口で、どんなことがありましたか",
    "delivery": "どのくらいの間隔や届き方なら、続けやすかったですか",
    "trust": "請求や契約の、どの点に納得できませんでしたか",
    "competitor": "今のサービスに決めた、決め手は何でしたか",
    "lifestyle": "暮らしの何が変わりましたか",
    "forgotten": "使わなくなったころのことを、思い出せる範囲で教えてください",
    "other": "どんな理由か、教えてください",
    "none": "お気づきのことがあれば、ひとこと聞かせてください",
}

SUBSCRIPTION = Preset(
    code="subscription",
    name=_l("サブスク・定期便の解約"),
    for_whom=_l("解約の手続きをされた個人のお客さまに、手続きのあと一か月のうちに"),
    asks=_l(
        "おすすめ度、解約前の使い方、解約のいちばんの理由とその事情、どうなればまた使いたいか、今はどうしているか、連絡の希望"
    ),
    suggested_name=_l("解約されたお客さまへの調査"),
    public_title="ご解約の理由を、聞かせてください",
    welcome=(
        "これまで{company}をご利用くださり、ありがとうございました。ご解約の手続きは、すでに終わっています。\n\n"
        "よろしければ、おやめになった理由を聞かせてください。いただいた声は担当の者が一つずつ読み、"
        "直すことを決めるために使います。お引き止めするためのものではありません。"
    ),
    thanks="お忙しいなか、ありがとうございました。担当の者が一週間のうちに読み、直せることから直していきます。",
    purpose=(
        "お答えは、サービスとご案内のしかたを見直すため、そしてご希望の方へご連絡するためだけに使います。"
        "お名前は集計に使いません。"
    ),
    talk_script=talk(
        "ご解約のお手続きは、すでに終わっております。おやめになった理由をうかがいたく、お電話しました。",
        "サービスとご案内のしかたを見直す",
        greeting="これまでご利用くださり、ありがとうございました。",
        promise="お引き止めするためのお電話ではございません。",
    ),
    questions=(
        nps(),
        {
            "code": "usage",
            "kind": QuestionKind.SINGLE,
            "title": "解約される前の三か月は、どのくらい使われていましたか",
            "choices": [
                {"code": "weekly", "label": "週に一度より多く"},
                {"code": "monthly", "label": "月に何度か"},
                {"code": "rarely", "label": "月に一度あるかないか"},
                {"code": "never", "label": "ほとんど使っていなかった"},
            ],
        },
        main_reason("解約された、いちばんの理由は何ですか", _REASONS),
        {
            "code": "reason_text",
            "kind": QuestionKind.TEXT,
            "title": "その理由を、もう少し聞かせてください",
            "help": "ひとことでも、書かなくてもかまいません。",
            "settings": prompts("main_reason", _TELL_MORE),
            "read_as": ReadAs.REASON,
        },
        {
            "code": "improve",
            "kind": QuestionKind.TEXT,
            "title": "何がどう変われば、また申し込んでみようと思えますか",
            "help": "料金、間隔、内容など、小さなことでもかまいません。",
            "read_as": ReadAs.IMPROVE,
            "asks_for": AsksFor.WISH,
        },
        {
            "code": "current",
            "kind": QuestionKind.TEXT,
            "title": "今は、代わりにどうされていますか",
            "help": "ほかのサービス、お店での購入、もう使っていないなど、何でもかまいません。",
            "settings": {"short": True},
            "read_as": ReadAs.CURRENT,
        },
        contact(
            "このあとのご連絡は、どうしましょうか",
            "ご登録の連絡先を使います。何も選ばなければ、ご連絡しません。",
        ),
    ),
)
