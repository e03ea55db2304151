"""定期NPS: customers of today, asked again and again."""

from app.i18n import lazy_gettext as _l
from app.surveys.models import QuestionKind, ReadAs
from app.surveys.presets.preset import Preset, contact, nps, talk

NPS = Preset(
    code="nps",
    name=_l("定期NPS"),
    for_whom=_l("今ご利用中のお客さまに、三か月から半年ごとに"),
    asks=_l("おすすめ度、その点数の理由、連絡の希望"),
    suggested_name=_l("定期NPS"),
    public_title="{company}の、今のご感想を聞かせてください",
    welcome=(
        "いつも{company}をご利用くださり、ありがとうございます。\n\n"
        "今のお気持ちを、数字とひとことで聞かせてください。いただいた声は担当の者が一つずつ読み、"
        "直すことと、変えずに続けることを決めるために使います。"
    ),
    thanks="ありがとうございました。担当の者が一週間のうちに読み、これからの商品とサービスに生かします。",
    purpose=(
        "お答えは、商品・サービスを見直すため、そしてご希望の方へご連絡するためだけに使います。"
        "お名前は集計に使いません。"
    ),
    talk_script=talk(
        "ご利用中の皆さまに、今のご感想をうかがいたく、お電話しました。",
        "商品・サービスを見直す",
        greeting="いつもご利用くださり、ありがとうございます。",
    ),
    questions=(
        nps(required=True),
        {
            "code": "comment",
            "kind": QuestionKind.TEXT,
            "title": "その点数にされた理由を、聞かせてください",
            "help": "ひとことでも、書かなくてもかまいません。",
            "settings": {
                "prompts": [
                    {
                        "when": {"question": "nps", "is": "at_least", "value": 9},
                        "title": "とくによかったのは、どんなところですか",
                    },
                    {
                        "when": {"question": "nps", "is": "at_least", "value": 7},
                        "title": "あと少し、どんなところがよくなるとうれしいですか",
                    },
                    {
                        "when": {"question": "nps", "is": "at_most", "value": 6},
                        "title": "どんなところが、気になっていますか",
                    },
                ]
            },
            "read_as": ReadAs.NPS,
        },
        contact(
            "このあとのご連絡は、どうしましょうか",
            "ご登録の連絡先を使います。何も選ばなければ、ご連絡しません。",
        ),
    ),
)
