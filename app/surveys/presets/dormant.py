"""休眠のご様子伺い: persons who have been silent for a while and may not have left at all."""

from app.i18n import lazy_gettext as _l
from app.surveys.models import AsksFor, QuestionKind, ReadAs
from app.surveys.presets.preset import Preset, contact, main_reason, nps, prompts, talk

# Most of them had no grievance: what says so comes first.
_ORDER = (
    "forgotten", "lifestyle", "price", "features", "quality", "delivery",
    "usability", "support", "competitor", "trust", "other", "none",
)  # fmt: skip
_REASONS = {
    "forgotten": "気がつけば、間があいていた",
    "lifestyle": "暮らしが変わり、使う機会が減った",
    "price": "値段や送料が、少し気になるようになった",
    "features": "ほしいものが見つからなかった",
    "quality": "品質や使い心地が、気になるようになった",
    "delivery": "届く日や届き方、品切れで困った",
    "usability": "注文や手続きが、わかりにくかった",
    "support": "問い合わせや接客で、気になることがあった",
    "competitor": "ほかのお店やサービスを使うようになった",
    "trust": "案内や勧誘が、気になるようになった",
    "other": "このほかのわけがある",
    "none": "とくにわけはない",
}
_TELL_MORE = {
    "forgotten": "どんなときに、思い出していただけるとよさそうですか",
    "lifestyle": "暮らしの何が変わりましたか",
    "price": "何と比べて、気になるようになりましたか",
    "features": "どんなものをお探しでしたか",
    "quality": "どの商品の、どんなところが気になりましたか",
    "delivery": "届く日や届き方で、困ったことを教えてください",
    "usability": "どの場面で、手が止まりましたか",
    "support": "いつごろ、どの窓口で、どんなことがありましたか",
    "competitor": "そのお店やサービスに決めた、決め手は何でしたか",
    "trust": "どんな案内や勧誘が、気になりましたか",
    "other": "どんなわけか、教えてください",
    "none": "お気づきのことがあれば、ひとこと聞かせてください",
}

DORMANT = Preset(
    code="dormant",
    name=_l("休眠のお客さまへのご様子伺い"),
    for_whom=_l("間があいているものの、不満を聞いてはいない個人のお客さまに"),
    asks=_l(
        "おすすめ度、間があいたいちばんのわけとその事情、どうなればまた使いたいか、今はどうしているか、これからの気持ち、連絡の希望"
    ),
    suggested_name=_l("ご様子伺い"),
    public_title="お変わりありませんか。ご様子を聞かせてください",
    welcome=(
        "以前は{company}をご利用くださり、ありがとうございました。\n\n"
        "しばらくお目にかかれていないので、ご様子をうかがえればと思い、お便りしました。"
        "いただいた声は担当の者が一つずつ読み、直すことを決めるために使います。お買い物のお誘いではありません。"
    ),
    thanks="お便りを、ありがとうございました。担当の者が一週間のうちに読み、直せることから直していきます。",
    purpose=(
        "お答えは、商品・サービスとご案内のしかたを見直すため、そしてご希望の方へご連絡するためだけに使います。"
        "お名前は集計に使いません。"
    ),
    talk_script=talk(
        "しばらくお目にかかれていないので、お変わりないか、ご様子をうかがいたく、お電話しました。",
        "商品・サービスとご案内のしかたを見直す",
        greeting="以前はご利用くださり、ありがとうございました。",
        promise="お買い物のお誘いではございません。",
    ),
    questions=(
        nps(),
        main_reason("このごろ間があいている、いちばんのわけは何ですか", _REASONS, _ORDER),
        {
            "code": "reason_text",
            "kind": QuestionKind.TEXT,
            "title": "そのわけを、もう少し聞かせてください",
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
        {
            "code": "intention",
            "kind": QuestionKind.SINGLE,
            "title": "これからのお気持ちに近いものを、ひとつ選んでください",
            "choices": [
                {"code": "again", "label": "また使いたい"},
                {"code": "someday", "label": "機会があれば使うかもしれない"},
                {"code": "unsure", "label": "まだわからない"},
                {"code": "no", "label": "もう使わないと思う"},
            ],
        },
        contact(
            "このあとのご連絡は、どうしましょうか",
            "ご登録の連絡先を使います。何も選ばなければ、ご連絡しません。",
        ),
    ),
)
