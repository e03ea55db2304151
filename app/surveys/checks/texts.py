"""What customers read before and after the questions, and until when they may answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.surveys.compiled import CompiledQuestion
from app.surveys.finding import Finding, Place, Weight
from app.surveys.piping import thanks_findings

# Nothing was answered yet where these stand, and a link opened by somebody else must tell nothing of the customer.
_NEVER_PIPED = {
    "public_title": _l("お客さまに見える題"),
    "welcome": _l("はじめのあいさつ"),
    "purpose": _l("使いみち"),
}


def findings(
    texts: Mapping[str, Any], questions: Sequence[CompiledQuestion], shown: Sequence[str], today: date
) -> Iterator[Finding]:
    """Each names the field of the texts' form it is about. `texts`: its values; `shown`: details that may be shown."""
    if not texts["public_title"].strip():
        mend = _("「文章と期限」で、お客さまに見える題を入力してください。")
        yield _of("public_title", _("お客さまに見える題がありません。"), mend)
    if not texts["welcome"].strip():
        mend = _("だれが、なぜたずねるのかを「文章と期限」に書くと、答えてもらいやすくなります。")
        yield replace(_of("welcome", _("はじめのあいさつがありません。"), mend), weight=Weight.ADVICE)
    for field, label in _NEVER_PIPED.items():
        if "{{" in texts[field] or "}}" in texts[field]:
            sentence = _("「%(label)s」には、差し込みを使えません。", label=label)
            yield _of(field, sentence, _("{{ }}で囲んだところを、ふつうの文にしてください。"))
    for one in thanks_findings(questions, shown, texts["thanks"]):
        yield replace(one, field="thanks")
    if texts["closes_on"] is not None and texts["closes_on"] < today:
        mend = _("「文章と期限」で、これからの日にするか、空にしてください。")
        yield _of("closes_on", _("締め切りの日が過ぎています。"), mend)


def _of(field: str, sentence: str, mend: str) -> Finding:
    return Finding(sentence, None, mend, place=Place.TEXTS, field=field)
