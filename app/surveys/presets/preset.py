"""What a preset is, and the parts all of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.surveys.contact import CONTACT_LABELS
from app.surveys.models import QuestionKind

# The words of the codebook, in the order in which they are offered; the codes never change.
REASONS = (
    "price", "quality", "features", "usability", "support", "delivery",
    "trust", "competitor", "lifestyle", "forgotten", "other", "none",
)  # fmt: skip


@dataclass(frozen=True)
class Preset:
    """A ready-made survey. Texts may hold {company}; questions are the fields of Question, in order."""

    code: str = ""
    name: Any = ""
    for_whom: Any = ""
    asks: Any = ""
    suggested_name: Any = ""
    public_title: str = ""
    welcome: str = ""
    thanks: str = ""
    purpose: str = ""
    talk_script: str = ""
    questions: tuple[Mapping[str, Any], ...] = ()


def talk(why: str, use: str, greeting: str, promise: str = "") -> str:
    """What an operator says before the first question and after the last; what stands in （） is not read out."""
    return "\n\n".join(
        (
            "お忙しいところ、おそれいります。{company}の（ご自分の名前）と申します。" + greeting,
            why + "いま、2分ほどお時間をいただいても、よろしいでしょうか。",
            "（ご都合が悪いとき）失礼いたしました。ご都合のよい日と時間を教えていただけましたら、"
            "あらためてお電話いたします。",
            f"うかがったことは、{use}ためだけに使います。{promise}"
            "お答えになりたくない質問は、とばしてかまいません。とちゅうでおやめになるときも、いつでもおっしゃってください。",
            "（画面の質問を、順に読みあげます）",
            "質問は以上です。お話を聞かせてくださり、ありがとうございました。失礼いたします。",
        )
    )


def nps(
    required: bool = False, title: str = "{company}を、親しい方にすすめたいと思いますか"
) -> dict[str, Any]:
    """The question for 0 to 10."""
    return {
        "code": "nps",
        "kind": QuestionKind.NPS,
        "title": title,
        "help": "今のお気持ちに近い数字を、ひとつ選んでください。",
        "required": required,
        "settings": {"low": "まったく思わない", "high": "とても思う"},
    }


def main_reason(title: str, labels: Mapping[str, str], order: Sequence[str] = REASONS) -> dict[str, Any]:
    """The choice of one main reason; the codes are those of the codebook."""
    return {
        "code": "main_reason",
        "kind": QuestionKind.SINGLE,
        "title": title,
        "help": "いちばん近いものを、ひとつ選んでください。",
        "required": True,
        "choices": [{"code": code, "label": labels[code]} for code in order],
    }


def prompts(question: str, titles: Mapping[str, str]) -> dict[str, Any]:
    """Settings of a text whose wording follows the choice made before."""
    rules = ({"question": question, "is": "is", "value": code} for code in titles)
    return {"prompts": [{"when": rule, "title": titles[rule["value"]]} for rule in rules]}


def contact(title: str, help_text: str, **labels: str) -> dict[str, Any]:
    """How the respondent wants to hear from us; always the last question."""
    texts = {code: str(label) for code, label in CONTACT_LABELS.items()} | labels
    return {
        "code": "contact",
        "kind": QuestionKind.CONTACT,
        "title": title,
        "help": help_text,
        "choices": [{"code": code, "label": label} for code, label in texts.items()],
    }
