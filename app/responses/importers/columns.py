"""Which column of another tool's results holds what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys.models import AsksFor, ReadAs

LONGEST_NAME = 120
MOST_TEXTS = 30
ROLES = ("respondent", "answered_at", "nps")
# How the columns are usually called. The first header that fits is taken.
_NAMES = {
    "respondent": re.compile(
        r"^(会員|回答者|顧客|お客様|respondent|user|customer)?.{0,2}(id|ID|ＩＤ|番号|コード)$", re.IGNORECASE
    ),
    "answered_at": re.compile(
        r"回答(日時|日|時刻)|日時|タイムスタンプ|timestamp|submitted|answered", re.IGNORECASE
    ),
    "nps": re.compile(r"^nps|推奨度|おすすめ度|お勧め度|recommend", re.IGNORECASE),
}
_TEXT = re.compile(
    r"理由|内容|自由|記述|意見|ご感想|感想|コメント|要望|求める|改善|推奨項目|FA$|comment|reason|feedback",
    re.IGNORECASE,
)
_PLACE = re.compile(r"場所|住所|市町村|氏名|お名前")
_QUESTIONS: tuple[tuple[re.Pattern[str], ReadAs, AsksFor], ...] = (
    (re.compile(r"不便|不満|困っ|悪かった|苦情"), ReadAs.REASON, AsksFor.COMPLAINT),
    (
        re.compile(r"求める|要望|改善|希望|どうなれば|improve|wish", re.IGNORECASE),
        ReadAs.IMPROVE,
        AsksFor.WISH,
    ),
    (re.compile(r"推奨項目|良かった|おすすめ|満足した点"), ReadAs.NPS, AsksFor.PRAISE),
    (re.compile(r"今は|現在|代わり|current", re.IGNORECASE), ReadAs.CURRENT, AsksFor.ANYTHING),
    (re.compile(r"満足|nps|推奨", re.IGNORECASE), ReadAs.NPS, AsksFor.ANYTHING),
    (re.compile(r"解約|退会|やめ|離れ|churn", re.IGNORECASE), ReadAs.REASON, AsksFor.COMPLAINT),
)


@dataclass(frozen=True)
class TextColumn:
    """A column of words: the question it answers, and what that question invites."""

    col: str
    question: ReadAs
    asks_for: AsksFor = AsksFor.ANYTHING


@dataclass(frozen=True)
class Columns:
    """A checked mapping. `survey`: the name of the survey the sheets go to."""

    survey: str
    respondent: str | None = None
    answered_at: str | None = None
    nps: str | None = None
    texts: tuple[TextColumn, ...] = ()
    attributes: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, mapping: dict[str, Any], header: Sequence[str]) -> "Columns":
        """Read a mapping as the door and the page write it. Raises BadInput naming what does not fit."""
        survey = str(mapping.get("survey") or "").strip()
        if not survey or len(survey) > LONGEST_NAME:
            raise BadInput(_("調査の名前を120文字までで入力してください。"))
        texts = tuple(_text_column(one) for one in _list(mapping, "texts"))
        columns = cls(
            survey=survey,
            **{role: str(mapping[role]) if mapping.get(role) else None for role in ROLES},
            texts=texts,
            attributes=tuple(str(one) for one in _list(mapping, "attributes")),
        )
        columns._check(header)
        return columns

    def _check(self, header: Sequence[str]) -> None:
        if not self.texts and not self.nps:
            raise BadInput(_("ことばの列かNPSの列を、ひとつは選んでください。"))
        if len(self.texts) > MOST_TEXTS:
            raise BadInput(_("ことばの列は30列までにしてください。"))
        for name in self.names():
            if name not in header:
                raise BadInput(_("「%(column)s」という列はありません。", column=name))
        texts = [text.col for text in self.texts]
        if len(set(texts)) < len(texts):
            raise BadInput(_("同じ列が、二度選ばれています。"))

    def names(self) -> list[str]:
        """All columns that are read."""
        single = [name for name in (self.respondent, self.answered_at, self.nps) if name]
        return [*single, *(text.col for text in self.texts), *self.attributes]

    def as_mapping(self) -> dict[str, Any]:
        """The form that is kept on the batch and that the door reads."""
        texts = [
            {"col": one.col, "question": one.question.value, "asks_for": one.asks_for.value}
            for one in self.texts
        ]
        roles = {role: getattr(self, role) for role in ROLES if getattr(self, role)}
        return {"survey": self.survey, **roles, "texts": texts, "attributes": list(self.attributes)}


def _list(mapping: dict[str, Any], name: str) -> list[Any]:
    found = mapping.get(name) or []
    if not isinstance(found, list):
        raise BadInput(_("対応づけの「%(name)s」は一覧で書いてください。", name=name))
    return found


def _text_column(one: Any) -> TextColumn:
    if not isinstance(one, dict) or not one.get("col"):
        raise BadInput(_('ことばの列は {"col": 列名, "question": 問い} の形で書いてください。'))
    question, asks_for = one.get("question", "other"), one.get("asks_for") or "anything"
    if question not in list(ReadAs) or asks_for not in list(AsksFor):
        raise BadInput(
            _(
                "「%(column)s」の問いは reason, improve, current, nps, other から選んでください。",
                column=one["col"],
            )
        )
    return TextColumn(str(one["col"]), ReadAs(question), AsksFor(asks_for))


def guess_columns(header: Sequence[str], samples: Sequence[Sequence[str]], survey: str) -> dict[str, Any]:
    """Guess a mapping from the names of the columns and some rows; for a person to look through."""
    found: dict[str, Any] = {role: _first(header, pattern) for role, pattern in _NAMES.items()}
    taken = {name for name in found.values() if name}
    texts = [
        name for place, name in enumerate(header) if name not in taken and _holds_words(name, place, samples)
    ]
    found = {role: name for role, name in found.items() if name}
    return {"survey": survey, **found, "texts": [_guessed_text(name) for name in texts], "attributes": []}


def _first(header: Sequence[str], pattern: re.Pattern[str]) -> str | None:
    return next((name for name in header if pattern.search(name)), None)


def _holds_words(name: str, place: int, samples: Sequence[Sequence[str]]) -> bool:
    """A column of free words is called so, or holds long cells that hardly repeat; places and names are neither."""
    if _PLACE.search(name):
        return False
    cells = [row[place].strip() for row in samples if place < len(row) and row[place].strip()]
    if _TEXT.search(name):
        return not cells or len(set(cells)) > len(cells) / 4
    return len(cells) >= 5 and len(set(cells)) == len(cells) and sum(map(len, cells)) / len(cells) > 25


def _guessed_text(name: str) -> dict[str, str]:
    for pattern, question, asks_for in _QUESTIONS:
        if pattern.search(name):
            return {"col": name, "question": question.value, "asks_for": asks_for.value}
    return {"col": name, "question": ReadAs.OTHER.value, "asks_for": AsksFor.ANYTHING.value}
