"""The tables of the analysis as files for spreadsheets: counts, shares, the ends of 95 % intervals."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import Right, needs
from app.customers.wording import STATES
from app.db import db
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.reasons.queries.few import is_anonymous
from app.reports.queries.drivers import drivers, together
from app.reports.queries.rivals import rivals
from app.reports.queries.silent import silences
from app.reports.queries.weighted import weighted
from app.reports.routes import blueprint
from app.reports.routes.analysis import PARTS, cell_name, reason_name
from app.reports.routes.files import csv_file
from app.surveys.models import Survey

Line = Sequence[Any]


@blueprint.get("/reports/surveys/<int:survey_id>/analysis/<part>.csv")
@needs(Right.EXPORT)
def export_analysis(survey_id: int, part: str) -> ResponseReturnValue:
    """The whole table of a part, also what the page leaves out for its length."""
    survey = db.get_or_404(Survey, survey_id)
    if part not in PARTS or (part in ("silent", "weighted") and is_anonymous(survey.id)):
        abort(404)
    with speaking(JAPANESE):
        head, *rows = _TABLES[part](survey.id)
    return csv_file(head, rows, part, survey_id)


def _share(value: float | None) -> float | str:
    return "" if value is None else round(value, 4)


def _drivers(survey_id: int) -> Iterable[Line]:
    yield (
        _("理由"), _("挙げた回答"), _("うち0〜6"), _("割合"), _("挙げていない回答"), _("うち0〜6"), _("割合"),
        _("差"), _("差 下"), _("差 上"), _("偶然とは考えにくい"), _("ほかの理由をそろえた差"), _("下"), _("上"),
    )  # fmt: skip
    for one, reason in drivers(survey_id).rows:
        beside = (
            ("", "", "") if one.beside is None else map(_share, (one.beside, one.beside_low, one.beside_high))
        )
        plain = (one.n, one.low_n, _share(one.share), one.other_n, one.other_low_n, _share(one.other_share))
        gap = map(_share, (one.difference, one.low, one.high))
        yield reason_name(reason), *plain, *gap, _("はい") if one.is_certain else "", *beside


def _together(survey_id: int) -> Iterable[Line]:
    yield (
        _("理由"), _("もう一つの理由"), _("両方の回答"), _("理由を挙げた回答"), _("もう一つを挙げた回答"),
        _("理由を挙げた方のうち両方"), _("下"), _("上"), _("偶然のときの回答"), _("偶然の何倍"), _("偶然とは考えにくい"),
    )  # fmt: skip
    result = together(survey_id)
    named = dict(result.reasons)
    for pair in result.pairs:
        low, high = pair.interval
        times = "" if pair.times is None else round(pair.times, 2)
        yield (
            reason_name(named[pair.first]), reason_name(named[pair.second]), pair.both, pair.first_n, pair.second_n,
            _share(pair.both / pair.first_n), _share(low), _share(high), round(pair.expected, 1), times,
            _("はい") if pair.is_more else "",
        )  # fmt: skip


def _rivals(survey_id: int) -> Iterable[Line]:
    result = rivals(survey_id, clock.today())
    months = [] if result.anonymous else [f"{month:%Y-%m}" for month in result.months]
    states: list[Any] = [] if result.anonymous else [*STATES, None]
    heads = [STATES[state] if state else _("顧客と結びつかない") for state in states]
    yield [
        _("競合"),
        _("回答"),
        _("割合"),
        _("下"),
        _("上"),
        _("0〜6の割合"),
        *map(str, heads),
        _("よく一緒に挙がる理由"),
        *months,
    ]
    for one in result.rows:
        reasons = _("、").join(f"{reason_name(reason)} {count}" for _code, reason, count in one.reasons)
        shares = [_share(value) for value in (one.share, *one.interval, one.low_share)]
        yield [
            one.name,
            one.count,
            *shares,
            *(one.states.get(state, 0) for state in states),
            reasons,
            *one.months,
        ]


def _silent(survey_id: int) -> Iterable[Line]:
    yield (
        _("まとまり"), _("休眠・離反の方"), _("答えた方"), _("お願いして、まだの方"), _("お願いしていない方"),
        _("回答率"), _("下"), _("上"), _("一人が代わりに語る人数"), _("合わせた先"),
    )  # fmt: skip
    result = silences(survey_id)
    for one in (result.whole, *result.thirds, *result.cells):
        low, high = one.interval if one.reached else (None, None)
        rate = (_share(one.rate), _share(low), _share(high))
        weight = "" if one.weight is None else round(one.weight, 2)
        counts = (one.base, one.answered, one.asked, one.unasked)
        yield cell_name(one.key), *counts, *rate, weight, cell_name(one.joined) if one.joined else ""


def _weighted(survey_id: int) -> Iterable[Line]:
    yield (
        _("理由"), _("挙げた方"), _("理由を挙げた方"), _("割合"), _("下"), _("上"),
        _("全体にあてはめた割合"), _("下"), _("上"), _("実質の人数"),
    )  # fmt: skip
    for one, reason in weighted(survey_id).rows:
        plain = (one.count, one.n, *map(_share, (one.share, one.low, one.high)))
        yield (
            reason_name(reason), *plain, *map(_share, (one.weighted, one.weighted_low, one.weighted_high)),
            round(one.effective_n, 1),
        )  # fmt: skip


_TABLES: dict[str, Callable[[int], Iterable[Line]]] = {
    "drivers": _drivers,
    "together": _together,
    "rivals": _rivals,
    "silent": _silent,
    "weighted": _weighted,
}
