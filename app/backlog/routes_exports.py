"""The backlog taken home: /backlog/export, what was taken (/backlog/exports) and presets (/backlog/export/presets)."""

import io
from collections.abc import Mapping
from typing import Any, TypeVar

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, may, needs
from app.accounts.models import Member
from app.backlog import exporters, queries, taking_home
from app.backlog.exporters import Choice, File
from app.backlog.exporters.table import HEADS
from app.backlog.models import Export
from app.backlog.models_exports import ExportPreset
from app.backlog.queries import tracked
from app.backlog.routes import blueprint
from app.clashes import is_removed_by_me, row_or_told, take_refusal
from app.db import db
from app.errors import OkaeriError
from app.i18n import gettext as _
from app.surveys.models import Survey
from forms.exports import LARGEST_NUMBER, ChoiceFields, ExportForm, PresetForm

MOST_SHOWN = 50
Filled = TypeVar("Filled", ExportForm, PresetForm)


def member_here() -> Member:
    """The member at work; the access mark of the route has made sure that there is one."""
    member = current_member()
    assert member is not None
    return member


def survey_asked() -> Survey | None:
    """The survey asked for, else the one worked on last."""
    wanted = request.args.get("survey", type=int)
    if wanted is not None:
        return db.session.get(Survey, wanted) if 0 < wanted <= LARGEST_NUMBER else abort(404)
    return next(iter(queries.surveys_with_voices()), None)


def sent(file: File) -> ResponseReturnValue:
    """A file as the answer."""
    return send_file(io.BytesIO(file.content), file.media_type, as_attachment=True, download_name=file.name)


@blueprint.get("/backlog/export")
@needs(Right.EXPORT)
def show_export() -> ResponseReturnValue:
    survey = survey_asked()
    if survey is None:
        return redirect(url_for(".list_items"))
    preset = _preset_asked()
    chosen = preset.settings if preset else {}
    form = with_choices(
        ExportForm(formdata=None, survey_id=survey.id, data=_as_form(chosen)), chosen.get("owner", "")
    )
    return _export_page(survey, form, preset)


def _export_page(
    survey: Survey, form: ExportForm, preset: ExportPreset | None = None, status: int = 200
) -> ResponseReturnValue:
    backlog = queries.ranked_items(survey.id, clock.today(), with_mended=True)
    choice = choice_of(form)
    page = render_template(
        "backlog/export.html",
        survey=survey,
        count=sum(choice.takes(row.item) for row in backlog.items),
        form=form,
        preset=preset,
        presets=tracked.presets_of(member_here()),
        losses=exporters.cp932_losses(exporters.table_of(backlog, choice)),
    )
    return page, status


@blueprint.post("/backlog/export")
@needs(Right.EXPORT)
def export() -> ResponseReturnValue:
    form = with_choices(ExportForm())
    if not form.validate_on_submit():
        abort(400)
    survey = db.get_or_404(Survey, form.survey_id.data)
    backlog = queries.ranked_items(survey.id, clock.today(), with_mended=True)
    return sent(
        taking_home.take_home(form.form.data, backlog, choice_of(form), survey.id, member_here(), clock.now())
    )


def with_choices(form: Filled, kept_owner: str = "") -> Filled:
    """Fill in the columns there are, and the owners; one that a preset names stays."""
    known: dict[str, None] = dict.fromkeys([*tracked.owners(), *([kept_owner] if kept_owner else [])])
    form.owner.choices = [("", _("すべて")), *((one, one) for one in known)]
    form.columns.choices = [(name, str(head)) for name, head in HEADS.items()]
    return form


def choice_of(form: ChoiceFields) -> Choice:
    """What a form chose."""
    return Choice.of(
        {name: getattr(form, name).data or () for name in ("columns", "states", "verdicts")}
        | {"owner": form.owner.data or ""}
    )


def _as_form(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {**Choice.of(kept).kept(), "form": kept.get("form", "csv")}


def _preset_asked() -> ExportPreset | None:
    """The preset asked for: one's own or a shared one; for all others it is not there."""
    wanted = request.args.get("preset", type=int)
    if wanted is None:
        return None
    preset = db.session.get(ExportPreset, wanted) if 0 < wanted <= LARGEST_NUMBER else None
    if preset is None or not (preset.shared or preset.member_id == member_here().id):
        abort(404)
    return preset


@blueprint.get("/backlog/exports")
@needs(Right.EXPORT)
def list_exports() -> ResponseReturnValue:
    return render_template(
        "backlog/exports.html", exports=tracked.exports_newest(MOST_SHOWN), most=MOST_SHOWN
    )


@blueprint.post("/backlog/exports/<int:export_id>/file")
@needs(Right.EXPORT)
def take_again(export_id: int) -> ResponseReturnValue:
    kept = db.get_or_404(Export, export_id)
    return sent(taking_home.write_again(kept, member_here(), clock.now()))


@blueprint.get("/backlog/export/presets/new")
@needs(Right.EXPORT)
def new_preset() -> ResponseReturnValue:
    return _preset_page(with_choices(PresetForm(formdata=None, data={"form": "csv"})))


@blueprint.post("/backlog/export/presets")
@needs(Right.EXPORT)
def add_preset() -> ResponseReturnValue:
    form = with_choices(PresetForm())
    if not form.validate_on_submit():
        return _preset_page(form, status=422)
    try:
        preset = taking_home.save_preset(
            form.name.data, bool(form.shared.data), _settings(form), member_here(), clock.now()
        )
    except taking_home.PresetRefused as error:
        form.name.errors = [error.sentence]
        return _preset_page(form, status=422)
    flash(_("「%(name)s」を保存しました。", name=preset.name))
    return redirect(url_for(".show_export", preset=preset.id))


@blueprint.get("/backlog/export/presets/<int:preset_id>")
@needs(Right.EXPORT)
def edit_preset(preset_id: int) -> ResponseReturnValue:
    preset = _own(preset_id)
    values = {"name": preset.name, "shared": preset.shared, **_as_form(preset.settings)}
    form = PresetForm(formdata=None, data=values, revision=preset.revision)
    return _preset_page(with_choices(form, preset.settings.get("owner", "")), preset)


@blueprint.post("/backlog/export/presets/<int:preset_id>")
@needs(Right.EXPORT)
def change_preset(preset_id: int) -> ResponseReturnValue:
    form = with_choices(PresetForm())
    row_or_told(ExportPreset, preset_id, form)
    preset = _own(preset_id)
    with_choices(form, preset.settings.get("owner", ""))
    if not form.validate_on_submit():
        return _preset_page(form, preset, 422)
    try:
        taking_home.change_preset(
            preset,
            form.name.data,
            bool(form.shared.data),
            _settings(form),
            form.shown_revision,
            member_here(),
            clock.now(),
        )
    except taking_home.PresetRefused as error:
        form.name.errors = [error.sentence]
        return _preset_page(form, preset, 422)
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".edit_preset", preset_id=preset_id))
        return _preset_page(form, preset, status)
    flash(_("「%(name)s」を保存しました。", name=preset.name))
    return redirect(url_for(".show_export", preset=preset.id))


@blueprint.post("/backlog/export/presets/<int:preset_id>/delete")
@needs(Right.EXPORT)
def drop_preset(preset_id: int) -> ResponseReturnValue:
    if db.session.get(ExportPreset, preset_id) is None and is_removed_by_me(ExportPreset, preset_id):
        return redirect(url_for(".show_export"))
    row_or_told(ExportPreset, preset_id)
    preset = _own(preset_id)
    taking_home.delete_preset(preset, member_here(), clock.now())
    flash(_("「%(name)s」を消しました。", name=preset.name))
    return redirect(url_for(".show_export"))


def _settings(form: PresetForm) -> dict[str, Any]:
    return {"form": form.form.data, **choice_of(form).kept()}


def _own(preset_id: int) -> ExportPreset:
    """A preset this member may change: their own; what is shared also who keeps the house."""
    preset, member = db.session.get(ExportPreset, preset_id), member_here()
    keeps_house = may(member, Right.SETTINGS)
    if preset is None or not (preset.member_id == member.id or (preset.shared and keeps_house)):
        abort(404)
    return preset


def _preset_page(
    form: PresetForm, preset: ExportPreset | None = None, status: int = 200
) -> ResponseReturnValue:
    return render_template("backlog/preset.html", form=form, preset=preset), status
