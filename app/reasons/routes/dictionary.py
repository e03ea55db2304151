"""/reasons/dictionary: words as this organisation uses them, and what they change in the reading."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs
from app.clashes import is_removed_by_me, row_or_told, take_refusal
from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.reasons import engine, services
from app.reasons.lexicon import hash_of_words
from app.reasons.models_dictionary import DictionaryEntry, DictionaryVersion
from app.reasons.queries import dictionary as queries
from app.reasons.routes.shared import blueprint, number_asked, number_in, reviewer, tabs
from app.reasons.services import trying
from forms.analyst_dictionary import KINDS, DictionaryForm, RemoveWordForm, WordForm
from forms.base import Form

SHOWN_WORDS = 2  # examples of each proposal


@blueprint.before_request
def read_with_the_dictionary() -> None:
    """Searching and explaining go by the version in force, also right after another process has made it."""
    services.take_dictionary()


@blueprint.get("/reasons/dictionary")
@needs(Right.READ)
def show_dictionary() -> ResponseReturnValue:
    return _overview()


@blueprint.post("/reasons/dictionary/check")
@needs(Right.CODE)
def check_dictionary() -> ResponseReturnValue:
    if not Form().validate_on_submit():
        abort(400)
    check = trying.look_through(reviewer(), clock.now())
    if not check.found:
        flash(_("気になることばは、見つかりませんでした。"))
    return redirect(url_for(".show_dictionary"), 303)


@blueprint.get("/reasons/dictionary/words/new")
@needs(Right.CODE)
def show_new_word() -> ResponseReturnValue:
    asked = {name: request.args.get(name, "")[:40] for name in ("surface", "target")}
    kind = request.args.get("kind", "")
    form = WordForm(formdata=None, **asked, kind=kind if kind in dict(_kinds()) else "word")
    return _word_page(form, None)


@blueprint.post("/reasons/dictionary/words/new")
@needs(Right.CODE)
def add_word() -> ResponseReturnValue:
    form = WordForm()
    if not form.validate_on_submit():
        return _word_page(form, None), 422
    try:
        entry = services.keep_word(form.values(), reviewer(), clock.now())
    except OkaeriError as error:
        db.session.rollback()
        form.take_refusal(error.sentence)
        return _word_page(form, None), error.status
    undo = url_for(".remove_word", entry_id=entry.id, revision=entry.revision)
    flash(
        _("「%(word)s」を登録しました。反映するまで、読み取りは変わりません。", word=entry.surface),
        f"undo:{undo}",
    )
    return redirect(url_for(".show_dictionary"), 303)


@blueprint.get("/reasons/dictionary/words/<int:entry_id>")
@needs(Right.CODE)
def show_word(entry_id: int) -> ResponseReturnValue:
    entry = _entry(entry_id)
    values = {"surface": entry.surface, "kind": entry.kind.value, "target": entry.target}
    return _word_page(WordForm(formdata=None, **values, revision=entry.revision), entry)


@blueprint.post("/reasons/dictionary/words/<int:entry_id>")
@needs(Right.CODE)
def change_word(entry_id: int) -> ResponseReturnValue:
    form = WordForm()
    entry = _entry(entry_id, form)
    if not form.validate_on_submit():
        return _word_page(form, entry), 422
    try:
        services.keep_word(form.values(), reviewer(), clock.now(), entry, form.shown_revision)
    except OkaeriError as error:
        db.session.rollback()
        status = take_refusal(form, error, url_for(".show_word", entry_id=entry_id))
        return _word_page(form, _entry(entry_id, form)), status
    flash(_("「%(word)s」を保存しました。反映するまで、読み取りは変わりません。", word=entry.surface))
    return redirect(url_for(".show_dictionary"), 303)


@blueprint.post("/reasons/dictionary/words/<int:entry_id>/remove")
@needs(Right.CODE)
def remove_word(entry_id: int) -> ResponseReturnValue:
    form = RemoveWordForm()
    if not form.validate_on_submit():
        abort(400)
    if db.session.get(DictionaryEntry, entry_id) is None and is_removed_by_me(DictionaryEntry, entry_id):
        return redirect(url_for(".show_dictionary"), 303)
    entry = _entry(entry_id)
    values: dict[str, Any] = {
        "surface": entry.surface,
        "kind": entry.kind.value,
        "target": entry.target,
    }
    shown = form.shown_revision or number_in(request.args.get("revision")) or 0
    try:
        services.remove_word(entry, reviewer(), clock.now(), shown)
    except OkaeriError as error:
        db.session.rollback()
        flash(error.sentence, "error")
        return redirect(url_for(".show_word", entry_id=entry_id), 303)
    flash(
        _("「%(word)s」の登録を消しました。", word=values["surface"]),
        f"undo:{url_for('.restore_word', **values)}",
    )
    return redirect(url_for(".show_dictionary"), 303)


@blueprint.post("/reasons/dictionary/words/restore")
@needs(Right.CODE)
def restore_word() -> ResponseReturnValue:
    """Undo of a removal: the address holds what was removed."""
    values = {name: request.args.get(name, "") for name in ("surface", "kind", "target")}
    if not Form().validate_on_submit() or values["kind"] not in dict(_kinds()):
        abort(400)
    try:
        services.keep_word(values, reviewer(), clock.now())
    except OkaeriError as error:
        db.session.rollback()
        flash(error.sentence, "error")
    else:
        flash(_("元に戻しました。"))
    return redirect(url_for(".show_dictionary"), 303)


@blueprint.get("/reasons/dictionary/trial")
@needs(Right.CODE)
def try_dictionary() -> ResponseReturnValue:
    words, (number, content) = queries.words_edited(), queries.in_force()
    if hash_of_words(words) == content:
        return redirect(url_for(".show_dictionary"), 303)
    form = DictionaryForm(formdata=None, number=number, content=hash_of_words(words))
    return _trial_page(form)


@blueprint.post("/reasons/dictionary/apply")
@needs(Right.CODE)
def apply_dictionary() -> ResponseReturnValue:
    form = DictionaryForm()
    if not form.validate_on_submit():
        return _trial_page(form), 422
    try:
        version = services.apply_words(
            reviewer(), clock.now(), number_in(form.number.data) or 0, form.content.data or "", form.note.data
        )
    except OkaeriError as error:
        db.session.rollback()
        flash(error.sentence, "error")
        return _overview(), error.status
    if version is not None:
        back = url_for(".revert_dictionary", number=version.number - 1, standing=version.number)
        flash(_applied(version), f"undo:{back}")
    return redirect(url_for(".show_dictionary"), 303)


@blueprint.post("/reasons/dictionary/drop")
@needs(Right.CODE)
def drop_dictionary_changes() -> ResponseReturnValue:
    if not Form().validate_on_submit():
        abort(400)
    services.drop_changes(reviewer(), clock.now())
    flash(_("変更をやめて、使っている版の登録に戻しました。"))
    return redirect(url_for(".show_dictionary"), 303)


@blueprint.get("/reasons/dictionary/versions")
@needs(Right.READ)
def list_dictionary_versions() -> ResponseReturnValue:
    return render_template(
        "reasons/dictionary_versions.html", versions=queries.dictionary_versions(), tabs=tabs("dictionary")
    )


@blueprint.get("/reasons/dictionary/versions/<int:number>")
@needs(Right.READ)
def show_dictionary_version(number: int) -> ResponseReturnValue:
    return _version_page(_version(number))


@blueprint.post("/reasons/dictionary/versions/<int:number>/revert")
@needs(Right.CODE)
def revert_dictionary(number: int) -> ResponseReturnValue:
    form = DictionaryForm()
    if not form.validate_on_submit():
        abort(400)
    if number and queries.dictionary_numbered(number) is None:
        abort(404)
    shown = number_in(form.number.data) or number_asked("standing") or 0
    try:
        made = services.revert_words(number, reviewer(), clock.now(), shown)
    except OkaeriError as error:
        db.session.rollback()
        flash(error.sentence, "error")
        return _overview(), error.status
    flash(_applied(made) if made else _("いまの版と同じです。"))
    return redirect(url_for(".show_dictionary"), 303)


def _applied(version: DictionaryVersion) -> str:
    return _(
        "辞書の第%(number)s版を使いはじめました。これから読む声に効きます。読んである声は、分析の実行から読みなおせます。",
        number=version.number,
    )


def _overview() -> str:
    entries, version, check = queries.entries(), queries.newest_version(), queries.newest_check()
    settled = {one.surface for one in entries}
    proposals = [one for one in check.found if one["surface"] not in settled] if check else []
    wanted = {one["surface"]: one["answer_ids"][:SHOWN_WORDS] for one in proposals}
    standing, edited = set(queries.words_of(version)), set(queries.words_edited())
    return render_template(
        "reasons/dictionary.html",
        entries=entries,
        version=version,
        check=check,
        proposals=proposals,
        examples=queries.examples_of(wanted),
        added=sorted(edited - standing),
        gone=sorted(standing - edited),
        pending=len(edited ^ standing),
        kinds=dict(_kinds()),
        tabs=tabs("dictionary"),
    )


def _word_page(form: WordForm, entry: DictionaryEntry | None) -> str:
    return render_template("reasons/dictionary_word.html", form=form, entry=entry, tabs=tabs("dictionary"))


def _trial_page(form: DictionaryForm) -> str:
    standing, edited = set(queries.words_of(queries.newest_version())), set(queries.words_edited())
    reader = engine.engine_in(Path(current_app.extensions["settings"].instance_path) / "readers")
    return render_template(
        "reasons/dictionary_trial.html",
        form=form,
        trial=trying.try_words(reader),
        added=sorted(edited - standing),
        gone=sorted(standing - edited),
        targets=defaultdict(str, {one.surface: one.target for one in edited}),
        kinds=dict(_kinds()),
        tabs=tabs("dictionary"),
    )


def _version_page(version: DictionaryVersion) -> str:
    return render_template(
        "reasons/dictionary_version.html",
        version=version,
        words=queries.words_of(version),
        newest=queries.in_force()[0],
        kinds=dict(_kinds()),
        tabs=tabs("dictionary"),
    )


def _kinds() -> list[tuple[str, Any]]:
    return [(str(one.value), one.label) for one in KINDS]


def _entry(entry_id: int, form: WordForm | None = None) -> DictionaryEntry:
    if number_in(str(entry_id)) is None:
        abort(404)
    return row_or_told(DictionaryEntry, entry_id, form)


def _version(number: int) -> DictionaryVersion:
    if number_in(str(number)) is None:
        abort(404)
    return queries.dictionary_numbered(number) or abort(404)
