"""One row of another tool's results as a sheet."""

import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from app.clock import TOKYO
from app.customers.cells import BadCell, day
from app.i18n import gettext as _
from app.responses.importers.columns import Columns

LONGEST_ANSWER = 4000
LONGEST_RESPONDENT = 120
_TIME = re.compile(r"(\d{1,2})[:時](\d{1,2})(?:[:分](\d{1,2}))?")
# CP932 gives these signs back as others; two files that differ in nothing else say the same.
_TWINS = str.maketrans("〜−‖—¢£¬", "～－∥―￠￡￢")


@dataclass(frozen=True)
class Sheet:
    """What one row says. `texts` in the order of the mapping's columns; `key` tells it from all other rows."""

    key: str
    respondent: str
    answered_at: datetime | None
    nps: int | None
    texts: tuple[str, ...]
    attributes: tuple[str, ...]

    def says_the_same(self, stored: "Sheet") -> bool:
        """Equal but for signs that another encoding could not hold; without a time of its own it has the stored one."""
        same_time = self.answered_at in (None, stored.answered_at)
        return same_time and self._content() == stored._content()

    def _content(self) -> tuple[object, ...]:
        words = tuple(folded(text) for text in (*self.texts, *self.attributes))
        return (folded(self.respondent), self.nps, words)


def folded(text: str) -> str:
    """The text with the signs that change between encodings made one."""
    return text.translate(_TWINS)


def cleaned(cell: str) -> str:
    """A cell as people wrote it: HTML entities undone, line ends made one, blanks at both ends cut."""
    return html.unescape(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


def read_score(cell: str) -> int | None:
    """A score from 0 to 10, full-width digits too; None where the cell is empty. Raises BadCell."""
    text = cell.strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,2}(\.0+)?", text) or int(float(text)) > 10:
        raise BadCell(_("「%(value)s」は0から10までの点数ではありません。", value=text[:40]))
    return int(float(text))


def read_instant(cell: str) -> datetime | None:
    """A day or a day and time in Japan, as an instant; None where the cell is empty. Raises BadCell."""
    text = cell.strip()
    if not text:
        return None
    found: date | None = day(text)
    clock = _TIME.search(text)
    try:
        at = time(int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else time()
    except ValueError:
        raise BadCell(_("「%(value)s」は時刻ではありません。", value=text[:40])) from None
    if found is None:
        return None
    return datetime.combine(found, at, TOKYO).astimezone(UTC)


def key_of(columns: Columns, respondent: str, at: datetime | None, cells: Sequence[str], place: int) -> str:
    """Respondent and time, else what the row says and its `place` among equals (0 first)."""
    if columns.respondent and columns.answered_at and respondent and at is not None:
        parts = ["person", folded(respondent), at.isoformat()]
    else:
        parts = ["row", *(folded(cleaned(cell)) for cell in cells)]
    if place:
        parts.append(f"place {place}")
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
