"""The lapse workbench: when is somebody gone?"""

import math
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import charts, clock
from app.accounts.access import Right, current_member, needs
from app.clashes import take_refusal
from app.customers import queries, services, wording
from app.customers.models import LapseRule
from app.customers.routes import blueprint
from app.errors import OkaeriError
from app.i18n import counted as _n
from app.i18n import gettext as _
from forms.customer_editing import LapseRuleForm

AXIS_MONTHS = 24
NARROW = charts.Paper(312, 220)
RULE_FIELDS = ("preset", "silent_months", "fewest_purchases", "contract_grace_days", "grievance_lapses")


def _values(rule: LapseRule | None) -> dict[str, Any]:
    """What the form starts with: the preset of the address, else the rule in force, else the mail-order preset."""
    chosen = request.args.get("preset", "")
    if chosen in services.PRESETS or rule is None:
        name = chosen if chosen in services.PRESETS else "mail_order"
        preset = services.PRESETS[name]
        return {"preset": name, **vars(preset)}
    return {name: getattr(rule, name) for name in RULE_FIELDS}


def _asked() -> LapseRuleForm:
    """The form as the address of a live count holds it; it changes nothing, so it carries no token."""
    return LapseRuleForm(formdata=request.args, meta={"csrf": False})


def _page(form: LapseRuleForm, is_usable: bool, status: int = 200) -> ResponseReturnValue:
    if request.method == "GET":
        before = queries.lapse_rule_in_force()
        form.revision.data = str(before.version if before else 0)
    shown = _result(form, is_usable)
    shown |= {"form": form, "rules": queries.lapse_rules(), "has_contracts": queries.has_contracts()}
    return render_template("customers/rules.html", **shown), status


def _result(form: LapseRuleForm, is_usable: bool) -> dict[str, Any]:
    """What the rule on the screen would do; nothing where its figures cannot be used."""
    gaps, before = queries.purchase_gaps(), queries.lapse_rule_in_force()
    shown: dict[str, Any] = {"gaps": gaps, "before": before, "rule": None, "wording": wording}
    if is_usable:
        rule = services.draft_lapse_rule(**form.values())
        shown |= {"rule": rule, "count": queries.customers_gone(rule, clock.today())}
        shown["share"] = _told(gaps.share_within(rule.silent_months))
        now = queries.customers_gone(before, clock.today()) if before else None
        shown["change"] = shown["count"].gone - now.gone if now else None
    shown["longest"] = AXIS_MONTHS if not is_usable or rule.silent_months <= AXIS_MONTHS else 60
    shown["next_version"] = before.version + 1 if before else 1
    return shown


def _told(share: float | None) -> float | None:
    """A share cut to whole percents, so that "100%" is said only where it is everybody."""
    return None if share is None else math.floor(share * 100) / 100


@blueprint.get("/customers/rules")
@needs(Right.READ)
def show_rules() -> ResponseReturnValue:
    if "silent_months" in request.args:
        form = _asked()
        return _page(form, form.validate())
    return _page(LapseRuleForm(formdata=None, data=_values(queries.lapse_rule_in_force())), True)


@blueprint.get("/customers/rules/count")
@needs(Right.READ)
def count_rule() -> ResponseReturnValue:
    form = _asked()
    return render_template("customers/_rule_live.html", **_result(form, form.validate()))


@blueprint.get("/customers/rules/curve.svg")
@needs(Right.READ)
def draw_curve() -> ResponseReturnValue:
    months = min(max(request.args.get("months", 9, int), 1), 60)
    gaps, longest = queries.purchase_gaps(), max(AXIS_MONTHS, months)
    points = tuple(
        (step / 2, round(gaps.share_within(step / 2) or 0.0, 4)) for step in range(1, 2 * longest + 1)
    )
    if not gaps.total:
        abort(404)
    share = f"{(_told(gaps.share_within(months)) or 0) * 100:.0f}%"
    label, note = (
        _n("%(months)sか月", months, months=months),
        _("また買う方の%(share)sは、ここまでに買っている", share=share),
    )
    narrow = request.args.get("width") == "narrow"
    shape = {"paper": NARROW} if narrow else {"unit": _("か月")}
    folder = current_app.extensions["settings"].instance_path / "charts"
    return charts.svg_response(
        charts.cached(folder, charts.interval_curve, points, float(months), label, note, **shape)
    )


@blueprint.post("/customers/rules")
@needs(Right.EDIT)
def save_rule() -> ResponseReturnValue:
    form = LapseRuleForm()
    if not form.validate_on_submit():
        return _page(form, False, 422)
    try:
        rule = services.save_lapse_rule(
            **form.values(),
            member=current_member(),
            today=clock.today(),
            at=clock.now(),
            shown_version=form.shown_revision,
        )
    except OkaeriError as error:
        status = take_refusal(form, error, url_for(".show_rules"))
        return _page(form, True, status)
    flash(
        _(
            "第%(version)d版として保存しました。休眠%(dormant)d人、離反%(lapsed)d人です。",
            version=rule.version,
            dormant=rule.dormant_count,
            lapsed=rule.lapsed_count,
        )
    )
    return redirect(url_for(".show_rules"))
