"""Rows of customers: persons, accounts with contacts and contract, consent, cancellation."""

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from app import clock
from app.customers import services
from app.customers.addresses import normal_mail
from app.customers.importers.columns import check_columns
from app.customers.importers.known import CONTACT, CONTRACT, Known, load, store, suppressed_mails
from app.customers.importers.people import CONSENTS, BadRow, Person, RowReader
from app.customers.importers.rows import Outcome, Row, RowImporter, Taken, rejected
from app.customers.models import Channel, CustomerKind, ImportBatch
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _

EMPTY: dict[str, Any] = {
    **{
        "kind": CustomerKind.PERSON,
        "name": "",
        "kana": "",
        "email": "",
        "phone": "",
        "postal_code": "",
        "address": "",
    },
    **{"joined_on": None, "attributes": {}, "has_grievance": False},
}


@dataclass
class Seen:
    """Where in the file a customer was first seen, and what was said of it: hashes, to judge later rows by."""

    row_number: int
    digest: int
    contacts: dict[str, tuple[int, int]] = field(default_factory=dict)


class CustomerImporter(RowImporter):
    """Upserts customers by their key. Only matched columns are written; an empty cell empties its value."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__(batch)
        mapping = check_columns(batch.kind, batch.header, batch.mapping)
        self.reader = RowReader(batch.header, mapping)
        self.headings = self.reader.headings
        self.key_column = mapping["key"]
        self.seen: dict[str, Seen] = {}
        self.wants = {"account"} if {"company", "kind", *CONTRACT} & set(mapping) else set()
        self.wants |= {"account", "consent"} if set(CONSENTS) & set(mapping) else set()
        self.wants |= {"cancelled"} if "cancelled_on" in mapping else set()

    def shown(self, row: Row) -> list[str]:
        return self.reader.shown(row)

    def recall(self, rows: list[Row]) -> None:
        for row in rows:
            person = self._read(row)
            if isinstance(person, Person):
                self._clash(person)

    def take(self, rows: list[Row], at: datetime, dry: bool) -> list[Taken]:
        people = [self._read(row) for row in rows]
        keys = {one.key for one in people if isinstance(one, Person)}
        known = load(keys, self.wants, self.batch.id)
        mails = {
            mail
            for one in people
            if isinstance(one, Person) and one.consents
            for mail in _mails(one, known.get(one.key))
        }
        chunk = _Chunk(self.batch.file_name, self.reader.columns, known, suppressed_mails(mails), at)
        taken = [one if isinstance(one, Taken) else self._take_one(one, chunk) for one in people]
        if not dry:
            store(known.values(), self.batch.id, at)
        return taken

    def finish(self, at: datetime) -> None:
        services.follow_purchases(clock.day_of(at), at, self.batch.id)

    def _read(self, row: Row) -> Person | Taken:
        try:
            return self.reader.read(row)
        except BadRow as error:
            reasons = [rejected(row, column, sentence).reason for column, sentence in error.problems]
            return Taken(Outcome.REJECTED, "\n".join(reasons))

    def _take_one(self, person: Person, chunk: "_Chunk") -> Taken:
        is_first = person.key not in self.seen
        clash = self._clash(person)
        if clash is not None:
            return clash
        if person.key not in chunk.known and not is_first:
            return Taken(
                Outcome.CHANGED
            )  # a trial: another contact of an account that only an earlier row names
        return Taken(chunk.take(person))

    def _clash(self, person: Person) -> Taken | None:
        """Remember the row. Same key as an earlier row: unchanged if it says the same, else rejected."""
        digest = _digest(person.kind, person.customer, person.account, person.consents, person.consent_on)
        digest = hash((digest, person.cancelled_on, person.has_grievance))
        seen = self.seen.setdefault(person.key, Seen(person.row.number, digest))
        is_first = seen.row_number == person.row.number
        if digest != seen.digest:
            return self._twice(person, seen.row_number)
        if person.contact is None:
            return None if is_first else Taken(Outcome.UNCHANGED)
        mine = _digest(person.contact)
        number, known = seen.contacts.setdefault(person.contact["email"], (person.row.number, mine))
        if known != mine:
            return self._twice(person, number)
        return None if number == person.row.number else Taken(Outcome.UNCHANGED)

    def _twice(self, person: Person, number: int) -> Taken:
        sentence = _("「%(key)s」は%(number)d行目にもあり、内容が違います。", key=person.key, number=number)
        return rejected(person.row, self.key_column, sentence)


class _Chunk:
    """Compares the people of one chunk with what is known, and notes the differences on it."""

    def __init__(
        self,
        file_name: str,
        columns: dict[str, str],
        known: dict[str, Known],
        suppressed: set[str],
        at: datetime,
    ) -> None:
        self.file_name, self.known = file_name, known
        with speaking(JAPANESE):  # evidence, and quoted in the mail that stands on it
            self.bases = {
                channel: _("取り込んだ表の「%(column)s」", column=columns[name])[:120]
                for name, channel in CONSENTS.items()
                if name in columns
            }
            self.place = _("%s の%d行目")
        self.suppressed, self.at = suppressed, at

    def take(self, person: Person) -> Outcome:
        one = self.known.get(person.key)
        is_new = one is None
        if one is None:
            one = self.known[person.key] = Known(person.key, values=dict(EMPTY))
        wanted = dict(person.customer)
        if person.kind is not None:
            wanted["kind"] = person.kind
        if person.has_grievance is not None:
            wanted["has_grievance"] = person.has_grievance
        if "attributes" in wanted:
            merged = one.values["attributes"] | wanted["attributes"]
            wanted["attributes"] = {name: text for name, text in merged.items() if text}
        mails = _mails(person, one)  # with the one stored so far, which the row may replace
        differs = self._take_account(one, person) | self._take_contact(one, person, wanted)
        if any(one.values[name] != value for name, value in wanted.items()):
            one.values |= wanted
            one.is_touched = differs = True
        differs |= self._take_consents(one, person, mails) | self._take_cancellation(one, person)
        return Outcome.NEW if is_new else Outcome.CHANGED if differs else Outcome.UNCHANGED

    def _take_account(self, one: Known, person: Person) -> bool:
        before = one.account or dict.fromkeys(CONTRACT)
        after = before | person.account
        if after == before:
            return False
        one.account, one.account_touched = after, True
        return True

    def _take_contact(self, one: Known, person: Person, wanted: dict[str, Any]) -> bool:
        """Add or change a contact. The first one is primary, and its mail and telephone are the account's."""
        if person.contact is None:
            return False
        email = person.contact["email"]
        before = one.contacts.get(email, {"is_primary": not one.contacts})
        after = before | {name: person.contact[name] for name in CONTACT if name in person.contact}
        if after["is_primary"]:
            wanted |= {"email": email, "phone": after["phone"]}
        if after == before:
            return False
        one.contacts[email] = after
        one.contacts_touched.append(email)
        return True

    def _take_consents(self, one: Known, person: Person, mails: set[str]) -> bool:
        """Write to the ledger what is newer than it and says something else; who opted out here stays out.

        An undated list may be older than a withdrawal: only a day of consent after it grants again.
        """
        is_suppressed = not mails.isdisjoint(self.suppressed)
        for channel, granted in person.consents.items():
            day = person.consent_on
            at = datetime.combine(day, time.min, clock.TOKYO) if day else self.at
            said, said_at = one.consents.get(channel, (None, at))
            withdrawn = said is False and (day is None or at <= said_at)
            opted_out = withdrawn or (channel is Channel.MAIL and is_suppressed)
            if said is granted or said_at > at or (granted and opted_out):
                continue
            evidence = self.place % (self.file_name, person.row.number)
            entry = {"channel": channel, "granted": granted, "evidence": evidence, "at": at}
            entry["basis"] = self.bases[channel]
            one.new_consents.append(entry)
            one.consents[channel] = (granted, at)
        return bool(one.new_consents)

    def _take_cancellation(self, one: Known, person: Person) -> bool:
        day = person.cancelled_on
        if day is None or day.isoformat() in one.cancelled:
            return False
        at = datetime.combine(day, time.min, clock.TOKYO)
        one.new_facts.append({"kind": "cancelled", "value": day.isoformat(), "source": "import", "at": at})
        one.cancelled.add(day.isoformat())
        return True


def _mails(person: Person, known: Known | None) -> set[str]:
    """The normal mail addresses that a row or the database has for a customer and its contacts."""
    mails = {person.customer.get("email", ""), (person.contact or {}).get("email", "")}
    if known is not None:
        mails |= {known.values["email"], *known.contacts}
    return {normal_mail(mail) for mail in mails if mail}


def _digest(*parts: Any) -> int:
    return hash(repr(parts))
