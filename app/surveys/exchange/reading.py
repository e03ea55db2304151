"""SurveyJS JSON as the texts and questions of a survey of ours. Knows no database."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.i18n import gettext as _
from app.surveys.conditions import Rule
from app.surveys.contact import CONTACT_LABELS
from app.surveys.exchange.expressions import Unreadable
from app.surveys.exchange.kinds import question_of
from app.surveys.exchange.leftovers import Leftover, Leftovers
from app.surveys.exchange.piped import read_fields, reader, restore_fields
from app.surveys.exchange.rules import ALWAYS, rule_of
from app.surveys.exchange.texts import cleaned, text_of_html
from app.surveys.exchange.writing import EXTRA
from app.surveys.models import AsksFor, QuestionKind, ReadAs

DEEPEST_PANEL = 20
_NAME = re.compile(r"[^\s/\\{}?#%]{1,40}")
_OF_SURVEY = {"title", "description", "completedHtml", "pages", "elements", "questions", EXTRA, "locale"}
_NO_CONTENT = {"$schema", "sjsVersion", "surveyId", "surveyPostId"}
_LONGEST_RETENTION = 120
_UNSAID: dict[str, Any] = {"choices": [], "settings": {}, "read_as": None, "asks_for": AsksFor.ANYTHING}
Names = Mapping[str, str]


@dataclass
class Definition:
    """What was read: texts, the fields of each Question in order, their names there by code, and what could not be taken."""

    title: str
    welcome: str
    thanks: str
    purpose: str
    retention_months: int
    questions: list[dict[str, Any]]
    names: dict[str, str]
    leftovers: list[Leftover]


@dataclass
class _Found:
    """An element on its way to a question: its screen, and the conditions of the panels it stands in and its own."""

    element: Mapping[str, Any]
    page: int
    screen: Mapping[str, Any]
    conditions: list[str]
    fields: dict[str, Any] = field(default_factory=dict)


def read_definition(definition: Mapping[str, Any]) -> Definition:
    """Read a survey; every property that is not taken is listed."""
    given, left = cleaned(dict(definition)), Leftovers()
    title, welcome = left.text(given, "title"), left.text(given, "description")
    thanks, lost = text_of_html(left.text(given, "completedHtml"))
    if lost:
        left.add("completedHtml", "", _("文字だけを取り込みました（%(tags)s）。", tags=", ".join(lost)))
    for name, value in given.items():
        if name not in _OF_SURVEY | _NO_CONTENT and value not in (None, "", [], {}):
            left.add(name, value)
    extra = given.get(EXTRA) if isinstance(given.get(EXTRA), Mapping) else {}
    months = extra.get("retentionMonths")
    found = _questions(given, left)
    asked = {name: code for one in found for name, code in _asked(one)}
    return Definition(
        title=reader({}, left)(title, "title"),
        welcome=reader({}, left)(welcome, "description"),
        thanks=reader(asked, left)(thanks, "completedHtml"),
        purpose=str(extra.get("purpose") or ""),
        retention_months=months if type(months) is int and 1 <= months <= _LONGEST_RETENTION else 36,
        questions=_placed(found),
        names={one.fields["code"]: _name_of(one.element) or one.fields["code"] for one in found},
        leftovers=left.found,
    )


def _questions(given: Mapping[str, Any], left: Leftovers) -> list[_Found]:
    found = []
    codes: dict[str, str] = {}
    elements = list(_elements(given, left))
    names = {_name_of(one.element).casefold() for one in elements}
    for one in elements:
        left.where = _name_of(one.element)
        fields = question_of(one.element, left)
        if fields is not None:
            code = _free_code(left.where, codes, names, left)
            one.fields = {**_UNSAID, "code": code, **_shared(one.element, left), **fields}
            found.append(one)
    # Only now is it known which questions there are, and which of them hold several choices.
    several = {
        name: _kind(one) is QuestionKind.MULTIPLE for name, one in zip(codes.values(), found, strict=True)
    }
    known = {name: several[code] for name, code in codes.items()}
    renamed = {name.casefold(): code for name, code in codes.items()}
    screens: dict[int, Rule | None] = {}
    for one in found:
        if one.page not in screens:
            left.where = _name_of(one.screen)
            screens[one.page] = _condition(_expressions(one.screen), known, renamed, left)
        left.where = _name_of(one.element)
        read_fields(one.fields, reader(_asked_before(found, one.page), left))
        _add_extra(one, known, renamed, left)
        one.fields["condition"] = _condition(one.conditions, known, renamed, left)
        one.fields["page_condition"] = screens[one.page]
    left.where = ""
    return found


def _asked_before(found: list[_Found], page: int) -> Names:
    """The names of the questions on the screens before, in small letters, with their codes."""
    return {name: code for one in found if one.page < page for name, code in _asked(one)}


def _asked(one: _Found) -> Iterator[tuple[str, str]]:
    if _kind(one) is not QuestionKind.STATEMENT:
        yield (_name_of(one.element) or one.fields["code"]).casefold(), one.fields["code"]


def _kind(one: _Found) -> QuestionKind:
    kind: QuestionKind = one.fields["kind"]
    return kind


def _name_of(element: Mapping[str, Any]) -> str:
    return str(element.get("name", "")).strip()


def _elements(given: Mapping[str, Any], left: Leftovers) -> Iterator[_Found]:
    """All questions in order with their page; panels are opened, their conditions handed down."""
    pages = given.get("pages")
    if not isinstance(pages, list):
        pages = [{"elements": given.get("elements") or given.get("questions")}]
    for number, page in enumerate(pages, 1):
        if isinstance(page, Mapping):
            yield from _inside(page, number, page, [], left)


def _inside(
    holder: Mapping[str, Any],
    page: int,
    screen: Mapping[str, Any],
    conditions: list[str],
    left: Leftovers,
    depth: int = 0,
) -> Iterator[_Found]:
    left.where = here = _name_of(holder)
    for name, value in holder.items():
        taken = {"type", "name", "elements", "questions", "visibleIf"}
        if name not in taken and value not in (None, "", [], {}):
            left.add(name, value)
    shown_if = (
        [*conditions, *_expressions(holder)] if depth else []
    )  # the screen's own condition stays with the screen
    inside = holder.get("elements") or holder.get("questions") or []
    for element in inside if isinstance(inside, list) else []:
        if not isinstance(element, Mapping) or depth > DEEPEST_PANEL:
            left.where = here
            left.add("elements", element)
        elif element.get("type") == "panel":
            yield from _inside(element, page, screen, shown_if, left, depth + 1)
        else:
            yield _Found(element, page, screen, [*shown_if, *_expressions(element)])


def _expressions(holder: Mapping[str, Any]) -> list[str]:
    given = holder.get("visibleIf")
    return [given] if isinstance(given, str) and given.strip() else []


def _free_code(name: str, codes: dict[str, str], names: set[str], left: Leftovers) -> str:
    """The question's name as its code, or q1, q2 … where it cannot be one; `codes` remembers name → code.

    No made-up code is the name of another question.
    """
    taken = {code.casefold() for code in codes.values()}
    known = {one.casefold() for one in codes}
    if _NAME.fullmatch(name) and name.casefold() not in taken | known:
        codes[name] = name
        return name
    number = 1
    while f"q{number}" in taken | names:
        number += 1
    code = f"q{number}"
    left.add("name", name, _("記号を %(code)s にしました。", code=code))
    codes[name if name and name.casefold() not in known else code] = code
    return code


def _shared(element: Mapping[str, Any], left: Leftovers) -> dict[str, Any]:
    """What every question has."""
    return {
        "title": left.text(element, "title") or _name_of(element),
        "help": left.text(element, "description"),
        "required": element.get("isRequired") is True and element.get("type") != "html",
    }


def _condition(
    expressions: list[str], known: Mapping[str, bool], renamed: Mapping[str, str], left: Leftovers
) -> Rule | None:
    """All of these together, or None. What cannot be said is listed, and the question is shown all the same."""
    rules = []
    for expression in expressions:
        try:
            rule = _with_codes(rule_of(expression, known), renamed)
        except Unreadable as error:
            sentence = _(
                "条件「%(condition)s」の %(part)s を取り込めないので、この条件なしで出ます。",
                condition=expression[:200],
                part=str(error)[:60],
            )
            left.add("visibleIf", expression, sentence)
            continue
        if rule != ALWAYS:
            rules.append(rule)
    return {"all": rules} if len(rules) > 1 else rules[0] if rules else None


def _with_codes(rule: Rule, renamed: Mapping[str, str]) -> Rule:
    """The same rule with our codes for their names."""
    for group in ("all", "any"):
        if group in rule:
            return {group: [_with_codes(part, renamed) for part in rule[group]]}
    if "not" in rule:
        return {"not": _with_codes(rule["not"], renamed)}
    return {**rule, "question": renamed[rule["question"].casefold()]} if "question" in rule else rule


def _add_extra(one: _Found, known: Mapping[str, bool], renamed: Mapping[str, str], left: Leftovers) -> None:
    """What stands under "okaeri": only we write it, so only what we would write is read."""
    extra, fields = one.element.get(EXTRA), one.fields
    kind = _kind(one)
    if kind is QuestionKind.CONSENT:
        fields["required"] = fields["required"] and isinstance(extra, Mapping)
    if not isinstance(extra, Mapping):
        return
    codes = {choice["code"] for choice in fields["choices"]}
    # A wish of other codes would be stored and never fulfilled: it stays a plain choice.
    if (
        extra.get("kind") == QuestionKind.CONTACT
        and kind is QuestionKind.SINGLE
        and codes <= {*CONTACT_LABELS}
    ):
        fields["kind"] = QuestionKind.CONTACT
    if kind is QuestionKind.TEXT:
        fields["read_as"] = next((one for one in ReadAs if one.value == extra.get("readAs")), None)
        fields["asks_for"] = next(
            (one for one in AsksFor if one.value == extra.get("asksFor")), AsksFor.ANYTHING
        )
    settings = fields["settings"] = dict(fields["settings"])
    if kind is QuestionKind.NUMBER and isinstance(extra.get("unit"), str):
        settings["unit"] = extra["unit"]
    if kind is QuestionKind.SCALE and isinstance(extra.get("middle"), str):
        settings["middle"] = extra["middle"]
    if isinstance(extra.get("pinned"), list):
        fields["choices"] = [
            {**choice, "pinned": choice["code"] in extra["pinned"]} for choice in fields["choices"]
        ]
    if isinstance(extra.get("texts"), Mapping):
        restore_fields(fields, extra["texts"])
    prompts = [_prompt(given, known, renamed, left) for given in extra.get("prompts") or []]
    if any(prompts):
        settings["prompts"] = [prompt for prompt in prompts if prompt]


def _prompt(
    given: Any, known: Mapping[str, bool], renamed: Mapping[str, str], left: Leftovers
) -> dict[str, Any] | None:
    if not isinstance(given, Mapping) or not _expressions(given) or not left.text(given, "title"):
        left.add("prompts", given)
        return None
    rule = _condition(_expressions(given), known, renamed, left)
    if rule is None:
        return None
    found = {"when": rule, "title": left.text(given, "title"), "help": left.text(given, "description")}
    return {name: value for name, value in found.items() if value}


def _placed(found: list[_Found]) -> list[dict[str, Any]]:
    """Pages numbered from 1 without gaps, questions of a page from 1."""
    numbers = {page: place for place, page in enumerate(dict.fromkeys(one.page for one in found), 1)}
    positions = dict.fromkeys(numbers, 0)
    for one in found:
        positions[one.page] += 1
        one.fields |= {"page": numbers[one.page], "position": positions[one.page]}
    return [one.fields for one in found]
