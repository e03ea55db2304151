"""With names or without: chosen while nothing has been published, and fixed from then on."""

from datetime import datetime

from app import edits
from app.accounts.models import Member
from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys.models import Survey
from app.surveys.unnamed import FIELDS, fitted

PART = "anonymity"


class AnonymityFixed(BadInput):
    """It was published with names, or without, and stays so: those who answered were told."""


def choose_anonymity(
    survey: Survey, anonymous: bool, revision: int | None, member: Member | None, at: datetime
) -> bool:
    """Have a survey answered without names, or with. Raises AnonymityFixed, Overtaken.

    What its preset says of reading and replying follows; returns whether something did.
    """
    edits.hold(survey)
    wanted, standing = {"anonymous": anonymous}, {"anonymous": survey.anonymous}
    if not edits.settle(survey, PART, wanted, standing, revision, member):
        return False
    if survey.published_version is not None:
        raise AnonymityFixed(
            _("公開したあとは、記名と無記名を変えられません。写しを作って、選びなおしてください。")
        )
    survey.anonymous = anonymous
    edits.keep_edit(survey, PART, standing, wanted, member, at)
    before = {name: getattr(survey, name) for name in FIELDS}
    after = {name: fitted(text, anonymous) for name, text in before.items()}
    if after == before:
        return False
    for name, text in after.items():
        setattr(survey, name, text)
    edits.keep_edit(survey, "texts", before, after, member, at)
    return True
