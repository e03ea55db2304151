"""A row of a customer file as the values it stands for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.customers import cells
from app.customers.cells import BadCell
from app.customers.importers.columns import CUSTOMER_FIELDS
from app.customers.importers.rows import Row
from app.customers.models import Channel, CustomerKind
from app.i18n import gettext as _

CONTRACT = ("contract_started_on", "contract_ends_on", "yearly_fee")
CONSENTS = {f"consent_{channel.value}": channel for channel in Channel}
READERS: dict[str, Callable[[str], Any]] = {
    "key": cells.key,
    "kind": cells.is_company,
    "name": lambda text: cells.one_line(text, 120),
    "kana": lambda text: cells.one_line(text, 120),
    "company": lambda text: cells.one_line(text, 120),
    "department": lambda text: cells.one_line(text, 120),
    "email": cells.mail,
    "phone": cells.phone,
    "postal_code": cells.postal_code,
    "address": lambda text: cells.one_line(text, 300),
    "joined_on": cells.day,
    "contract_started_on": cells.day,
    "contract_ends_on": cells.day,
    "yearly_fee": cells.yen,
    "cancelled_on": cells.day,
    "grievance": cells.yes_or_no,
    "consent_mail": cells.yes_or_no,
    "consent_letter": cells.yes_or_no,
    "consent_phone": cells.yes_or_no,
    "consent_on": cells.day,
}
LABELS = {field.name: field.label for field in CUSTOMER_FIELDS}


@dataclass
class Person:
    """What one row says. Only columns that were matched appear in the values."""

    row: Row
    key: str
    kind: CustomerKind | None
    customer: dict[str, Any]
    account: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, Any] | None = None
    consents: dict[Channel, bool] = field(default_factory=dict)
    consent_on: date | None = None
    cancelled_on: date | None = None
    has_grievance: bool | None = None


class BadRow(ValueError):
    """A row that cannot be taken: (column, sentence) for each cell that is wrong."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems


class RowReader:
    """Reads rows of one file by its mapping {field: column, "attributes": [column]}."""

    def __init__(self, header: list[str], mapping: dict[str, Any]) -> None:
        self.columns: dict[str, str] = {name: mapping[name] for name in READERS if mapping.get(name)}
        self.places = {name: header.index(column) for name, column in self.columns.items()}
        self.attributes = {column: header.index(column) for column in mapping.get("attributes") or []}
        self._all = [(name, place, READERS[name]) for name, place in self.places.items()]
        self._all += [(column, place, _attribute) for column, place in self.attributes.items()]
        self.headings = [str(LABELS[name]) for name in self.columns] + list(self.attributes)

    def read(self, row: Row) -> Person:
        """Raises BadRow with everything that is wrong in the row."""
        found, problems = self._cells(row)
        key = found.get("key", "")
        if not key and not problems:
            problems.append((self.columns["key"], _("空のため、だれの行か分かりません。")))
        company, kind = found.get("company", ""), self._kind(found)
        if kind is CustomerKind.PERSON and (company or any(found.get(name) is not None for name in CONTRACT)):
            problems.append((self.columns["kind"], _("個人ですが、会社名か契約の列に値があります。")))
        if problems:
            raise BadRow(problems)
        if kind is CustomerKind.ACCOUNT:
            return self._account(row, key, found)
        names = ("name", "kana", "email", "phone", "postal_code", "address", "joined_on")
        customer = {name: found[name] for name in names if name in found}
        return self._finish(Person(row, key, kind, customer), found)

    def _cells(self, row: Row) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        found: dict[str, Any] = {}
        problems = []
        for name, place, read in self._all:
            try:
                found[name] = read(row.cells[place])
            except BadCell as error:
                problems.append((self.columns.get(name, name), error.sentence))
        return found, problems

    def _kind(self, found: dict[str, Any]) -> CustomerKind | None:
        """As the row says; else a company name or a contract makes an account; None: as it was, or a person."""
        if found.get("kind") is not None:
            return CustomerKind.ACCOUNT if found["kind"] else CustomerKind.PERSON
        if found.get("company") or any(found.get(name) is not None for name in CONTRACT):
            return CustomerKind.ACCOUNT
        return None

    def _account(self, row: Row, key: str, found: dict[str, Any]) -> Person:
        """An account's own name is the company; name, department, mail and telephone are those of a contact."""
        names = ("kana", "postal_code", "address", "joined_on")
        customer = {name: found[name] for name in names if name in found}
        title = found.get("company") or found.get("name", "")
        if title:
            customer["name"] = title
        account = {name: found[name] for name in CONTRACT if name in found}
        person = found.get("name", "") if found.get("company") else ""
        contact = {"name": person, "department": found.get("department", "")}
        contact |= {name: found.get(name, "") for name in ("email", "phone")}
        has_contact = person or contact["email"] or contact["phone"]
        whole = Person(row, key, CustomerKind.ACCOUNT, customer, account, contact if has_contact else None)
        return self._finish(whole, found)

    def _finish(self, person: Person, found: dict[str, Any]) -> Person:
        if self.attributes:
            person.customer["attributes"] = {column: found[column] for column in self.attributes}
        person.consents = {
            channel: found[name] for name, channel in CONSENTS.items() if found.get(name) is not None
        }
        person.consent_on, person.cancelled_on = found.get("consent_on"), found.get("cancelled_on")
        person.has_grievance = found.get("grievance")
        return person

    def shown(self, row: Row) -> list[str]:
        """The row's values as they are stored, in the order of `headings`; what cannot be read stays as it is."""
        found, _problems = self._cells(row)
        return [
            _shown(name, found[name]) if name in found else row.cells[place]
            for name, place, _read in self._all
        ]


def _attribute(text: str) -> str:
    return cells.one_line(text, 200)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "kind":
        return _("法人") if value else _("個人")
    if isinstance(value, bool):
        return "○" if value else "×"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
