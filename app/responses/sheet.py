"""What a link leads to."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask import abort, current_app, url_for
from werkzeug.exceptions import NotFound

from app import clock
from app.accounts.models import Member
from app.campaigns.models import Invitation
from app.db import db
from app.responses import anonymous, browser, holding, queries, services
from app.responses.models import Door, Response, ResponseState
from app.surveys.attributes import snapshot_of
from app.surveys.compiled import CompiledVersion, Page, compiled_version
from app.surveys.models import Survey
from app.surveys.piping import plain
from app.surveys.presenting import presented, thanks_for

THANKS_KNOW = timedelta(minutes=30)


class UnknownLink(NotFound):
    """No sheet is opened by this token."""


class Sheet:
    """A sheet: its survey and version, and the response if there is one yet.

    The token is an invitation's, or that of a response that was begun through a public link: then there is no
    invitation. Raises UnknownLink (404) where it is neither; both look alike.
    """

    template = "surveys/sheet/page.html"
    member: Member | None = None  # who enters it for somebody on the telephone

    def __init__(self, token: str, to_write: bool = False) -> None:
        """`to_write`: a sheet that was begun is held from the first look on (see app.responses.holding)."""
        taken_up = queries.taken_up(token) if to_write else None
        opened = taken_up or queries.opened_by(token)
        response = opened.response if opened else queries.response_by_token(token)
        self.token = token
        self.invitation: Invitation | None = opened.invitation if opened else None
        self.response: Response | None = response
        if taken_up is not None and response is not None:
            holding.note_held(response)
        if opened is not None:
            self.survey: Survey = opened.survey
            self.version = compiled_version(opened.version.id)
        elif response is not None:
            self.survey = response.survey
        elif (spent := anonymous.spent_by(token)) is not None:
            self.survey = db.session.get_one(Survey, spent.survey_id)
        else:
            raise UnknownLink

    @property
    def invited(self) -> Invitation:
        """The invitation. Raises UnknownLink where the sheet has none, and so no customer to speak of."""
        if self.invitation is None:
            raise UnknownLink
        return self.invitation

    @property
    def door(self) -> Door:
        """The door this browser came in by."""
        return browser.door_of(self.response) if self.invitation else Door.PUBLIC

    @property
    def is_submitted(self) -> bool:
        if self.response is not None and self.response.state is ResponseState.SUBMITTED:
            return True
        return self.is_cut_off

    @property
    def is_cut_off(self) -> bool:
        """Was it handed in, and nothing leads from this link to it: anonymous, or erased since?"""
        spent = self.invitation is not None and self.invitation.spent_at is not None
        is_there = self.response is not None and self.response.state is ResponseState.SUBMITTED
        return not is_there and (spent or (self.invitation is None and self.response is None))

    @cached_property
    def version(self) -> CompiledVersion:
        """The version that was in use when the sheet was begun. Raises UnknownLink where there is no sheet."""
        if self.response is None:
            raise UnknownLink
        return compiled_version(self.response.survey_version_id)

    def keep(self, response: Response, values: Mapping[str, Any]) -> None:
        """Save these answers; what is shown from now on knows them."""
        self.answers = services.save_page(response, values, clock.now(), self.door, self.member)
        self.__dict__.pop("pages", None)

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The answers saved so far."""
        return queries.answers_so_far(self.response, self.version) if self.response else {}

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The screens that are visible with the answers saved so far, as this respondent sees them."""
        seed = self.response.id if self.response else 0
        return presented(self.survey, self.version, self.answers, self.attributes, seed)

    @property
    def thanks(self) -> str:
        """The words after submitting. Answers stand in them for a while only: later the link shows none of them."""
        begun, now = self.response, clock.now()
        if begun is None or begun.submitted_at is None or now - begun.submitted_at > THANKS_KNOW:
            return plain(self.survey.thanks)
        return thanks_for(self.survey, self.version, self.answers, self.attributes)

    @property
    def attributes(self) -> dict[str, Any]:
        """What was known of the customer when the sheet was begun, or is known now where it was not."""
        if self.response is not None:
            return self.response.attributes
        return snapshot_of(self.invited.customer, clock.today())

    @property
    def url(self) -> str:
        """The address of its first page."""
        return url_for("responses.show_sheet", token=self.token)

    @property
    def way_back(self) -> str | None:
        """The address that leads back to a sheet nobody was invited to, from any device."""
        if self.response is None or self.response.public_link_id is None:
            return None
        return f"{current_app.extensions['settings'].public_url}{self.url}"

    @property
    def url_after(self) -> str:
        """The address that thanks for it."""
        return url_for("responses.show_thanks", token=self.token)

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
            raise services.SurveyClosed(self.survey.name)
