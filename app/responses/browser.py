"""What a respondent's browser remembers: the door it came in by, and which surveys it has sent a sheet of."""

from flask import Response as Answer
from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer

from app.responses.models import Door, Response

DOOR = "door"
SENT_DAYS, MOST_KEPT = 30, 40


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
    return survey_id in _sent()


def remember_sent(answer: Answer, survey_id: int) -> None:
    """Have the browser say for 30 days that it has sent a sheet of this survey. Signed; it says nothing else."""
    settings = current_app.extensions["settings"]
    answer.set_cookie(
        _cookie_name(),
        _signer().dumps([*[one for one in _sent() if one != survey_id], survey_id][-MOST_KEPT:]),
        max_age=SENT_DAYS * 86_400,
        secure=settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def _sent() -> list[int]:
    try:
        kept = _signer().loads(request.cookies.get(_cookie_name(), ""), max_age=SENT_DAYS * 86_400)
    except BadData:
        return []
    return list(kept)


def _cookie_name() -> str:
    return "__Host-okaeri-sent" if current_app.extensions["settings"].is_https else "okaeri-sent"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.extensions["settings"].secret_key, salt="sent sheets")
