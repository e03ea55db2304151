"""One thing to mend in a survey, as the checks before publishing say it."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """MUST keeps from publishing; ADVICE is shown and leaves it to the author."""

    MUST = "must"
    ADVICE = "advice"


class Place(StrEnum):
    """Which screen it is mended on, where it is not that of one question."""

    QUESTIONS = "questions"
    TEXTS = "texts"
    PIPING = "piping"


@dataclass(frozen=True)
class Finding:
    """What is found and how to mend it. `question`: the code of the question it is about, None for the whole survey.

    field: of the form it is mended in, where that is one of the texts.
    """

    sentence: str
    question: str | None = None
    mend: str = ""
    weight: Weight = Weight.MUST
    place: Place = Place.QUESTIONS
    field: str = ""


def advice(sentence: str, mend: str, question: str | None = None) -> Finding:
    """A finding that does not keep from publishing."""
    return Finding(sentence, question, mend, Weight.ADVICE)
