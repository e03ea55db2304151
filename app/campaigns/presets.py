"""Ready-made words of a mail, by the preset of its survey. What stands here goes to customers, in Japanese."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Subject and body with their placeholders."""

    subject: str
    body: str


_CHURN = Words(
    "{{company}}をお休みされている理由を、聞かせてください",
    """{{name}}

以前は{{company}}をご利用くださり、ありがとうございました。

しばらくお目にかかれずにいるのは、私どもに足りないところがあったからかもしれません。よろしければ、そのわけを聞かせていただけないでしょうか。

{{link}}

2分ほどで終わります。書けるところまでで構いませんし、途中でやめて、あとから続けることもできます。

いただいた声は担当の者が一つずつ読み、何から直すかを決めるために使います。お気が進まないときは、どうぞこのままで。""",
)

_CONTRACT = Words(
    "{{company}}のご契約について、ご意見をお聞かせください",
    """{{name}}

いつもお世話になっております。{{company}}でございます。
これまで弊社をご利用いただき、誠にありがとうございました。

このたびのご判断に至った経緯を、今後の改善のために、差し支えない範囲でお聞かせいただけないでしょうか。

{{link}}

3分ほどで終わる内容です。ご回答はサービスの見直しにのみ使い、再契約のお願いに使うことはありません。

ご担当が替わられている場合は、お手数ですが、本メールを現在のご担当の方へお送りいただけますと幸いです。""",
)

_NPS = Words(
    "{{company}}の使い心地を、教えてください",
    """{{name}}

いつも{{company}}をご利用くださり、ありがとうございます。

このごろの使い心地はいかがでしょうか。1問だけでも、お答えいただけるとうれしく思います。

{{link}}

1分ほどで終わります。よいことも、そうでないことも、そのままお書きください。担当の者がすべて読みます。""",
)

_PLAIN = Words(
    "{{company}}から、少しだけお聞きしたいことがあります",
    """{{name}}

{{company}}でございます。いつもありがとうございます。

よりよいお店にするために、少しだけお聞きしたいことがあります。よろしければ、下のページからお答えください。

{{link}}

数分で終わります。いただいた声は担当の者が一つずつ読みます。""",
)

_BY_SURVEY = {"churn_b2c": _CHURN, "contract_b2b": _CONTRACT, "nps": _NPS}


def words_for(survey_preset: str) -> Words:
    """The words to begin with for a survey of this preset."""
    return _BY_SURVEY.get(survey_preset, _PLAIN)
