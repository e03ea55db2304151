"""Whom a survey is tried out as: nobody who is known, or a customer made up for the trial."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.surveys.attributes import CHOICES, LONGEST_VALUE, MONTHS, PURCHASES, label_of
from app.surveys.compiled import CompiledVersion
from app.surveys.models import Survey
from app.surveys.piping import ATTRIBUTE, attributes_named


@dataclass(frozen=True)
class Detail:
    """One detail that decides what is asked or stands in a text. choices: (code, label), empty where it is typed."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def field(self) -> str:
        """What its field is called in a form."""
        return f"{ATTRIBUTE}{self.name}"

    @property
    def is_number(self) -> bool:
        return self.name in (MONTHS, PURCHASES)


def details_of(survey: Survey, version: CompiledVersion) -> list[Detail]:
    """The details that the survey's conditions look at and its texts name, in order."""
    names: dict[str, None] = {}
    for one in version.questions:
        rules = (one.page_condition, one.condition, *(prompt.when for prompt in one.prompts))
        names |= dict.fromkeys(name for rule in rules if rule is not None for name in sorted(rule.attributes))
    shown = set(survey.shown_attributes or ())
    names |= dict.fromkeys(
        name for name in attributes_named(version.questions, survey.thanks) if name in shown
    )
    return [
        Detail(
            name, label_of(name), tuple((code, str(label)) for code, label in CHOICES.get(name, {}).items())
        )
        for name in names
    ]


def made_up(details: list[Detail], given: Mapping[str, str]) -> dict[str, Any]:
    """What was typed of the details, as a sheet keeps it; what is empty or none of the choices is not known."""
    found: dict[str, Any] = {}
    for one in details:
        text = unicodedata.normalize("NFKC", given.get(one.field, "")[:LONGEST_VALUE]).strip()
        is_none = "\0" in text or (one.choices and text not in dict(one.choices))
        if one.is_number and text.isdecimal() and len(text) <= 6:
            found[one.name] = int(text)
        elif text and not one.is_number and not is_none:
            found[one.name] = text
    return found
