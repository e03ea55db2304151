"""離れたお客さま: persons who used to buy and have stopped."""

from app.i18n import lazy_gettext as _l
from app.surveys.models import AsksFor, QuestionKind, ReadAs
from app.surveys.presets.preset import Preset, contact, main_reason, nps, prompts, talk

_REASONS = {
    "price": "値段や送料が合わなくなった",
    "quality": "品質や使い心地に満足できなかった",
    "features": "ほしい商品やサービスがなかった",
    "usability": "注文や手続きがわかりにくかった",
    "support": "問い合わせや接客で、いやな思いをした",
    "delivery": "届く日や届き方、品切れで困った",
    "trust": "勧誘や解約のしかたに、不信を感じた",
    "competitor": "ほかのお店やサービスに替えた",
    "lifestyle": "暮らしや好みが変わった、必要がなくなった",
    "forgotten": "なんとなく間があき、そのままになった",
    "other": "このほかの理由がある",
    "none": "とくに理由はない",
}
_TELL_MORE = {
    "price": "何と比べて、またはどんなときに、高いと感じましたか",
    "quality": "どの商品の、どんなところが気になりましたか",
    "features": "どんな商品やサービスがあれば、よかったですか",
    "usability": "どの場面で、手が止まりましたか",
    "support": "いつごろ、どの窓口で、どんなことがありましたか",
    "delivery": "届く日や届き方で、困ったことを教えてください",
    "trust": "どんなことで、不信を感じましたか",
    "competitor": "今のお店やサービスに決めた、決め手は何でしたか",
    "lifestyle": "どんなことが変わりましたか",
    "forgotten": "間があいたころのことを、思い出せる範囲で教えてください",
    "other": "どんな理由か、教えてください",
    "none": "お気づきのことがあれば、ひとこと聞かせてください",
}

CHURN_B2C = Preset(
    code="churn_b2c",
    name=_l("離れた個人のお客さま"),
    for_whom=_l("前は買っていて、今はご利用のない個人のお客さまに"),
    asks=_l(
        "おすすめ度、離れたいちばんの理由とその事情、どうなればまた使いたいか、今はどうしているか、連絡の希望"
    ),
    suggested_name=_l("離れたお客さまへの調査"),
    public_title="{company}をお休みされている理由を、聞かせてください",
    welcome=(
        "以前は{company}をご利用くださり、ありがとうございました。\n\n"
        "このごろお休みされている理由を、よろしければ聞かせてください。いただいた声は担当の者が一つずつ読み、"
        "直すことを決めるために使います。お買い物のお誘いではありません。"
    ),
    thanks="お忙しいなか、ありがとうございました。担当の者が一週間のうちに読み、直せることから直していきます。",
    purpose=(
        "お答えは、商品・サービスとご案内のしかたを見直すため、そしてご希望の方へご連絡するためだけに使います。"
        "お名前は集計に使いません。"
    ),
    talk_script=talk(
        "以前ご利用くださったお客さまに、お休みされている理由をうかがいたく、お電話しました。",
        "商品・サービスとご案内のしかたを見直す",
        greeting="以前ご利用くださり、ありがとうございました。",
        promise="お買い物のお誘いではございません。",
    ),
    questions=(
        nps(),
        main_reason("{company}のご利用をお休みされた、いちばんの理由は何ですか", _REASONS),
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
            "title": "何がどう変われば、また使ってみようと思えますか",
            "help": "小さなことでもかまいません。",
            "read_as": ReadAs.IMPROVE,
            "asks_for": AsksFor.WISH,
        },
        {
            "code": "current",
            "kind": QuestionKind.TEXT,
            "title": "今は、代わりにどうされていますか",
            "help": "ほかのお店、手作り、もう使っていないなど、何でもかまいません。",
            "settings": {"short": True},
            "read_as": ReadAs.CURRENT,
        },
        contact(
            "このあとのご連絡は、どうしましょうか",
            "ご登録の連絡先を使います。何も選ばなければ、ご連絡しません。",
        ),
    ),
)
