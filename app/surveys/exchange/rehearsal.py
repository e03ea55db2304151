"""What somebody with given answers would be asked, and what of it would be kept, by a survey in SurveyJS JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.surveys.compiled import CompiledVersion, compile_question
from app.surveys.conditions import is_answer
from app.surveys.exchange.leftovers import Leftover
from app.surveys.exchange.reading import read_definition
from app.surveys.models import Question


@dataclass(frozen=True)
class Rehearsal:
    """Names of the questions shown, in order; the answers kept, by name; what of the survey could not be taken."""

    visible: list[str]
    stored: dict[str, Any]
    leftovers: list[Leftover]


def rehearse(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> Rehearsal:
    """Walk top-down through a survey, answering each question by its name.

    A hidden question is never asked and holds no value; nothing, an empty text and an empty list are no answers.
    """
    read = read_definition(definition)
    questions = tuple(compile_question(Question(**fields)) for fields in read.questions)
    version = CompiledVersion(id=0, survey_id=0, number=1, questions=questions)
    known = {code: answers[name] for code, name in read.names.items() if name in answers}
    shown = version.visible(known)
    stored = {
        read.names[one.code]: known[one.code]
        for one in shown
        if one.is_asked and is_answer(known.get(one.code))
    }
    lost = [one for one in read.leftovers if one.what != "name"]  # here every question keeps its own name
    return Rehearsal([read.names[one.code] for one in shown], stored, lost)
