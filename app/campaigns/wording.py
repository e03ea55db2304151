"""What may stand in the words of a mail: five placeholders, one line for the subject, a link in the body."""

import re
import unicodedata
from collections.abc import Mapping

from app.errors import BadInput
from app.i18n import gettext as _

NAMES = ("name", "link", "company", "deadline", "nps")
LONGEST_SUBJECT, LONGEST_BODY = 120, 8_000
_PLACEHOLDER = re.compile(r"\{\{ ?(\w{1,20}) ?\}\}")
# {{name}} brings its own 様, so that one written behind it is not said twice.
# A row of eleven points has a paragraph of its own.
_ROW = re.compile(r"\s*\{\{ ?nps ?\}\}\s*")
_HONOURED = re.compile(r"(\{\{ ?name ?\}\})[ 　]?(?:様|さま)")


class BadWording(BadInput):
    """The words of a mail cannot be sent like this. `field`: subject or body."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def checked_subject(text: str, has_deadline: bool) -> str:
    """The subject as it is kept. Raises BadWording."""
    text = _plain_braces(text.strip())
    if not text:
        raise BadWording("subject", _("件名を入力してください。"))
    if len(text) > LONGEST_SUBJECT:
        raise BadWording("subject", _("件名は%(count)s文字までです。", count=LONGEST_SUBJECT))
    if len(text.splitlines()) > 1 or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise BadWording("subject", _("件名に改行や見えない文字は使えません。"))
    if "=?" in text:
        raise BadWording("subject", _("件名に「=?」は使えません。メールの仕組みの記号と取り違えられます。"))
    used = _names_in("subject", text, has_deadline)
    for name in ("link", "nps"):
        if name in used:
            raise BadWording(
                "subject",
                _("%(name)sは本文に入れてください。件名には入れられません。", name="{{" + name + "}}"),
            )
    return text


def checked_body(text: str, has_deadline: bool, begins_with_nps: bool = False) -> str:
    """The body as it is kept, line breaks made one kind. Raises BadWording.

    begins_with_nps: the first thing the survey asks is 0 to 10, so that the mail may ask it too.
    """
    text = _plain_braces(text.replace("\r\n", "\n").replace("\r", "\n").strip())
    if not text:
        raise BadWording("body", _("本文を入力してください。"))
    if len(text) > LONGEST_BODY:
        raise BadWording("body", _("本文は%(count)s文字までです。", count=LONGEST_BODY))
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
        raise BadWording("body", _("本文に見えない文字が入っています。貼りつけた文を打ち直してください。"))
    used = _names_in("body", text, has_deadline)
    if "nps" in used and not begins_with_nps:
        raise BadWording("body", _("{{nps}}は、調査の最初の設問が「おすすめ度 0〜10」のときだけ使えます。"))
    if "link" not in used:
        raise BadWording(
            "body", _("本文に{{link}}がありません。お客さまが回答のページを開けるように、入れてください。")
        )
    return text


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], _HONOURED.sub(r"\1", text))


def with_row(text: str, row: str) -> str:
    """The body with `row` as a paragraph of its own wherever it holds {{nps}}; without one where that is empty."""
    return _ROW.sub(lambda _found: f"\n\n{row}\n\n" if row else "\n\n", text).strip()


def uses(text: str, name: str) -> bool:
    """Does the text hold this placeholder?"""
    return name in _PLACEHOLDER.findall(text)


def one_line(text: str) -> str:
    """A name as it may stand in a header: one line, nothing invisible, no beginning of an encoded word."""
    seen = (" " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in text)
    return " ".join("".join(seen).replace("=?", "= ?").split())


def _plain_braces(text: str) -> str:
    return text.replace("｛", "{").replace("｝", "}") if "｛｛" in text or "｝｝" in text else text


def _names_in(field: str, text: str, has_deadline: bool) -> set[str]:
    """The placeholders a text uses. Raises BadWording for one that does not exist or cannot be filled."""
    used = set(_PLACEHOLDER.findall(text))
    unknown = sorted(used.difference(NAMES))
    if unknown:
        raise BadWording(
            field,
            _(
                "「%(name)s」という差し込みはありません。使えるのは %(names)s です。",
                name="{{" + unknown[0] + "}}",
                names="・".join("{{" + name + "}}" for name in NAMES),
            ),
        )
    if "{{" in _PLACEHOLDER.sub("", text) or "}}" in _PLACEHOLDER.sub("", text):
        raise BadWording(
            field, _("「{{」と「}}」がそろっていません。差し込みは {{link}} のように書いてください。")
        )
    if "deadline" in used and not has_deadline:
        raise BadWording(
            field,
            _("この調査には締め切りがありません。{{deadline}}を消すか、調査に締め切りを決めてください。"),
        )
    return used
