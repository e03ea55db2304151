"""With names or without: chosen while nothing has been published, and fixed from then on."""

from datetime import datetime

from app import edits
from app.accounts.models import Member
from app.errors import BadInput
from app.i18n import gettext as _
from app.surveys.models import Survey

PART = "anonymity"


class AnonymityFixed(BadInput):
    """It was published with names, or without, and stays so: those who answered were told."""


def choose_anonymity(
    survey: Survey, anonymous: bool, revision: int | None, member: Member | None, at: datetime
) -> None:
    """Have a survey answered without names, or with. Raises AnonymityFixed, Overtaken."""
    edits.hold(survey)
    wanted, standing = {"anonymous": anonymous}, {"anonymous": survey.anonymous}
    if not edits.settle(survey, PART, wanted, standing, revision, member):
        return
    if survey.published_version is not None:
        raise AnonymityFixed(
            _("公開したあとは、記名と無記名を変えられません。写しを作って、選びなおしてください。")
        )
    survey.anonymous = anonymous
    edits.keep_edit(survey, PART, standing, wanted, member, at)
