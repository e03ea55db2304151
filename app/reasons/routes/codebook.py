"""/reasons/codebook: the reasons there are, what each means, and how that has changed."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import audit, clock
from app.accounts.access import Right, needs
from app.clashes import take_refusal
from app.db import db
from app.errors import BadInput, OkaeriError
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.reasons import queries, services, wording
from app.reasons.engine import NONE
from app.reasons.models import Reason
from app.reasons.models_codebook import CodebookVersion
from app.reasons.routes.shared import blueprint, number_in, reviewer, tabs
from app.reasons.services import codebook_files
from app.security import takes_files
from forms.analyst_codebook import CodebookFileForm, MergeReasonForm, ReasonForm, ReasonUseForm


@blueprint.get("/reasons/codebook")
@needs(Right.READ)
def show_codebook() -> ResponseReturnValue:
    entries = queries.whole_codebook()
    used = [one for one in entries if one.active]
    retired = [one for one in entries if not one.active]
    return render_template(
        "reasons/codebook.html",
        used=used,
        retired=retired,
        counts=queries.still_coded([one.id for one in entries]),
        merges={one.id: services.merge_of(one) for one in retired if one.merged_into_id},
        number=queries.newest_version_number(),
        wording=wording,
        tabs=tabs("codebook"),
    )


@blueprint.get("/reasons/codebook/new")
@needs(Right.CODE)
def show_new_reason() -> ResponseReturnValue:
    return _new_page(_entry_form(None, formdata=None))


@blueprint.post("/reasons/codebook/new")
@needs(Right.CODE)
def add_reason() -> ResponseReturnValue:
    form = _entry_form(None)
    if not form.validate_on_submit():
        return _new_page(form), 422
    try:
        reason = services.add_to_codebook(form.entry(), reviewer(), clock.now(), form.note.data)
    except OkaeriError as error:
        db.session.rollback()
        form.take_refusal(error.sentence)
        return _new_page(form), error.status
    flash(_("「%(label)s」を理由に加えました。", label=reason.label))
    return redirect(url_for(".show_codebook"), 303)


def _new_page(form: ReasonForm) -> str:
    return render_template("reasons/codebook_new.html", form=form, tabs=tabs("codebook"))


@blueprint.get("/reasons/codebook/<int:reason_id>")
@needs(Right.READ)
def show_reason(reason_id: int) -> ResponseReturnValue:
    return _page(_reason(reason_id))


@blueprint.post("/reasons/codebook/<int:reason_id>")
@needs(Right.CODE)
def change_reason(reason_id: int) -> ResponseReturnValue:
    reason = _reason(reason_id)
    form = _entry_form(reason)
    if not form.validate_on_submit():
        return _page(reason, form=form), 422
    try:
        version = services.change_reason(
            reason, form.entry(), reviewer(), clock.now(), form.shown_revision, form.note.data
        )
    except OkaeriError as error:
        db.session.rollback()
        status = take_refusal(form, error, url_for(".show_reason", reason_id=reason_id))
        return _page(_reason(reason_id), form=form), status
    if version is not None:
        flash(_("「%(label)s」を保存しました（第%(number)s版）。", label=reason.label, number=version.number))
    return redirect(url_for(".show_codebook"), 303)


@blueprint.post("/reasons/codebook/<int:reason_id>/retire")
@needs(Right.CODE)
def retire_reason(reason_id: int) -> ResponseReturnValue:
    return _turn(reason_id, services.retire_reason, _("「%(label)s」を使わないことにしました。"), "return")


@blueprint.post("/reasons/codebook/<int:reason_id>/return")
@needs(Right.CODE)
def return_reason(reason_id: int) -> ResponseReturnValue:
    return _turn(reason_id, services.return_reason, _("「%(label)s」をまた使います。"), "retire")


def _turn(reason_id: int, act: Any, said: str, back: str) -> ResponseReturnValue:
    """Retire or bring back, with the way back in the toast."""
    reason, form = _reason(reason_id), ReasonUseForm()
    if not form.validate_on_submit():
        return _page(reason, use=form), 422
    shown = form.shown_revision if form.revision.data else None  # an undo has seen nothing but its own act
    try:
        act(reason, reviewer(), clock.now(), shown, form.note.data)
    except OkaeriError as error:
        db.session.rollback()
        form.take_refusal(error.sentence)
        form.revision.data = None
        return _page(_reason(reason_id), use=form), error.status
    undo = url_for(f".{back}_reason", reason_id=reason.id)
    flash(said % {"label": reason.label}, f"undo:{undo}")
    return redirect(url_for(".show_codebook"), 303)


@blueprint.post("/reasons/codebook/<int:reason_id>/merge")
@needs(Right.CODE)
def merge_reason(reason_id: int) -> ResponseReturnValue:
    reason = _reason(reason_id)
    form = _merge_form(reason)
    if not form.validate_on_submit():
        return _page(reason, merge=form), 422
    heir = db.session.get(Reason, form.heir.data) or abort(404)
    try:
        version = services.merge_reasons(
            reason, heir, reviewer(), clock.now(), form.shown_revision, form.note.data
        )
    except OkaeriError as error:
        db.session.rollback()
        status = take_refusal(form, error, url_for(".show_reason", reason_id=reason_id))
        return _page(_reason(reason_id), merge=form), status
    said = _n(
        "「%(label)s」を「%(heir)s」にまとめました。%(count)s件の声が移りました。",
        version.detail["count"],
        label=version.detail["label"],
        heir=version.detail["into"],
        count=version.detail["count"],
    )
    flash(said, f"undo:{url_for('.undo_merge', number=version.number)}")
    return redirect(url_for(".show_codebook"), 303)


@blueprint.post("/reasons/codebook/versions/<int:number>/undo-merge")
@needs(Right.CODE)
def undo_merge(number: int) -> ResponseReturnValue:
    version = _version(number)
    if version.verb != "merged":
        abort(404)
    done = services.undo_merge(version, reviewer(), clock.now())
    said = _n(
        "「%(label)s」を元に戻しました。%(count)s件の声が戻りました。",
        done.returned,
        label=version.detail["label"],
        count=done.returned,
    )
    if done.staying:
        said += _n(
            "まとめたあとに人が決めた%(count)s件は、「%(heir)s」のままです。",
            done.staying,
            count=done.staying,
            heir=version.detail["into"],
        )
    flash(said)
    return redirect(url_for(".show_codebook"), 303)


@blueprint.get("/reasons/codebook/versions")
@needs(Right.READ)
def list_codebook_versions() -> ResponseReturnValue:
    versions = queries.codebook_versions()
    return render_template(
        "reasons/codebook_versions.html", versions=versions, wording=wording, tabs=tabs("codebook")
    )


@blueprint.get("/reasons/codebook/versions/<int:number>")
@needs(Right.READ)
def show_codebook_version(number: int) -> ResponseReturnValue:
    return render_template(
        "reasons/codebook_version.html", version=_version(number), wording=wording, tabs=tabs("codebook")
    )


@blueprint.get("/reasons/codebook/file")
@needs(Right.READ)
def show_codebook_file() -> ResponseReturnValue:
    return _file_page(CodebookFileForm(formdata=None))


@blueprint.post("/reasons/codebook/export")
@needs(Right.READ)
def export_codebook() -> ResponseReturnValue:
    content = codebook_files.export_codebook()
    audit.record("exported", "codebook", None, reviewer().id, clock.now(), kind="csv")
    answer = current_app.response_class(content, mimetype="text/csv")
    name = f"okaeri-codebook-{queries.newest_version_number()}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.post("/reasons/codebook/import")
@needs(Right.CODE)
@takes_files
def import_codebook() -> ResponseReturnValue:
    form = CodebookFileForm()
    if not form.validate_on_submit():
        return _file_page(form), 422
    name = (form.file.data.filename or "").replace("\x00", "")
    try:
        taken = codebook_files.import_codebook(form.file.data.read(), name, reviewer(), clock.now())
    except codebook_files.BadRows as error:
        db.session.rollback()
        return _file_page(form, error), error.status
    except BadInput as error:
        db.session.rollback()
        form.file.errors = [error.sentence]
        return _file_page(form), error.status
    flash(
        _("%(added)s件を加え、%(changed)s件を変えました。", added=taken.added, changed=taken.changed)
        if taken.added or taken.changed
        else _("変わったところはありませんでした。")
    )
    return redirect(url_for(".show_codebook"), 303)


def _file_page(form: CodebookFileForm, wrong: codebook_files.BadRows | None = None) -> str:
    most = 50
    return render_template(
        "reasons/codebook_file.html",
        form=form,
        wrong=wrong,
        told=wrong.rows[:most] if wrong else [],
        more=max(0, len(wrong.rows) - most) if wrong else 0,
        columns=codebook_files.COLUMNS,
        tabs=tabs("codebook"),
    )


def _page(
    reason: Reason,
    form: ReasonForm | None = None,
    use: ReasonUseForm | None = None,
    merge: MergeReasonForm | None = None,
) -> str:
    """One entry with all that can be done about it; forms that did not pass keep what was typed."""
    return render_template(
        "reasons/codebook_entry.html",
        reason=reason,
        form=form or _entry_form(reason, formdata=None),
        use=use or ReasonUseForm(formdata=None, revision=reason.revision),
        merge=merge or _merge_form(reason, formdata=None),
        count=queries.still_coded([reason.id]).get(reason.id, 0),
        below=[one for one in queries.whole_codebook() if one.parent_id == reason.id],
        versions=queries.versions_of(reason.id),
        merged=services.merge_of(reason) if reason.merged_into_id else None,
        is_fixed=reason.code == NONE,
        wording=wording,
        tabs=tabs("codebook"),
    )


def _entry_form(reason: Reason | None, **how: Any) -> ReasonForm:
    values = services.standing_entry(reason) if reason else {"recoverability": "middle"}
    for name in ("examples", "counter_examples"):
        values[name] = "\n".join(values.get(name, []))
    if reason is not None:
        values |= {"revision": reason.revision, "recoverability": reason.recoverability.value}
    form = ReasonForm(**how, **values)
    above = [one for one in queries.tops_in_use() if reason is None or one.id != reason.id]
    form.parent_id.choices = [("", _("いちばん上の段に置く")), *((one.id, one.label) for one in above)]
    if reason is not None and reason.code == NONE:
        form.parent_id.choices = form.parent_id.choices[:1]
    return form


def _merge_form(reason: Reason, **how: Any) -> MergeReasonForm:
    form = MergeReasonForm(**how, revision=reason.revision)
    others = [one for one in queries.reasons_in_use() if one.code != NONE and one.id != reason.id]
    form.heir.choices = [("", _("選んでください")), *((one.id, wording.with_parent(one)) for one in others)]
    return form


def _reason(reason_id: int) -> Reason:
    if number_in(str(reason_id)) is None:
        abort(404)
    return db.get_or_404(Reason, reason_id)


def _version(number: int) -> CodebookVersion:
    if number_in(str(number)) is None:
        abort(404)
    return queries.version_numbered(number) or abort(404)
