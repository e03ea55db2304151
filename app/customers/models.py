"""Customers and what is known of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Json, Row, words


class CustomerKind(StrEnum):
    PERSON = "person"
    ACCOUNT = "account"


class CustomerState(StrEnum):
    """active: still buys · dormant 休眠: a gap without a grievance · lapsed 離反: left · returned: bought again."""

    ACTIVE = "active"
    DORMANT = "dormant"
    LAPSED = "lapsed"
    RETURNED = "returned"


class StateSource(StrEnum):
    """Who said so; a person outranks an answer, an answer outranks a rule."""

    RULE = "rule"
    ANSWER = "answer"
    PERSON = "person"


class Channel(StrEnum):
    MAIL = "mail"
    LETTER = "letter"
    PHONE = "phone"


class ImportKind(StrEnum):
    CUSTOMERS = "customers"
    PURCHASES = "purchases"
    RESPONSES = "responses"


class ImportState(StrEnum):
    """uploaded → mapped → running → done, or failed, cancelled, undone."""

    UPLOADED = "uploaded"
    MAPPED = "mapped"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDONE = "undone"


class SuccessionState(StrEnum):
    """pending: said by a customer, waiting for a member."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class SuppressionCause(StrEnum):
    OPT_OUT = "opt_out"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    MEMBER = "member"


class ImportBatch(Row, Base):
    """One uploaded file on its way into the database. Progress is `done_count` of `total_count` rows.

    `rejected_size`: bytes of the rejected file that belong to those `done_count` rows; the rest is of a run cut short.
    `logged`: what it changed stands in ImportChange, so that it can be undone. Undo is asked for once (`undo_asked_at`)
    and done by a job (`undone_at`); the three counts say what became of its customers, purchases or responses.
    """

    __tablename__ = "import_batch"

    kind: Mapped[ImportKind] = mapped_column(words(ImportKind))
    state: Mapped[ImportState] = mapped_column(words(ImportState), default=ImportState.UPLOADED)
    file_name: Mapped[str] = mapped_column(sa.String(255))
    file_hash: Mapped[str] = mapped_column(sa.String(64))
    encoding: Mapped[str] = mapped_column(sa.String(16), default="")
    header: Mapped[list[str]] = mapped_column(Json, default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    total_count: Mapped[int] = mapped_column(default=0)
    done_count: Mapped[int] = mapped_column(default=0)
    new_count: Mapped[int] = mapped_column(default=0)
    changed_count: Mapped[int] = mapped_column(default=0)
    unchanged_count: Mapped[int] = mapped_column(default=0)
    rejected_count: Mapped[int] = mapped_column(default=0)
    rejected_size: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(sa.Text, default="")
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    touched_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    logged: Mapped[bool] = mapped_column(default=True)
    undo_asked_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_count: Mapped[int] = mapped_column(default=0)
    restored_count: Mapped[int] = mapped_column(default=0)
    kept_count: Mapped[int] = mapped_column(default=0)

    @property
    def is_taking(self) -> bool:
        """Is it waiting for a worker, or in a worker's hands?"""
        return self.state in (ImportState.MAPPED, ImportState.RUNNING)

    @property
    def is_being_undone(self) -> bool:
        return self.undo_asked_at is not None and self.undone_at is None

    @property
    def may_be_undone(self) -> bool:
        """Has it brought something that nobody has asked to take back yet?"""
        ended = self.state in (ImportState.DONE, ImportState.FAILED)
        return ended and self.logged and self.undo_asked_at is None


class ImportChange(Row, Base):
    """What an import did to a row. Rows that carry its number themselves appear here only where undo has left them.

    subject: the kind of row (customer, state, account, contact, consent, customer_fact, purchase, response, answer,
    survey, survey_version); owner_id: the customer or response it belongs to; before: the values written over, None
    for a row the import brought; after: what it wrote; kept: why undo left it, as a word of importers.holds.
    """

    __tablename__ = "import_change"
    __table_args__ = (sa.Index("ix_import_change_subject_row_id", "subject", "row_id"),)

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("import_batch.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(sa.String(32))
    row_id: Mapped[int]
    owner_id: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    kept: Mapped[str] = mapped_column(sa.String(32), default="")


class Customer(Row, Base):
    """A person or a company that buys. `key` is the organisation's own number for it."""

    __tablename__ = "customer"

    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    kind: Mapped[CustomerKind] = mapped_column(words(CustomerKind), default=CustomerKind.PERSON)
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    kana: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="", index=True)
    phone: Mapped[str] = mapped_column(sa.String(32), default="")
    postal_code: Mapped[str] = mapped_column(sa.String(8), default="")
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    joined_on: Mapped[date | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[CustomerState] = mapped_column(
        words(CustomerState), default=CustomerState.ACTIVE, index=True
    )
    state_source: Mapped[StateSource] = mapped_column(words(StateSource), default=StateSource.RULE)
    state_at: Mapped[datetime | None] = mapped_column(Instant)
    has_grievance: Mapped[bool] = mapped_column(default=False)
    first_bought_on: Mapped[date | None]
    last_bought_on: Mapped[date | None] = mapped_column(index=True)
    purchase_count: Mapped[int] = mapped_column(default=0)
    purchase_total: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    yearly_revenue: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    import_batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    # Counts what members said about the state; rules and answers do not count.
    revision: Mapped[int] = mapped_column(default=1)

    account: Mapped["Account | None"] = relationship(back_populates="customer", cascade="all, delete-orphan")
    contacts: Mapped[list["Contact"]] = relationship(back_populates="customer", order_by="Contact.id")


class Account(Base):
    """What a customer that is a company has besides: its contract."""

    __tablename__ = "account"

    customer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True
    )
    contract_started_on: Mapped[date | None]
    contract_ends_on: Mapped[date | None]
    yearly_fee: Mapped[int | None] = mapped_column(sa.BigInteger)
    customer: Mapped[Customer] = relationship(back_populates="account")


class Contact(Row, Base):
    """A person at an account who can be written to."""

    __tablename__ = "contact"
    __table_args__ = (sa.UniqueConstraint("customer_id", "email"),)

    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    department: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(32), default="")
    is_primary: Mapped[bool] = mapped_column(default=False)
    gone_at: Mapped[datetime | None] = mapped_column(Instant)  # somebody else looks after us since then
    customer: Mapped[Customer] = relationship(back_populates="contacts")


class Succession(Row, Base):
    """担当が替わりました: whom a customer names as the new contact. Nobody writes to them before a member confirms.

    source: "invitation:<id>" it was said through; predecessor: the address that invitation went to, "" where none did;
    why: the reason of a refusal; contact: the contact it became.
    """

    __tablename__ = "succession"

    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    state: Mapped[SuccessionState] = mapped_column(
        words(SuccessionState), default=SuccessionState.PENDING, index=True
    )
    source: Mapped[str] = mapped_column(sa.String(64))
    predecessor: Mapped[str] = mapped_column(sa.String(254), default="")
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    department: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(32), default="")
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    why: Mapped[str] = mapped_column(sa.String(300), default="")
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id", ondelete="SET NULL"))
    revision: Mapped[int] = mapped_column(default=1)

    customer: Mapped[Customer] = relationship()
    __mapper_args__ = {"version_id_col": revision}


class Purchase(Row, Base):
    """One order. `amount` in yen, negative for a cancellation."""

    __tablename__ = "purchase"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "order_key"),
        # Holds all that recounting and the intervals between purchases read.
        sa.Index("ix_purchase_customer_id_bought_on_amount", "customer_id", "bought_on", "amount"),
    )

    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id", ondelete="CASCADE"))
    order_key: Mapped[str] = mapped_column(sa.String(80))
    bought_on: Mapped[date] = mapped_column(index=True)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    item: Mapped[str] = mapped_column(sa.String(200), default="")
    import_batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id"), index=True)


class LapseRule(Row, Base):
    """One saved version of who counts as dormant or lapsed. The newest version is in force.

    Rows never change but for `applied_on`, the last day the states were brought up to date by it.
    """

    __tablename__ = "lapse_rule"

    version: Mapped[int] = mapped_column(unique=True)
    preset: Mapped[str] = mapped_column(sa.String(32), default="")
    silent_months: Mapped[int]
    fewest_purchases: Mapped[int] = mapped_column(default=1)
    contract_grace_days: Mapped[int] = mapped_column(default=0)
    grievance_lapses: Mapped[bool] = mapped_column(default=True)
    dormant_count: Mapped[int] = mapped_column(default=0)
    lapsed_count: Mapped[int] = mapped_column(default=0)
    applied_on: Mapped[date | None]
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    saved_at: Mapped[datetime] = mapped_column(Instant)


class Segment(Row, Base):
    """A saved choice of customers: allow-listed filters, evaluated afresh each time."""

    __tablename__ = "segment"

    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    filters: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)


class Consent(Row, Base):
    """One entry of the consent ledger; the newest entry of a customer and channel is in force."""

    __tablename__ = "consent"

    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    granted: Mapped[bool]
    basis: Mapped[str] = mapped_column(sa.String(120))
    evidence: Mapped[str] = mapped_column(sa.String(300), default="")
    at: Mapped[datetime] = mapped_column(Instant)


class Suppression(Row, Base):
    """An address nobody writes to again. Keyed by address, so it survives a new import of the customer."""

    __tablename__ = "suppression"
    __table_args__ = (sa.UniqueConstraint("channel", "address"),)

    channel: Mapped[Channel] = mapped_column(words(Channel))
    address: Mapped[str] = mapped_column(sa.String(254))
    cause: Mapped[SuppressionCause] = mapped_column(words(SuppressionCause))
    at: Mapped[datetime] = mapped_column(Instant)


class CustomerFact(Row, Base):
    """What the features to the right know of a customer, for segments, guard and stop rules.

    kind: invited, contacted, started, answered, nps (detractor/passive/promoter), reason (code),
    wants_contact, wants_notice, asked_stop, returned, notified …
    """

    __tablename__ = "customer_fact"
    __table_args__ = (sa.Index("ix_customer_fact_customer_kind_at", "customer_id", "kind", "at"),)

    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(32))
    value: Mapped[str] = mapped_column(sa.String(120), default="")
    source: Mapped[str] = mapped_column(sa.String(64), default="")
    at: Mapped[datetime] = mapped_column(Instant)


class TimelineEntry(Row, Base):
    """One line of a customer's history. `kind` picks the sentence, `params` fill it."""

    __tablename__ = "timeline_entry"
    __table_args__ = (sa.Index("ix_timeline_entry_customer_at", "customer_id", "at"),)

    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(sa.String(32))
    params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
