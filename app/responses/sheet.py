"""What a link leads to."""

from typing import Any

from flask import abort, url_for
from werkzeug.exceptions import NotFound

from app import clock
from app.campaigns.models import Invitation
from app.campaigns.queries import invitation_by_token
from app.responses import queries
from app.responses.models import Response, ResponseState
from app.responses.services import SurveyClosed
from app.surveys.compiled import CompiledVersion, Page, compiled_version
from app.surveys.models import Survey


class UnknownLink(NotFound):
    """Nobody was invited by this token."""


class Sheet:
    """The sheet of one invitation: its survey and version, and the response if there is one yet.

    Raises UnknownLink (404) where nobody was invited by this token.
    """

    def __init__(self, token: str) -> None:
        invitation = invitation_by_token(token)
        if invitation is None:
            raise UnknownLink
        self.token = token
        self.invitation: Invitation = invitation
        self.survey: Survey = invitation.campaign.survey
        self.response: Response | None = queries.response_of(invitation)

    @property
    def is_submitted(self) -> bool:
        return self.response is not None and self.response.state is ResponseState.SUBMITTED

    @property
    def version(self) -> CompiledVersion:
        """The version that was in use when the sheet was begun."""
        begun = self.response.survey_version_id if self.response else None
        return compiled_version(begun or self.invitation.campaign.survey_version_id)

    @property
    def answers(self) -> dict[str, Any]:
        return queries.answers_so_far(self.response, self.version) if self.response else {}

    @property
    def pages(self) -> tuple[Page, ...]:
        """The screens that are visible with the answers saved so far."""
        return self.version.pages(self.answers)

    @property
    def url(self) -> str:
        """The address of its first page."""
        return url_for("responses.show_sheet", token=self.token)

    def url_of(self, page: Page | None) -> str:
        """The address of a screen; without one, of the page that hands the sheet in."""
        if page is None:
            return url_for("responses.show_send", token=self.token)
        return url_for("responses.show_page", token=self.token, number=page.number)

    def place_of(self, number: int) -> int:
        """Where the screen of this number stands among the visible ones, from 0. Aborts with 404 where it does not."""
        place = next((place for place, page in enumerate(self.pages) if page.number == number), None)
        if place is None:
            abort(404)
        return place

    @property
    def place_to_resume(self) -> int | None:
        """Where to go on; None where nothing was answered yet."""
        if self.response is None or not self.response.answers:
            return None
        return self.place_of(queries.page_to_resume(self.response, self.version).number)

    def check_open(self) -> None:
        """Raise SurveyClosed where the survey takes no answers."""
        if not self.survey.is_open(clock.today()):
            raise SurveyClosed(self.survey.name)
