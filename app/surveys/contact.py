"""The wish to be contacted: four answers of fixed meaning, whose words may be changed and of which each can be left out.

And when to call somebody who wishes to be called: asked beside the wish, kept as the text of its answer.
"""

from collections.abc import Mapping
from typing import Any

from app.errors import BadInput
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l

# The code of the choice that asks for it, and the answers as they are stored.
PHONE, HOURS = "phone", ("午前", "午後", "夕方", "いつでも")
CONTACT_LABELS = {
    "none": _l("連絡はいらない"),
    "mail": _l("メールで返事がほしい"),
    "phone": _l("電話で返事がほしい"),
    "notice": _l("直したら知らせてほしい"),
}
LONGEST_WISH, FEWEST_WISHES = 200, 2


def wishes_offered(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """The choices of the question for these answers (code → label), in their fixed order. Raises BadInput."""
    offered = {code: labels[code].strip() for code in CONTACT_LABELS if code in labels}
    if len(offered) < FEWEST_WISHES:
        raise BadInput(_("連絡の希望は、2つ以上を残してください。"))
    if not all(offered.values()) or any(len(label) > LONGEST_WISH for label in offered.values()):
        raise BadInput(_("連絡の希望のことばは、1文字から%(count)s文字までです。", count=LONGEST_WISH))
    if len(set(offered.values())) < len(offered):
        raise BadInput(_("連絡の希望に、同じことばが2回あります。"))
    return [{"code": code, "label": label} for code, label in offered.items()]
