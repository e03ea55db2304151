"""What helps to find voices again: their search texts, the competitors they name, saved views."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Member
from app.db import Base, Instant, Json, Row


class _Taken(sa.sql.functions.GenericFunction[str]):
    """A text on its way into a column of terms: as it is, or as PostgreSQL's list of its words."""

    name = "terms_taken"
    inherit_cache = True


@compiles(_Taken)
def _as_text(element: _Taken, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(_Taken, "postgresql")
def _as_words(element: _Taken, compiler: Any, **options: Any) -> str:
    return f"to_tsvector('simple', {compiler.process(element.clauses, **options)})"


class Terms(sa.types.TypeDecorator[str]):
    """Terms of app.reasons.terms with blanks between them."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else sa.Text())

    def bind_expression(self, bindvalue: Any) -> Any:
        return _Taken(sa.type_coerce(bindvalue, sa.Text), type_=self)


class SearchText(Base):
    """What one answer is found by. It goes with the answer, and once the answer is reworded, until that is read.

    shown: without what is hidden; whole: with it, "" where nothing is.
    """

    __tablename__ = "search_text"

    answer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    shown: Mapped[str] = mapped_column(Terms)
    whole: Mapped[str] = mapped_column(Terms, default="")


class SearchFill(Row, Base):
    """Filling in what readings made earlier lack: done up to and with `reading_id`."""

    __tablename__ = "search_fill"

    reading_id: Mapped[int]
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int]
    touched_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class RivalMention(Base):
    """A competitor that an answer names, as it is written there."""

    __tablename__ = "rival_mention"

    reading_id: Mapped[int] = mapped_column(sa.ForeignKey("reading.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True, index=True)


class SavedView(Row, Base):
    """Filters of the voices kept under a name; `shared`: everybody sees it. filters: arguments of the address."""

    __tablename__ = "saved_view"
    __table_args__ = (sa.UniqueConstraint("member_id", "name"),)

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id"))
    name: Mapped[str] = mapped_column(sa.String(60))
    shared: Mapped[bool] = mapped_column(default=False)
    filters: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(default=1)
    member: Mapped[Member] = relationship()
