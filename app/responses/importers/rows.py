"""Sheets of another tool, 500 rows at a time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app import jobs
from app.customers.cells import BadCell
from app.customers.importers import Outcome, Row, RowImporter, Taken, rejected
from app.customers.models import Customer, ImportBatch
from app.db import db
from app.i18n import gettext as _
from app.responses.importers.changes import Changes
from app.responses.importers.columns import Columns
from app.responses.importers.sheets import (
    LONGEST_ANSWER,
    LONGEST_RESPONDENT,
    Sheet,
    cleaned,
    key_of,
    read_instant,
    read_score,
)
from app.responses.importers.surveys import nps_question_of, question_of, survey_named, version_for
from app.responses.models import Answer, Door, Response, ResponseState
from app.surveys.models import SurveyVersion

READ_SURVEY = "read_survey"


class SheetImporter(RowImporter):
    """Takes rows as sheets. A sheet that is there already is left as it is, or brought up to what the row says now."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        self.columns = Columns.of(batch.mapping, batch.header)
        self.place = {name: batch.header.index(name) for name in self.columns.names()}
        self.seen: Counter[str] = Counter()
        texts = [text.col for text in self.columns.texts]
        self.headings = [_("回答者"), _("日時"), _("推奨度"), *texts, *self.columns.attributes]

    def take(self, rows: list[Row], at: datetime, dry: bool) -> list[Taken]:
        """Judge and, unless `dry`, store the rows: one statement for the sheets that are there, one insert for new ones."""
        read: list[Sheet | Taken] = [self._read(row) for row in rows]
        sheets = [one for one in read if isinstance(one, Sheet)]
        survey = survey_named(self.columns.survey)
        there = self._there(survey.id, sheets) if survey else {}
        outcomes = {sheet.key: self._outcome(sheet, there) for sheet in sheets}
        if not dry:
            self._store(
                [sheet for sheet in sheets if outcomes[sheet.key] is not Outcome.UNCHANGED], there, at
            )
        return [Taken(outcomes[one.key]) if isinstance(one, Sheet) else one for one in read]

    def shown(self, row: Row) -> list[str]:
        """The values as they are stored; what cannot be read stays as the file has it."""
        plain = [
            cleaned(self._cell(row, name))
            for name in (self.columns.respondent, self.columns.answered_at, self.columns.nps)
        ]
        texts = [cleaned(self._cell(row, text.col)) for text in self.columns.texts]
        return [*plain, *texts, *(cleaned(self._cell(row, name)) for name in self.columns.attributes)]

    def recall(self, rows: list[Row]) -> None:
        """Rows of an earlier run count when a place among equals is given."""
        for row in rows:
            self._read(row)

    def finish(self, at: datetime) -> None:
        """Have the survey read."""
        survey = survey_named(self.columns.survey)
        if survey is not None and READ_SURVEY in jobs.JOBS:
            jobs.ring(READ_SURVEY, survey.id)

    def _cell(self, row: Row, name: str | None) -> str:
        return row.cells[self.place[name]] if name else ""

    def _read(self, row: Row) -> Sheet | Taken:
        """One row as a sheet, or why it cannot be one."""
        columns, column = self.columns, ""
        try:
            column = columns.respondent or ""
            respondent = cleaned(self._cell(row, columns.respondent))
            if len(respondent) > LONGEST_RESPONDENT:
                raise BadCell(_("120文字を超えています。"))
            column = columns.answered_at or ""
            at = read_instant(self._cell(row, columns.answered_at))
            column = columns.nps or ""
            nps = read_score(self._cell(row, columns.nps))
            texts = []
            for text in columns.texts:
                column = text.col
                texts.append(_answer_text(self._cell(row, text.col)))
        except BadCell as error:
            return rejected(row, column, error.sentence)
        if nps is None and not any(texts):
            first = columns.texts[0].col if columns.texts else columns.nps or ""
            return rejected(row, first, _("推奨度もことばもありません。"))
        base = key_of(columns, respondent, at, row.cells[: len(self.batch.header)], 0)
        place = self.seen[base]
        self.seen[base] += 1
        key = key_of(columns, respondent, at, row.cells[: len(self.batch.header)], place)
        attributes = tuple(cleaned(self._cell(row, name)) for name in columns.attributes)
        return Sheet(key, respondent, at, nps, tuple(texts), attributes)

    def _there(self, survey_id: int, sheets: Sequence[Sheet]) -> dict[str, Response]:
        keys = [sheet.key for sheet in sheets]
        query = sa.select(Response).where(Response.survey_id == survey_id, Response.import_key.in_(keys))
        query = query.options(sa.orm.selectinload(Response.answers).joinedload(Answer.question))
        return {str(response.import_key): response for response in db.session.scalars(query)}

    def _outcome(self, sheet: Sheet, there: dict[str, Response]) -> Outcome:
        response = there.get(sheet.key)
        if response is None:
            return Outcome.NEW
        same = sheet.says_the_same(self._stored(response)) and not self._asked_otherwise(response)
        return Outcome.UNCHANGED if same else Outcome.CHANGED

    def _stored(self, response: Response) -> Sheet:
        """A stored sheet in the shape of this file's rows: of columns that are not mapped now, nothing is said."""
        texts = {answer.question.title: answer.text for answer in response.answers}
        return Sheet(
            key=str(response.import_key),
            respondent=response.respondent,
            answered_at=response.submitted_at,
            nps=response.nps if self.columns.nps else None,
            texts=tuple(texts.get(one.col, "") for one in self.columns.texts),
            attributes=tuple(response.attributes.get(name, "") for name in self.columns.attributes),
        )

    def _asked_otherwise(self, response: Response) -> bool:
        """Was a column of words taken as the answer to another question before?"""
        asked = {one.col: (one.question, one.asks_for) for one in self.columns.texts}
        return any(
            asked.get(question.title, (question.read_as, question.asks_for))
            != (question.read_as, question.asks_for)
            for question in (answer.question for answer in response.answers if answer.text)
        )

    def _store(self, sheets: Sequence[Sheet], there: dict[str, Response], at: datetime) -> None:
        if not sheets:
            return
        version = version_for(self.columns, self.batch, at)
        customers = _customers_by_key({sheet.respondent for sheet in sheets if sheet.respondent})
        changes = Changes(self.batch.id)
        for sheet in sheets:
            response = there.get(sheet.key)
            if response is not None and response.import_batch_id != self.batch.id:
                changes.watch(response)
            if response is None:
                response = Response(
                    survey_id=version.survey_id,
                    import_key=sheet.key,
                    import_batch_id=self.batch.id,
                    door=Door.IMPORT,
                    state=ResponseState.SUBMITTED,
                )
                db.session.add(response)
            self._write(response, sheet, version, at)
            response.customer_id = customers.get(sheet.respondent)
        changes.note()

    def _write(self, response: Response, sheet: Sheet, version: SurveyVersion, at: datetime) -> None:
        """Bring a response up to what its row says in the columns that are mapped; the rest of it stays.

        No answer is ever removed: its row carries the reading, and what people decided about it. An emptied cell
        empties the answer; a column that answers another question now takes its answers along.
        """
        submitted_at = sheet.answered_at or response.submitted_at or at
        response.survey_version_id = version.id
        response.respondent = sheet.respondent
        named = dict(zip(self.columns.attributes, sheet.attributes, strict=True))
        response.attributes = {**(response.attributes or {}), **named}
        response.started_at = response.saved_at = response.submitted_at = submitted_at
        there = {answer.question.title: answer for answer in response.answers}
        nps_question = nps_question_of(version)
        if self.columns.nps and nps_question is not None:
            response.nps = sheet.nps
            _put(response, there.get(nps_question.title), nps_question.id, sheet.nps, "")
        for column, text in zip(self.columns.texts, sheet.texts, strict=True):
            question = question_of(version, column)
            if question is not None:
                _put(response, there.get(column.col), question.id, None, text)


def _put(response: Response, answer: Answer | None, question_id: int, value: int | None, text: str) -> None:
    """Set one answer; nothing is made where nothing is said, and nothing touched that stays the same."""
    if answer is None:
        if value is not None or text:
            response.answers.append(Answer(question_id=question_id, value=value, text=text))
        return
    for name, wanted in (("question_id", question_id), ("value", value), ("text", text)):
        if getattr(answer, name) != wanted:
            setattr(answer, name, wanted)


def _answer_text(cell: str) -> str:
    text = cleaned(cell)
    if len(text) > LONGEST_ANSWER:
        raise BadCell(_("4,000文字を超えています。"))
    return text


def _customers_by_key(keys: set[str]) -> dict[str, int]:
    """Customers whose own number is the respondent's."""
    query = sa.select(Customer.key, Customer.id).where(Customer.key.in_(keys))
    return {key: customer_id for key, customer_id in db.session.execute(query)}  # noqa: C416 - dict(Result) asks for keys()
