"""Conditions by clicking: of a question, of its screen, of another wording.

A press of 足す or 消す answers with the form as it then looks and stores nothing; only 保存 does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.clashes import take_refusal
from app.db import db
from app.edits import Overtaken
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.surveys import services
from app.surveys.attributes import imported_names
from app.surveys.building import (
    ATTRIBUTE,
    MOST_BLOCKS,
    MOST_ROWS,
    BadRow,
    Block,
    Draft,
    Row,
    Subject,
    Takes,
    draft_of_rule,
    rule_of_draft,
    subjects_of,
)
from app.surveys.compiled import CompiledQuestion, CompiledVersion, compile_version
from app.surveys.conditions import BadRule, Condition, Rule
from app.surveys.models import Survey
from app.surveys.piping_routes import insertions
from app.surveys.routes import blueprint
from app.surveys.telling import rule_in_words
from forms.conditions import ACT, ConditionForm, WordingForm, kept_as, rules_of


@dataclass(frozen=True)
class Target:
    """What the condition is of. number: of the wording, from 1."""

    survey: Survey
    version: CompiledVersion
    question: CompiledQuestion
    of: str
    number: int = 0

    @property
    def rule(self) -> Rule | None:
        """The condition as it stands."""
        if self.of == "wording":
            prompts = self.question.prompts
            return prompts[self.number - 1].when.rule if self.number <= len(prompts) else None
        found = self.question.condition if self.of == "question" else self.question.page_condition
        return found.rule if found else None

    @property
    def earlier(self) -> list[CompiledQuestion]:
        """The questions it may look at: those before; for a screen, those on screens before."""
        before = self.version.questions[: self.version.questions.index(self.question)]
        return [one for one in before if self.of != "screen" or one.page < self.question.page]

    @property
    def subjects(self) -> dict[str, Subject]:
        used = Condition(self.rule).attributes if self.rule is not None else frozenset()
        names = dict.fromkeys([*imported_names(), *sorted(used)])
        found = subjects_of(self.earlier, [])
        known = subjects_of([], [name for name in names if f"{ATTRIBUTE}{name}" not in found])
        return found | known

    @property
    def offered(self) -> dict[str, Subject]:
        """What a new row may look at: nothing of the customer where the survey is answered without names."""
        subjects = self.subjects
        if not self.survey.anonymous:
            return subjects
        return {name: one for name, one in subjects.items() if not name.startswith(ATTRIBUTE)}

    @property
    def is_new(self) -> bool:
        return self.of == "wording" and self.number > len(self.question.prompts)

    @property
    def url(self) -> str:
        values: dict[str, Any] = {"survey_id": self.survey.id, "code": self.question.code}
        if self.of == "wording":
            return url_for(".show_wording", number=self.number, **values)
        return url_for(".show_condition" if self.of == "question" else ".show_screen", **values)


@blueprint.get("/surveys/<int:survey_id>/questions/<code>/condition")
@needs(Right.EDIT)
def show_condition(survey_id: int, code: str) -> ResponseReturnValue:
    return _shown(_target(survey_id, code, "question"))


@blueprint.post("/surveys/<int:survey_id>/questions/<code>/condition")
@needs(Right.EDIT)
def set_condition(survey_id: int, code: str) -> ResponseReturnValue:
    return _pressed(_target(survey_id, code, "question"))


@blueprint.get("/surveys/<int:survey_id>/questions/<code>/screen")
@needs(Right.EDIT)
def show_screen(survey_id: int, code: str) -> ResponseReturnValue:
    return _shown(_target(survey_id, code, "screen"))


@blueprint.post("/surveys/<int:survey_id>/questions/<code>/screen")
@needs(Right.EDIT)
def set_screen(survey_id: int, code: str) -> ResponseReturnValue:
    return _pressed(_target(survey_id, code, "screen"))


@blueprint.get("/surveys/<int:survey_id>/questions/<code>/wordings/<int:number>")
@needs(Right.EDIT)
def show_wording(survey_id: int, code: str, number: int) -> ResponseReturnValue:
    return _shown(_target(survey_id, code, "wording", number))


@blueprint.post("/surveys/<int:survey_id>/questions/<code>/wordings/<int:number>")
@needs(Right.EDIT)
def set_wording(survey_id: int, code: str, number: int) -> ResponseReturnValue:
    return _pressed(_target(survey_id, code, "wording", number))


def _target(survey_id: int, code: str, of: str, number: int = 0) -> Target:
    survey = db.get_or_404(Survey, survey_id)
    version = compile_version(survey.newest_version)
    question = version.question(code)
    if question is None or (of == "wording" and not _may_be_worded(question, number)):
        abort(404)
    return Target(survey, version, question, of, number)


def _may_be_worded(question: CompiledQuestion, number: int) -> bool:
    return 1 <= number <= min(len(question.prompts) + 1, services.MOST_WORDINGS)


def _shown(target: Target) -> str:
    values: dict[str, Any] = {"revision": target.survey.revision}
    if target.of == "wording" and not target.is_new:
        prompt = target.question.prompts[target.number - 1]
        values |= {"title": prompt.title, "help": prompt.help}
    return _page(target, draft_of_rule(target.rule, target.subjects), values)


def _pressed(target: Target) -> ResponseReturnValue:
    """One press: another row or block, one less, or 保存."""
    form = _form(target)()
    form.fit(target.subjects, target.offered)
    if not form.validate_on_submit():
        return _rendered(target, form), 422
    act, _colon, place = request.form.get(ACT, "save").partition(":")
    draft = _draft_of_form(form, target.subjects)
    if act in _ACTS:
        _ACTS[act](draft, place, form, target.offered)
        return _page(target, draft, _typed(form))
    if act == "delete" and target.of == "wording" and not target.is_new:
        return _save(target, form, None)
    try:
        rule = rule_of_draft(draft, target.subjects)
    except BadRow as error:
        form.take_refusal(_incomplete(str(error), target.subjects, draft))
        return _rendered(target, form), 422
    return _save(target, form, rule)


def _save(target: Target, form: ConditionForm, rule: Rule | None) -> ResponseReturnValue:
    survey, code, member, now = target.survey, target.question.code, current_member(), clock.now()
    try:
        if target.of == "wording":
            texts = {"when": rule, "title": form["title"].data, "help": form["help"].data}
            wording = None if request.form.get(ACT) == "delete" else texts
            services.set_wording(survey, code, target.number, wording, form.shown_revision, member, now)
        elif target.of == "screen":
            services.set_page_condition(survey, code, rule, form.shown_revision, member, now)
        else:
            services.set_condition(survey, code, rule, form.shown_revision, member, now)
    except OkaeriError as error:
        form.sentence.data = _sentence(target, rule)
        if isinstance(error, Overtaken):  # people read sentences, not rules
            standing = error.theirs.get("condition")
            if standing is not None:
                error.theirs = {"sentence": replace(standing, value=_sentence(target, standing.value))}
        status = take_refusal(form, error, target.url)
        return _rendered(target, form), status
    flash(_("保存しました。"))
    return redirect(url_for(".show_question", survey_id=survey.id, code=code), 303)


def _form(target: Target) -> type[ConditionForm]:
    return WordingForm if target.of == "wording" else ConditionForm


def _typed(form: ConditionForm) -> dict[str, Any]:
    """What stands in the form besides the condition."""
    names = ("revision", "title", "help", "subject", "place")
    return {name: form[name].data for name in names if name in form._fields}


def _page(target: Target, draft: Draft, values: Mapping[str, Any]) -> str:
    """The form filled afresh from a draft."""
    shown = {**_level(draft), "blocks": [_level(block) for block in draft.blocks]}
    form = _form(target)(formdata=None, data={**values, **shown})
    form.fit(target.subjects, target.offered)
    return _rendered(target, form, draft)


def _level(block: Block) -> dict[str, Any]:
    rows = [
        {"subject": row.subject, "op": row.op, "picked": row.picked, "typed": row.typed} for row in block.rows
    ]
    return {"mode": block.mode, "denied": block.denied, "rows": rows, "kept": kept_as(block.kept)}


def _rendered(target: Target, form: ConditionForm, draft: Draft | None = None) -> str:
    subjects = target.subjects
    draft = draft if draft is not None else _draft_of_form(form, subjects)
    return render_template(
        "surveys/condition.html",
        survey=target.survey,
        question=target.question,
        target=target,
        form=form,
        subjects=subjects,
        kept=[_sentence(target, rule) for rule in draft.kept],
        kept_inside=[[_sentence(target, rule) for rule in block.kept] for block in draft.blocks],
        sentence=_sentence_of(target, draft),
        insertions=insertions(target.survey, target.version, target.question)
        if target.of == "wording"
        else [],
    )


def _sentence_of(target: Target, draft: Draft) -> str | None:
    """The condition in words as it would be saved now; None where a row lacks its value."""
    try:
        return _sentence(target, rule_of_draft(draft, target.subjects))
    except BadRow:
        return None


def _sentence(target: Target, rule: Rule | None) -> str:
    return rule_in_words(rule, target.version) if rule is not None else _("いつでも")


def _draft_of_form(form: ConditionForm, subjects: Mapping[str, Subject]) -> Draft:
    blocks = [_block(entry.form, subjects) for entry in form.blocks.entries]
    outer = _block(form, subjects)
    return Draft(outer.mode, outer.denied, outer.rows, outer.kept, blocks)


def _block(form: Any, subjects: Mapping[str, Subject]) -> Block:
    rows = [
        Row(one.subject.data or "", one.op.data or "", list(one.picked.data or []), one.typed.data or "")
        for one in (entry.form for entry in form.rows.entries)
    ]
    rows = [row for row in rows if row.subject in subjects]
    kept = [rule for rule in rules_of(form.kept) if _is_rule(rule)]
    return Block("any" if form.mode.data == "any" else "all", bool(form.denied.data), rows, kept)


def _is_rule(rule: Any) -> bool:
    try:
        return bool(Condition(rule))
    except BadRule:
        return False


def _incomplete(name: str, subjects: Mapping[str, Subject], draft: Draft) -> str:
    rows = [*draft.rows, *(row for block in draft.blocks for row in block.rows)]
    wrong = next((row for row in rows if name in (row.subject, row.typed)), rows[0])
    label = subjects[wrong.subject].label
    takes = subjects[wrong.subject].ops.get(wrong.op)
    if wrong.typed and takes is Takes.NUMBER:
        return _("「%(label)s」と比べる値は、数で入力してください。", label=label)
    if wrong.typed and takes is Takes.DAY:
        return _("「%(label)s」と比べる値は、日付で入力してください。", label=label)
    return _("「%(label)s」と比べる値を、選ぶか入力してください。", label=label)


def _add_row(draft: Draft, place: str, form: ConditionForm, subjects: Mapping[str, Subject]) -> None:
    subject = subjects.get(form.subject.data or "")
    into = form.place.data or ""
    block = draft.blocks[int(into)] if into.isdigit() and int(into) < len(draft.blocks) else draft
    if subject is not None and len(block.rows) < MOST_ROWS:
        block.rows.append(Row(subject.name, next(iter(subject.ops))))


def _add_block(draft: Draft, place: str, form: ConditionForm, subjects: Mapping[str, Subject]) -> None:
    if len(draft.blocks) < MOST_BLOCKS:
        draft.blocks.append(Block("any" if draft.mode == "all" else "all"))


def _remove(draft: Draft, place: str, form: ConditionForm, subjects: Mapping[str, Subject]) -> None:
    """Take out a row ("row-1"), a kept rule ("kept-0") or a block ("block-0"), or one of a block ("0-row-1")."""
    *outer, kind, number = f"-{place}".split("-")
    inside = outer[-1].isdigit() and int(outer[-1]) < len(draft.blocks)
    level: Block = draft.blocks[int(outer[-1])] if inside else draft
    lists: dict[str, list[Any]] = {"row": level.rows, "kept": level.kept, "block": draft.blocks}
    listed = lists.get(kind, [])
    if number.isdigit() and int(number) < len(listed):
        del listed[int(number)]


def _clear(draft: Draft, place: str, form: ConditionForm, subjects: Mapping[str, Subject]) -> None:
    draft.rows, draft.kept, draft.blocks, draft.denied = [], [], [], False


def _look(draft: Draft, place: str, form: ConditionForm, subjects: Mapping[str, Subject]) -> None:
    """Only say the condition anew."""


_ACTS = {"add": _add_row, "block": _add_block, "remove": _remove, "clear": _clear, "look": _look}
