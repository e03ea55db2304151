"""Answers put into texts, between SurveyJS's {name} and our {{code|fallback}}, both ways.

SurveyJS puts nothing where nothing was answered, so its references come with an empty fallback. Ours that say more
are kept word for word under "okaeri".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.i18n import gettext as _
from app.surveys.compiled import CompiledQuestion
from app.surveys.exchange.leftovers import Leftovers
from app.surveys.models import QuestionKind
from app.surveys.piping import ATTRIBUTE, REFERENCE, references

PIPED = re.compile(r"\{([^{}]+)\}")
_WORDS = {
    "low": "minRateDescription",
    "middle": "okaeri.middle",
    "high": "maxRateDescription",
    "label": "label",
}
Read = Callable[[str, str], str]


def reader(known: Mapping[str, str], left: Leftovers) -> Read:
    """Return a function (text, what) → the text in our words. `known`: names in small letters → codes asked before."""

    def read(text: str, what: str) -> str:
        lost: list[str] = []

        def ours(match: re.Match[str]) -> str:
            name = match[1].strip()
            code = name if name.startswith(ATTRIBUTE) else known.get(name.casefold())
            if code is None:
                lost.append(match[0])
                return match[0]
            return f"{{{{{code}|}}}}"

        found = PIPED.sub(ours, text)
        if lost:
            left.add(what, "", _("%(piped)s は答えに置きかわらず、そのまま表示されます。", piped=lost[0]))
        return found

    return read


def read_fields(fields: dict[str, Any], read: Read) -> None:
    """Put our references into the texts of a question that was read."""
    is_statement = fields["kind"] is QuestionKind.STATEMENT
    fields["title"] = read(fields["title"], "html" if is_statement else "title")
    fields["help"] = read(fields["help"], "html" if is_statement else "description")
    fields["choices"] = [
        {**one, "label": read(one["label"], f"choices.{one['code']}.text")} for one in fields["choices"]
    ]
    settings = fields["settings"]
    fields["settings"] = settings | {
        name: read(settings[name], what)
        for name, what in _WORDS.items()
        if isinstance(settings.get(name), str)
    }


def restore_fields(fields: dict[str, Any], texts: Mapping[str, Any]) -> None:
    """Put back what `fallbacks` kept; only texts that are there and say more."""
    for name in ("title", "help"):
        if isinstance(texts.get(name), str):
            fields[name] = texts[name]
    labels = texts.get("choices")
    if isinstance(labels, Mapping):
        for choice in fields["choices"]:
            label = labels.get(choice["code"])
            choice["label"] = label if isinstance(label, str) and label.strip() else choice["label"]


def theirs(text: str) -> str:
    """Our references as SurveyJS writes them."""
    return REFERENCE.sub(lambda match: f"{{{match[1].strip()}}}", text)


def fallbacks(question: CompiledQuestion) -> dict[str, Any]:
    """The texts of a question whose fallbacks SurveyJS cannot say, word for word."""
    found: dict[str, Any] = {"title": question.title, "help": question.help}
    found = {name: text for name, text in found.items() if _says_more(text)}
    labels = {one.code: one.label for one in question.choices if _says_more(one.label)}
    return found | ({"choices": labels} if labels else {})


def _says_more(text: str) -> bool:
    return any(one.fallback for one in references(text))
