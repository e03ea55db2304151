"""A version of a survey as SurveyJS JSON.

What SurveyJS has a word for is said in that word (https://surveyjs.io/form-library/documentation/design-survey/
create-a-simple-survey, properties of survey-core 3). What only we have stands under "okaeri", which SurveyJS passes
over: how a text is read, other wordings of a question, what the contact wish is, the purpose, the retention.
"""

from collections.abc import Mapping
from typing import Any

from app.surveys.compiled import Choice, CompiledQuestion, CompiledVersion
from app.surveys.exchange.piped import fallbacks, theirs
from app.surveys.exchange.rules import expression_of
from app.surveys.exchange.texts import html_of_text
from app.surveys.models import AsksFor, QuestionKind, Survey

EXTRA = "okaeri"
_TYPES = {
    QuestionKind.NPS: "rating",
    QuestionKind.SCALE: "rating",
    QuestionKind.SINGLE: "radiogroup",
    QuestionKind.CONTACT: "radiogroup",
    QuestionKind.MULTIPLE: "checkbox",
    QuestionKind.NUMBER: "text",
    QuestionKind.DATE: "text",
    QuestionKind.CONSENT: "boolean",
    QuestionKind.STATEMENT: "html",
}


def write_definition(survey: Survey, version: CompiledVersion) -> dict[str, Any]:
    """The survey's texts and the questions of this version, page by page."""
    several = {one.code: one.kind is QuestionKind.MULTIPLE for one in version.questions}
    pages: dict[int, dict[str, Any]] = {}
    for question in version.questions:
        page = pages.setdefault(question.page, {"name": f"page{len(pages) + 1}"})
        if question.page_condition:
            page["visibleIf"] = expression_of(question.page_condition.rule, several)
        page.setdefault("elements", []).append(_element(question, several))
    found = {
        "title": survey.public_title,
        "description": survey.welcome,
        "completedHtml": html_of_text(theirs(survey.thanks)),
        "pages": list(pages.values()),
        EXTRA: {"purpose": survey.purpose, "retentionMonths": survey.retention_months},
    }
    return {name: value for name, value in found.items() if value != ""}


def _element(question: CompiledQuestion, several: Mapping[str, bool]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": _type(question), "name": question.code}
    if question.kind is QuestionKind.STATEMENT:
        found["html"] = html_of_text(theirs(question.title)) + html_of_text(theirs(question.help))
    else:
        found |= {"title": theirs(question.title), "description": theirs(question.help)}
    if question.required:
        found["isRequired"] = True
    if question.condition:
        found["visibleIf"] = expression_of(question.condition.rule, several)
    found |= _of_kind(question)
    if extra := _extra(question, several):
        found[EXTRA] = extra
    return {name: value for name, value in found.items() if value not in ("", None)}


def _type(question: CompiledQuestion) -> str:
    if question.kind is QuestionKind.TEXT:
        return "text" if question.settings.get("short") else "comment"
    return _TYPES[question.kind]


def _of_kind(question: CompiledQuestion) -> dict[str, Any]:
    """The properties that only questions of this kind have."""
    settings = question.settings
    if question.kind in (QuestionKind.NPS, QuestionKind.SCALE):
        low, high = (0, 10) if question.kind is QuestionKind.NPS else (1, int(settings.get("points", 5)))
        words = {
            "minRateDescription": theirs(settings.get("low", "")),
            "maxRateDescription": theirs(settings.get("high", "")),
        }
        return {"rateMin": low, "rateMax": high, **words}
    if question.choices:
        order = {"choicesOrder": "random"} if settings.get("shuffle") else {}
        return {"choices": [_choice(choice, question.kind) for choice in question.choices], **order}
    if question.kind is QuestionKind.NUMBER:
        return {"inputType": "number", "min": settings.get("lowest"), "max": settings.get("highest")}
    if question.kind is QuestionKind.DATE:
        return {"inputType": "date"}
    if question.kind is QuestionKind.CONSENT:
        return {"label": theirs(settings.get("label", ""))}
    return {}


def _choice(choice: Choice, kind: QuestionKind) -> dict[str, Any]:
    found: dict[str, Any] = {"value": choice.code, "text": theirs(choice.label)}
    if choice.other:
        found["showCommentArea"] = True
    if choice.exclusive and kind is QuestionKind.MULTIPLE:
        found["isExclusive"] = True
    return found


def _extra(question: CompiledQuestion, several: Mapping[str, bool]) -> dict[str, Any]:
    """What only we know of a question."""
    found: dict[str, Any] = {}
    if question.kind in (QuestionKind.CONTACT, QuestionKind.CONSENT):
        found["kind"] = question.kind.value
    if question.kind is QuestionKind.TEXT:
        found["readAs"] = question.read_as.value if question.read_as else None
        if question.asks_for is not AsksFor.ANYTHING:
            found["asksFor"] = question.asks_for.value
    found |= {name: question.settings[name] for name in ("unit", "middle") if question.settings.get(name)}
    if pinned := [choice.code for choice in question.choices if choice.pinned]:
        found["pinned"] = pinned
    if texts := fallbacks(question):
        found["texts"] = texts
    if question.prompts:
        found["prompts"] = [
            {"visibleIf": expression_of(one.when.rule, several), "title": one.title, "description": one.help}
            for one in question.prompts
        ]
    return found
