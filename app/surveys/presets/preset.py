"""What a preset is, and the parts all of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.i18n import lazy_gettext as _l
from app.surveys.models import QuestionKind

# The words of the codebook, in the order in which they are offered; the codes never change.
REASONS = (
    "price", "quality", "features", "usability", "support", "delivery",
    "trust", "competitor", "lifestyle", "forgotten", "other", "none",
)  # fmt: skip
CONTACT_LABELS = {
    "none": _l("連絡はいらない"),
    "mail": _l("メールで返事がほしい"),
    "phone": _l("電話で返事がほしい"),
    "notice": _l("直したら知らせてほしい"),
}


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
    questions: tuple[Mapping[str, Any], ...] = ()


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
