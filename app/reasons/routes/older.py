"""Which version of the codebook a page is shown under: ?codebook=, its picker, and what exports say of it."""

from typing import Any

from flask import abort, request

from app.filters import day_plain
from app.i18n import gettext as _
from app.reasons import queries, wording
from app.reasons.models_codebook import CodebookVersion
from app.reasons.queries.few import is_anonymous
from app.reasons.queries.older import CodebookAt, codebook_at
from app.reasons.routes.shared import number_in


def codebook_asked(survey_id: int | None) -> CodebookAt | None:
    """The older version the address asks for; None: the codebook as it stands. 404 for one that there is not.

    Anonymous surveys stay under today's: two sets of figures side by side would tell what fewer than five said.
    """
    text = request.args.get("codebook", "")
    if not text or is_anonymous(survey_id):
        return None
    number = number_in(text) or abort(404)
    if number == queries.newest_version_number():
        return None
    return codebook_at(number) or abort(404)


def codebook_filter(book: CodebookAt | None, survey_id: int | None) -> list[dict[str, Any]]:
    """The filter that picks a version; none where there is nothing to choose."""
    versions = queries.codebook_versions()
    if len(versions) < 2 or is_anonymous(survey_id):
        return []
    options = [(one.number, _named(one)) for one in versions[1:]]
    value = book.version.number if book and book.version else ""
    if book and book.version and value not in dict(options):
        options.append((book.version.number, _named(book.version)))
    label, now = _("理由の定義"), _("いまの版")
    return [{"name": "codebook", "label": label, "options": options, "value": value, "all": now}]


def version_name(book: CodebookAt | None) -> str:
    """The version in words, as files name it."""
    if book is None or book.version is None:
        return _("いまの版")
    return _("第%(number)s版（%(day)s）", number=book.version.number, day=day_plain(book.version.at.date()))


def _named(version: CodebookVersion) -> str:
    sentence = wording.version_sentence(version)
    return _("第%(number)s版　%(sentence)s", number=version.number, sentence=sentence)
