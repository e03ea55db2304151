"""What a respondent's browser remembers: the door it came in by, and of public links the sheets it sent or began."""

from typing import Any

from flask import Response as Answer
from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer

from app.responses.models import Door, Response

DOOR = "door"
SENT_DAYS, MOST_KEPT, MOST_BEGUN = 30, 40, 20


def keep_door(response: Response, door: Door) -> None:
    """Remember through which door this browser opened the sheet, for the screens that follow."""
    session[DOOR] = [response.id, door.value]


def door_of(response: Response | None) -> Door:
    """The door this browser came in by; that of the sheet where it has forgotten."""
    if response is None:
        return Door.LINK
    kept = session.get(DOOR)
    return Door(kept[1]) if kept and kept[0] == response.id else response.door


def has_sent(survey_id: int) -> bool:
    """Has a sheet of this survey been sent from this browser within the last 30 days?"""
    return survey_id in _kept()["sent"]


def begun_here(survey_id: int) -> str | None:
    """The token of the sheet of this survey that was begun in this browser through a public link, and not sent."""
    token: str | None = _kept()["begun"].get(str(survey_id))
    return token


def remember_begun(answer: Answer, survey_id: int, token: str) -> None:
    """Have the browser find the way back to a sheet it has begun, for 30 days."""
    kept = _kept()
    begun = {number: one for number, one in kept["begun"].items() if number != str(survey_id)}
    last = list(begun.items())[1 - MOST_BEGUN :]
    _keep(answer, {**kept, "begun": {**dict(last), str(survey_id): token}})


def remember_sent(answer: Answer, survey_id: int) -> None:
    """Have the browser say for 30 days that it has sent a sheet of this survey, and forget the way back to it."""
    kept = _kept()
    sent = [*[one for one in kept["sent"] if one != survey_id], survey_id][-MOST_KEPT:]
    begun = {number: token for number, token in kept["begun"].items() if number != str(survey_id)}
    _keep(answer, {"sent": sent, "begun": begun})


def _keep(answer: Answer, kept: dict[str, Any]) -> None:
    """Signed; it says nothing else."""
    settings = current_app.extensions["settings"]
    answer.set_cookie(
        _cookie_name(),
        _signer().dumps(kept),
        max_age=SENT_DAYS * 86_400,
        secure=settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def _kept() -> dict[str, Any]:
    """sent: ids of surveys; begun: token by id of the survey. Older cookies are the ids alone."""
    try:
        kept = _signer().loads(request.cookies.get(_cookie_name(), ""), max_age=SENT_DAYS * 86_400)
    except BadData:
        kept = []
    return kept if isinstance(kept, dict) else {"sent": kept, "begun": {}}


def _cookie_name() -> str:
    return "__Host-okaeri-sent" if current_app.extensions["settings"].is_https else "okaeri-sent"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.extensions["settings"].secret_key, salt="sent sheets")
