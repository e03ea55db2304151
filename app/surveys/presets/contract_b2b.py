"""更新されなかった取引先: companies whose contract ended."""

from app.i18n import lazy_gettext as _l
from app.surveys.models import AsksFor, QuestionKind, ReadAs
from app.surveys.presets.preset import Preset, contact, main_reason, nps, prompts, talk

_REASONS = {
    "price": "費用と効果、または予算が合わなくなった",
    "quality": "品質や効果が、期待に届かなかった",
    "features": "必要な機能や商品がなかった",
    "usability": "使い方や手続きが難しく、社内に定着しなかった",
    "support": "担当者やサポートの対応に不満があった",
    "delivery": "納期や納品、在庫で困った",
    "trust": "契約の条件や説明に、納得できなかった",
    "competitor": "他社のサービスや、社内での対応に切り替えた",
    "lifestyle": "事業や組織、方針が変わり、必要がなくなった",
    "forgotten": "担当者の交代などで、検討が進まないままになった",
    "other": "このほかの理由がある",
    "none": "とくに理由はない",
}
_TELL_MORE = {
    "price": "費用は、何と比べて、どのように評価されましたか",
    "quality": "どのような場面で、期待に届きませんでしたか",
    "features": "どのような機能や商品があれば、続けられましたか",
    "usability": "どの部署の、どのような場面でつまずきましたか",
    "support": "いつごろ、どの窓口で、どのようなことがありましたか",
    "delivery": "納期や納品で困ったことを、教えてください",
    "trust": "契約の条件や説明の、どの点に納得できませんでしたか",
    "competitor": "切り替え先に決めた、決め手は何でしたか",
    "lifestyle": "どのような変化がありましたか",
    "forgotten": "検討が止まったころのご事情を、差し支えない範囲で教えてください",
    "other": "どのような理由か、教えてください",
    "none": "お気づきのことがあれば、ひとこと聞かせてください",
}

CONTRACT_B2B = Preset(
    code="contract_b2b",
    name=_l("更新されなかった取引先"),
    for_whom=_l("ご契約を更新されなかった会社のご担当者に"),
    asks=_l(
        "おすすめ度、更新しなかったいちばんの理由とその事情、どうなれば再検討できるか、今はどう対応しているか、連絡の希望"
    ),
    suggested_name=_l("更新されなかった取引先への調査"),
    public_title="ご契約を終えられた理由を、聞かせてください",
    welcome=(
        "{company}をご利用くださり、ありがとうございました。\n\n"
        "このたびご契約を終えられた理由を、ご担当の方にうかがいます。いただいた声は担当の者が一つずつ読み、"
        "直すことを決めるために使います。再契約のお願いではありません。"
    ),
    thanks="お忙しいなか、ありがとうございました。担当の者が一週間のうちに読み、直せることから直していきます。",
    purpose=(
        "お答えは、商品・サービスと対応のしかたを見直すため、そしてご希望の方へご連絡するためだけに使います。"
        "会社名とお名前は集計に使いません。"
    ),
    talk_script=talk(
        "このたびご契約を終えられたことについて、ご担当の方に理由をうかがいたく、お電話しました。",
        "商品・サービスと対応のしかたを見直す",
        greeting="ご契約の折には、たいへんお世話になりました。",
        promise="再契約のお願いではございません。",
    ),
    questions=(
        nps(title="{company}を、お知り合いの会社にすすめたいと思いますか"),
        main_reason("ご契約を更新されなかった、いちばんの理由は何ですか", _REASONS),
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
            "title": "どのような点が変われば、もう一度ご検討いただけますか",
            "help": "条件や時期など、具体的なことがあればお書きください。",
            "read_as": ReadAs.IMPROVE,
            "asks_for": AsksFor.WISH,
        },
        {
            "code": "current",
            "kind": QuestionKind.TEXT,
            "title": "今は、どのような方法で対応されていますか",
            "help": "他社のサービス、社内での対応、取りやめなど、差し支えない範囲でお書きください。",
            "settings": {"short": True},
            "read_as": ReadAs.CURRENT,
        },
        contact(
            "このあとのご連絡は、どうしましょうか",
            "ご登録の連絡先を使います。何も選ばなければ、ご連絡しません。",
            notice="改善したら知らせてほしい",
        ),
    ),
)
