"""/reports/digest (定例資料): a month for one department or for all, as a page, as PDF and as Markdown."""

from datetime import date

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, current_member, needs
from app.backlog.routes_exports import sent
from app.backlog.taking_home import record_export
from app.filters import month_year
from app.i18n import gettext as _
from app.reports import digest_files
from app.reports.queries.digest import departments, digest_of
from app.reports.queries.nps import month_after
from app.reports.routes import blueprint
from forms.exports import DigestForm

MONTHS = 24


@blueprint.get("/reports/digest")
@needs(Right.READ)
def show_digest() -> ResponseReturnValue:
    """The month asked for; the last whole one unless one is."""
    today = clock.today()
    month = _month(request.args.get("month", "")) or month_after(today, -1)
    known = departments()
    department = request.args.get("department", "")
    if department and department not in known:
        abort(404)
    form = _filled(DigestForm(formdata=None, data={"month": f"{month:%Y-%m}", "department": department}))
    return render_template(
        "reports/digest.html",
        digest=digest_of(month, department),
        form=form,
        months=[
            (f"{one:%Y-%m}", month_year(one))
            for one in (month_after(today, -place) for place in range(MONTHS))
        ],
        departments=known,
        files=digest_files,
    )


@blueprint.post("/reports/digest")
@needs(Right.EXPORT)
def take_digest() -> ResponseReturnValue:
    form = _filled(DigestForm())
    month = _month(form.month.data or "") if form.validate_on_submit() else None
    if month is None:
        abort(400)
    digest = digest_of(month, form.department.data or "")
    file = digest_files.digest_file(form.form.data, digest)
    filters = {"month": f"{month:%Y-%m}", "department": digest.department}
    record_export(f"digest-{form.form.data}", file, filters, digest.kept(), current_member(), clock.now())
    return sent(file)


def _filled(form: DigestForm) -> DigestForm:
    form.department.choices = [("", _("すべての部署")), *((one, one) for one in departments())]
    return form


def _month(text: str) -> date | None:
    """The first day of a month written 2026-10; None for anything else, and for what lies ahead."""
    try:
        found = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
    return found if found and date(2000, 1, 1) <= found <= clock.today() else None
