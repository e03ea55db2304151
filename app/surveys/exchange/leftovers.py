"""What could not be taken, place by place: nothing is dropped without a word."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.i18n import gettext as _
from app.surveys.exchange.texts import japanese

LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Leftover:
    """One thing that could not be taken. where: the question's or page's name, "" for the survey; what: the property."""

    where: str
    what: str
    why: str

    def as_json(self) -> dict[str, str]:
        return {"where": self.where, "what": self.what, "why": self.why}


@dataclass
class Leftovers:
    """Collects them; `where` is the place being read."""

    found: list[Leftover] = field(default_factory=list)
    where: str = ""

    def add(self, what: str, value: Any, why: str = "") -> None:
        """List one thing, with a sentence of its own or one that shows its value."""
        plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        shown = plain if len(plain) <= LONGEST_SHOWN else f"{plain[: LONGEST_SHOWN - 1]}…"
        self.found.append(
            Leftover(self.where, what, why or _("取り込めませんでした：%(value)s", value=shown))
        )

    def text(self, holder: Mapping[str, Any], name: str) -> str:
        """A text of ours from a text of theirs; other languages are listed."""
        text, languages = japanese(holder.get(name))
        if languages:
            self.add(
                name,
                "",
                _("ほかの言葉の文（%(languages)s）は取り込めませんでした。", languages=", ".join(languages)),
            )
        return text
