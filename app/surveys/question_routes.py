"""The questions of a survey: add, edit, move, remove. Each change makes or changes the draft, never a version in use."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, edits
from app.accounts.access import Right, current_member, needs
from app.clashes import take_refusal
from app.db import db
from app.edits import Edit
from app.errors import EditClash, OkaeriError
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.surveys import rewording, services
from app.surveys.checks import WITH_CHOICES
from app.surveys.compiled import CompiledQuestion, CompiledVersion, compile_version
from app.surveys.contact import CONTACT_LABELS
from app.surveys.models import AsksFor, Question, QuestionKind, ReadAs, Survey
from app.surveys.piping import plain
from app.surveys.piping_routes import insertions
from app.surveys.routes import Again, blueprint, survey_page
from app.surveys.telling import shortened
from app.surveys.wording import KIND_LABELS, condition_in_words, prompt_in_words
from forms.base import RevisionForm
from forms.researcher import MoveForm, QuestionForm


@blueprint.get("/surveys/<int:survey_id>/questions/new")
@needs(Right.EDIT)
def show_new_question(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    kind = _kind(request.args.get("kind", ""))
    form = QuestionForm(data={"revision": survey.revision, "points": 5, **_suggested(kind)})
    form.for_kind(kind.value, first=not survey.newest_version.questions)
    return _question_page(survey, kind, form)


@blueprint.post("/surveys/<int:survey_id>/questions")
@needs(Right.EDIT)
def add_question(survey_id: int) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    kind = _kind(request.form.get("kind", ""))
    form = QuestionForm()
    form.for_kind(kind.value, first=not survey.newest_version.questions)
    if not form.validate_on_submit():
        return _question_page(survey, kind, form), 422
    try:
        texts = _texts(form, kind)
        services.add_question(survey, kind, texts, form.shown_revision, current_member(), clock.now())
    except OkaeriError as error:
        form.take_refusal(error.sentence)
        return _question_page(survey, kind, form), error.status
    flash(_("設問を加えました。"))
    return redirect(url_for(".show_survey", survey_id=survey.id), 303)


@blueprint.get("/surveys/<int:survey_id>/questions/<code>")
@needs(Right.EDIT)
def show_question(survey_id: int, code: str) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    version, question = _question_or_404(survey, code)
    form = QuestionForm(data={"revision": survey.revision, **_filled(version, question)})
    _fit(form, version, question)
    return _question_page(survey, question.kind, form, question, _words(survey, version, question))


@blueprint.post("/surveys/<int:survey_id>/questions/<code>")
@needs(Right.EDIT)
def edit_question(survey_id: int, code: str) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    removal = None if _has(survey, code) else services.removal_of_question(survey, code)
    if removal is not None:
        return _removed_page(survey, removal)
    version, question = _question_or_404(survey, code)
    form = QuestionForm()
    _fit(form, version, question)
    if not form.validate_on_submit():
        return _question_page(survey, question.kind, form, question, _words(survey, version, question)), 422
    try:
        if not rewording.is_clear(form, question):
            form.meant.errors = [_("まだ保存していません。下の数え方を確かめて、もう一度保存してください。")]
            return _question_page(
                survey, question.kind, form, question, _words(survey, version, question)
            ), 422
        texts = _texts(form, question.kind, question)
        saved = services.edit_question(
            survey, code, texts, form.shown_revision, current_member(), clock.now()
        )
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_question", survey_id=survey.id, code=code))
        return _question_page(
            survey, question.kind, form, question, _words(survey, version, question)
        ), status
    flash(_("保存しました。") + _reworded(question, saved))
    return redirect(url_for(".show_survey", survey_id=survey.id), 303)


@blueprint.post("/surveys/<int:survey_id>/questions/<code>/move")
@needs(Right.EDIT)
def move_question(survey_id: int, code: str) -> ResponseReturnValue:
    survey = db.get_or_404(Survey, survey_id)
    form = MoveForm()
    if not form.validate_on_submit():
        abort(400)
    if not _has(survey, code):
        return _tell_removed(survey, code)
    steps = int(form.steps.data)
    left = services.move_question(survey, code, steps, form.shown_revision, current_member(), clock.now())
    if left is not None:
        _tell_apart(survey, code, left, steps)
    return redirect(url_for(".show_survey", survey_id=survey.id, _anchor=f"question-{code}"), 303)


@blueprint.post("/surveys/<int:survey_id>/questions/<code>/put-<word>/<other>")
@needs(Right.EDIT)
def put_question_back(survey_id: int, code: str, word: str, other: str) -> ResponseReturnValue:
    """Take back a step that led a question off the screen it shared with another."""
    survey = db.get_or_404(Survey, survey_id)
    if word not in ("before", "behind"):
        abort(404)
    is_back = services.put_question_back(survey, code, other, word == "behind", current_member(), clock.now())
    flash(
        _("同じ画面に戻しました。")
        if is_back
        else _("そのあいだに設問が変わったため、同じ画面に戻せませんでした。")
    )
    return redirect(url_for(".show_survey", survey_id=survey.id, _anchor=f"question-{code}"), 303)


@blueprint.post("/surveys/<int:survey_id>/questions/<code>/remove")
@needs(Right.EDIT)
def remove_question(survey_id: int, code: str) -> ResponseReturnValue:
    survey, form = db.get_or_404(Survey, survey_id), RevisionForm()
    if not form.validate_on_submit():
        abort(400)
    if not _has(survey, code):
        return _tell_removed(survey, code)
    try:
        services.remove_question(survey, code, form.shown_revision, current_member(), clock.now())
    except EditClash as error:
        action = url_for(".remove_question", survey_id=survey.id, code=code)
        again = Again(_("それでも消す"), action, "bad")
        return survey_page(survey, error.sentence, again), error.status
    flash(_("設問を消しました。"))
    return redirect(url_for(".show_survey", survey_id=survey.id), 303)


def _tell_apart(survey: Survey, code: str, other: Question, steps: int) -> None:
    """A question has left the screen it shared: say so, with the way back."""
    version = survey.newest_version
    moved = next(one for one in version.questions if one.code == code)
    one, two = (shortened(plain(question.title)) for question in (moved, other))
    word = "behind" if steps > 0 else "before"
    undo = url_for(".put_question_back", survey_id=survey.id, code=code, word=word, other=other.code)
    flash(_("「%(one)s」は、「%(two)s」と別の画面になりました。", one=one, two=two), f"undo:{undo}")


def _reworded(before: CompiledQuestion, after: Question) -> str:
    """Which choices were taken for old ones in new words: their answers are counted together."""
    labels = {choice.code: choice.label for choice in before.choices}
    pairs = [(labels.get(one["code"], one["label"]), one["label"]) for one in after.choices]
    said = [_("「%(old)s」を「%(new)s」", old=old, new=new) for old, new in pairs if old != new]
    return _("同じ選択肢の言いかえとして残しました：%(said)s", said=_("、").join(said)) if said else ""


def _has(survey: Survey, code: str) -> bool:
    return any(question.code == code for question in survey.newest_version.questions)


def _tell_removed(survey: Survey, code: str) -> ResponseReturnValue:
    """Somebody took the question out first: nothing is left to do, and nothing was typed."""
    removal = services.removal_of_question(survey, code) or abort(404)
    flash(_("%(name)sが先にこの設問を消しています。", name=edits.name_of(removal)))
    return redirect(url_for(".show_survey", survey_id=survey.id), 303)


def _removed_page(survey: Survey, removal: Edit) -> ResponseReturnValue:
    """The question is gone, what was typed is not: it can be added again as a new one."""
    kind, form = QuestionKind(removal.after["kind"]), QuestionForm()
    form.for_kind(kind.value, first=not survey.newest_version.questions)
    form.revision.data = str(survey.revision)
    form.take_refusal(
        _(
            "%(name)sが先にこの設問を消しました。入力した内容で、もう一度加えられます。",
            name=edits.name_of(removal),
        )
    )
    return _question_page(survey, kind, form), 409


def _kind(word: str) -> QuestionKind:
    try:
        return QuestionKind(word)
    except ValueError:
        abort(404)


def _question_or_404(survey: Survey, code: str) -> tuple[CompiledVersion, CompiledQuestion]:
    version = compile_version(survey.newest_version)
    question = version.question(code)
    if question is None:
        abort(404)
    return version, question


def _fit(form: QuestionForm, version: CompiledVersion, question: CompiledQuestion) -> None:
    first = version.questions[0].code == question.code
    choices = [(choice.code, choice.label) for choice in question.choices]
    conditional = question.condition is not None
    form.for_kind(question.kind.value, bool(question.prompts), conditional, first, choices)


def _suggested(kind: QuestionKind) -> dict[str, Any]:
    """What a new question of a kind starts with, in the language of the respondents."""
    with speaking(JAPANESE):
        if kind is QuestionKind.CONTACT:
            return {"wishes": list(CONTACT_LABELS), **_wish_labels({})}
        if kind is QuestionKind.NPS:
            return {"low": _("まったく思わない"), "high": _("とても思う")}
    return {}


def _filled(version: CompiledVersion, question: CompiledQuestion) -> dict[str, Any]:
    """The form's values for a question as it stands."""
    place = version.questions.index(question)
    return {
        "title": question.title,
        "help": question.help,
        "required": question.required,
        "choices": "\n".join(choice.label for choice in question.choices),
        "read_as": question.read_as.value if question.read_as else "",
        "asks_for": question.asks_for.value,
        "joined": place > 0 and version.questions[place - 1].page == question.page,
        "prompts": [prompt.title for prompt in question.prompts],
        "boxed": question.other.code if question.other else "",
        "alone": [choice.code for choice in question.choices if choice.exclusive],
        "pinned": [choice.code for choice in question.choices if choice.pinned],
        "wishes": [choice.code for choice in question.choices],
        **_wish_labels({choice.code: choice.label for choice in question.choices}),
        **question.settings,
    }


def _wish_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The words of every wish; of one that is not offered those it would begin with, as respondents read them."""
    with speaking(JAPANESE):
        return {f"wish_{code}": labels.get(code, str(one)) for code, one in CONTACT_LABELS.items()}


def _texts(
    form: QuestionForm, kind: QuestionKind, question: CompiledQuestion | None = None
) -> services.QuestionTexts:
    """What the form says, in the vocabulary of the services."""
    values: Mapping[str, Any] = form.values()
    lines = (values.get("choices") or "").splitlines() if kind in WITH_CHOICES else []
    settings = form.settings()
    if question is not None and question.prompts:
        settings["prompts"] = [
            {"when": prompt.when.rule, "title": (title or "").strip() or prompt.title, "help": prompt.help}
            for prompt, title in zip(question.prompts, values["prompts"], strict=False)
        ]
    return services.QuestionTexts(
        title=values["title"],
        help=values["help"],
        required=bool(values.get("required")),
        choices=tuple(lines),
        settings=settings,
        read_as=ReadAs(values["read_as"]) if values.get("read_as") else None,
        asks_for=AsksFor(values.get("asks_for") or AsksFor.ANYTHING),
        joined=bool(values.get("joined")),
        always=bool(values.get("always")),
        boxed=values["boxed"] or "" if "boxed" in values else None,
        alone=tuple(values["alone"] or ()) if "alone" in values else None,
        pinned=tuple(values["pinned"] or ()) if "pinned" in values else None,
        meant=form.meanings() if question is not None and form.meant_lines else None,
        wishes=tuple(
            (code, values[f"wish_{code}"]) for code in CONTACT_LABELS if code in (values["wishes"] or ())
        )
        if "wishes" in values
        else None,
    )


def _question_page(
    survey: Survey,
    kind: QuestionKind,
    form: QuestionForm,
    question: CompiledQuestion | None = None,
    words: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    return render_template(
        "surveys/question.html",
        survey=survey,
        kind=kind,
        kind_label=KIND_LABELS[kind],
        form=form,
        question=question,
        **(words or {"insertions": insertions(survey, compile_version(survey.newest_version))}),
    )


def _words(survey: Survey, version: CompiledVersion, question: CompiledQuestion) -> dict[str, Any]:
    """To whom a question and each of its prompts is shown, and what can be put into its texts."""
    return {
        "prompts": [prompt_in_words(prompt.when, version) for prompt in question.prompts],
        "condition": condition_in_words(question.condition, version) if question.condition else None,
        "screen": condition_in_words(question.page_condition, version) if question.page_condition else None,
        "insertions": insertions(survey, version, question),
        "shares_screen": sum(one.page == question.page for one in version.questions) > 1,
        "next_wording": len(question.prompts) + 1 if len(question.prompts) < services.MOST_WORDINGS else None,
    }
