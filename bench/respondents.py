"""Customers who answer over HTTP: a survey of five questions on one screen, and those who were sent its link."""

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa

from app.campaigns.models import Invitation
from app.db import db
from app.surveys import services
from app.surveys.models import Survey
from tests import factories, factories_surveys

WORDS = "新茶が届いたのがお彼岸を過ぎてからでした。"
ANSWERS = {
    "q_nps": "6",
    "q_main_reason": "delivery",
    "q_reason_text": WORDS,
    "q_improve": "届く日を選べるようになれば。",
    "q_current": "近所のスーパーのお茶",
}
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def five_questions() -> Survey:
    """A published survey of five questions on one screen."""
    survey = factories_surveys.survey(published=False)
    version = survey.newest_version
    del version.questions[len(ANSWERS) :]
    for place, question in enumerate(version.questions, 1):
        question.page, question.position = 1, place
    db.session.flush()
    services.publish_survey(survey, None, factories.AT)
    return survey


def invite(survey: Survey, count: int, prefix: str = "t") -> list[str]:
    """Invite so many new customers to a survey, by one campaign; return the tokens of their links."""
    first = factories_surveys.invitation(survey)
    first_id = db.session.scalar(sa.select(sa.func.max(factories.Customer.id))) or 0
    keys = [f"{prefix}-{first_id + number:07d}" for number in range(1, count + 1)]
    people = [
        {"key": key, "name": "山本 花子", "created_at": factories.AT, "changed_at": factories.AT}
        for key in keys
    ]
    db.session.execute(sa.insert(factories.Customer), people)
    found = sa.select(factories.Customer.id, factories.Customer.key).where(factories.Customer.key.in_(keys))
    made = [
        {
            "campaign_id": first.campaign_id,
            "customer_id": number,
            "token": f"{key}-token-of-a-believable-length",
            "code": f"L{number:07d}",
            "invited_at": factories.AT,
        }
        for number, key in db.session.execute(found)
    ]
    db.session.execute(sa.insert(Invitation), made)
    return [row["token"] for row in made]


@dataclass
class Reply:
    """What came back."""

    status: int
    location: str
    text: str
    retry_after: str = ""

    @property
    def is_thanks(self) -> bool:
        """Was the sheet acknowledged?"""
        return self.status == 303 and self.location.endswith("/thanks")


@dataclass
class Browser:
    """One browser with its cookie and form token, on one connection kept open."""

    address: str
    timeout: float = 30
    cookie: str = ""
    form_token: str = ""
    asks_for_part: bool = False  # as htmx does
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def send(self, method: str, path: str, form: dict[str, str] | None = None) -> Reply:
        """Send one request. Raises OSError or http.client.HTTPException where the connection breaks."""
        if self._connection is None:
            place = urlsplit(self.address)
            self._connection = http.client.HTTPConnection(
                place.hostname or "", place.port, timeout=self.timeout
            )
        headers = {"Cookie": self.cookie} if self.cookie else {}
        headers |= {"HX-Request": "true"} if self.asks_for_part else {}
        body = None
        if form is not None:
            body = urlencode({"csrf_token": self.form_token, **form})
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.address}
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self.hang_up()
            raise
        self._remember(answer, text)
        return Reply(
            answer.status, answer.getheader("Location") or "", text, answer.getheader("Retry-After") or ""
        )

    def _remember(self, answer: http.client.HTTPResponse, text: str) -> None:
        if given := answer.getheader("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        if found := _CSRF.search(text):
            self.form_token = found[1]

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def open(self, token: str) -> Reply:
        return self.send("GET", f"/s/{token}")

    def begin(self, token: str) -> Reply:
        return self.send("POST", f"/s/{token}", {})

    def show(self, token: str) -> Reply:
        return self.send("GET", f"/s/{token}/1")

    def submit(self, token: str, **changes: str) -> Reply:
        return self.send("POST", f"/s/{token}/1", {**ANSWERS, **changes})
