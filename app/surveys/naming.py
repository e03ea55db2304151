"""What customers read instead of a survey's internal name."""

from app.accounts.queries import organisation
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.surveys.models import Survey
from app.surveys.piping import plain


def company_name() -> str:
    """The organisation as its customers call it."""
    own = organisation()
    with speaking(JAPANESE):
        return own.name if own and own.name else _("わたしたち")


def title_shown(survey: Survey) -> str:
    """The title customers see; a neutral one where none was written, never the name for the staff."""
    with speaking(JAPANESE):
        return plain(survey.public_title) or _("%(company)sからのアンケート", company=company_name())
