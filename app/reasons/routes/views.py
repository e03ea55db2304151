"""/voices/views: filters kept under a name, and /voices/export: the voices they find, taken home."""

import io
from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app import audit, clock
from app.accounts.access import Right, may, needs
from app.clashes import is_removed_by_me, row_or_told, take_refusal
from app.db import db
from app.errors import OkaeriError
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.reasons.models_voices import SavedView
from app.reasons.queries.views import views_of
from app.reasons.queries.voice_rows import MOST_ROWS, count_rows, voice_heads, voice_rows
from app.reasons.routes.shared import blueprint, reviewer
from app.reasons.routes.voice_filters import asked, filters_of, in_words
from app.reasons.services.views import MOST_VIEWS, ViewRefused, change_view, delete_view, save_view
from app.sheets import MEDIA_TYPES, csv_of, xlsx_of
from forms.analyst import SavedViewForm, VoiceExportForm


@blueprint.get("/voices/views")
@needs(Right.READ)
def list_views() -> ResponseReturnValue:
    views = views_of(reviewer())
    return render_template(
        "voices/views.html",
        views=[(view, address_of(view.filters), in_words(view.filters)) for view in views],
        may_change={view.id for view in views if _is_in_hands(view)},
        most=MOST_VIEWS,
    )


def address_of(args: Mapping[str, str]) -> str:
    """Where the voices of these filters are seen."""
    return url_for(".list_voices", **asked(args))  # type: ignore[arg-type] # no filter is named like url_for's own


@blueprint.get("/voices/views/new")
@needs(Right.READ)
def new_view() -> ResponseReturnValue:
    args = asked()
    return _form_page(SavedViewForm(formdata=None), args)


@blueprint.post("/voices/views")
@needs(Right.READ)
def add_view() -> ResponseReturnValue:
    args, form = asked(request.form), SavedViewForm()
    if not form.validate_on_submit():
        return _form_page(form, args, status=422)
    try:
        save_view(form.name.data, bool(form.shared.data), args, reviewer(), clock.now())
    except ViewRefused as error:
        form.name.errors = [error.sentence]
        return _form_page(form, args, status=422)
    flash(_("「%(name)s」を保存しました。", name=form.name.data))
    return redirect(address_of(args))


@blueprint.get("/voices/views/<int:view_id>")
@needs(Right.READ)
def edit_view(view_id: int) -> ResponseReturnValue:
    view = _own(view_id)
    return _form_page(SavedViewForm(formdata=None, obj=view), view.filters, view)


@blueprint.post("/voices/views/<int:view_id>")
@needs(Right.READ)
def rename_view(view_id: int) -> ResponseReturnValue:
    form = SavedViewForm()
    row_or_told(SavedView, view_id, form)
    view = _own(view_id)
    if not form.validate_on_submit():
        return _form_page(form, view.filters, view, 422)
    try:
        change_view(
            view, form.name.data, bool(form.shared.data), reviewer(), clock.now(), form.shown_revision
        )
    except ViewRefused as error:
        form.name.errors = [error.sentence]
        return _form_page(form, view.filters, view, 422)
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".edit_view", view_id=view_id))
        return _form_page(form, view.filters, view, status)
    flash(_("「%(name)s」を保存しました。", name=view.name))
    return redirect(url_for(".list_views"))


@blueprint.post("/voices/views/<int:view_id>/delete")
@needs(Right.READ)
def drop_view(view_id: int) -> ResponseReturnValue:
    if db.session.get(SavedView, view_id) is None and is_removed_by_me(SavedView, view_id):
        return redirect(url_for(".list_views"))
    row_or_told(SavedView, view_id)
    view = _own(view_id)
    delete_view(view, reviewer(), clock.now())
    flash(_("「%(name)s」を消しました。", name=view.name))
    return redirect(url_for(".list_views"))


def _is_in_hands(view: SavedView) -> bool:
    """May this member change it? Their own; what is shared also who keeps the house."""
    return view.member_id == reviewer().id or (view.shared and may(reviewer(), Right.SETTINGS))


def _own(view_id: int) -> SavedView:
    """A view this member may change; for all others it is not there."""
    view = db.session.get(SavedView, view_id)
    if view is None or not _is_in_hands(view):
        abort(404)
    return view


def _form_page(
    form: SavedViewForm, args: Mapping[str, str], view: SavedView | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "voices/view.html", form=form, args=args, chosen=in_words(args), view=view, back=address_of(args)
    )
    return page, status


@blueprint.get("/voices/export")
@needs(Right.EXPORT)
def show_voice_export() -> ResponseReturnValue:
    args = asked()
    return _export_page(VoiceExportForm(formdata=None), args)


def _export_page(form: VoiceExportForm, args: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    unmasked = may(reviewer(), Right.PERSONAL)
    page = render_template(
        "voices/export.html",
        form=form,
        args=args,
        chosen=in_words(args),
        back=address_of(args),
        count=count_rows(filters_of(args), unmasked),
        most=MOST_ROWS,
        may_name=_may_name(),
    )
    return page, status


def _may_name() -> bool:
    """Only who keeps the house may take home who said it; everybody else's files are masked."""
    return may(reviewer(), Right.PERSONAL) and may(reviewer(), Right.SETTINGS)


@blueprint.post("/voices/export")
@needs(Right.EXPORT)
def export_voices() -> ResponseReturnValue:
    args, form = asked(request.form), VoiceExportForm()
    if not form.validate_on_submit():
        return _export_page(form, args, 422)
    named = bool(form.named.data)
    if named and not _may_name():
        abort(403)
    kind = form.form.data
    with speaking(JAPANESE):
        rows = list(voice_rows(filters_of(args), may(reviewer(), Right.PERSONAL), named))
        heads = voice_heads(named)
        content = csv_of(heads, rows) if kind == "csv" else xlsx_of(_("お客さまの声"), heads, rows, "B2")
    audit.record(
        "exported", "voices", None, reviewer().id, clock.now(), kind=kind, rows=len(rows), named=named
    )
    name = f"voices-{clock.today().isoformat()}.{kind}"
    return send_file(io.BytesIO(content), MEDIA_TYPES[kind], as_attachment=True, download_name=name)
