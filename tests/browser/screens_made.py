"""What the demo's story leaves out and the pictures need: a survey with every kind of question, a public link, own answers."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from app import clock
from app.db import db, unit_of_work
from app.responses import public
from app.responses.anonymous import hash_of
from app.responses.models import AnswerLink, AnswerLinkState, Response, ResponseState
from app.surveys.models import QuestionKind, Survey
from app.surveys.services import QuestionTexts, add_question, create_survey, publish_survey
from tests import factories_surveys

OWN = "pictures-of-ones-own-answers"
# Each stands on a screen of its own, in this order.
KINDS = (
    (QuestionKind.STATEMENT, QuestionTexts("ここからは、お届けについてうかがいます", "2分ほどで終わります。")),
    (QuestionKind.MULTIPLE, QuestionTexts("お選びになるとき、大切になさることはどれですか", choices=("味と香り", "産地", "値段", "届く日を選べること", "どれも当てはまらない"))),
    (QuestionKind.SCALE, QuestionTexts("箱や包みは、いかがでしたか", settings={"points": 5, "low": "期待より悪い", "high": "期待よりよい"})),
    (QuestionKind.NUMBER, QuestionTexts("ひと月に、何袋ほどお飲みになりますか", settings={"unit": "袋", "lowest": 0, "highest": 99})),
    (QuestionKind.DATE, QuestionTexts("最後にお茶をお買いになったのは、いつごろですか")),
    (QuestionKind.CONSENT, QuestionTexts("お声を、名前を伏せてご紹介してもよろしいですか", settings={"label": "紹介してかまいません"})),
    (QuestionKind.TEXT, QuestionTexts("お気づきのことがあれば、お聞かせください")),
    (QuestionKind.CONTACT, QuestionTexts("こちらからのご連絡について、お選びください")),
)  # fmt: skip


@dataclass(frozen=True)
class Links:
    """Paths of a sheet with every kind of question, of a public link, and of somebody's own answers."""

    kinds: str
    public: str
    own: str


def make_links(app: Flask) -> Links:
    """Add to the told demo what the customers' pictures need."""
    at = clock.now()
    with app.app_context(), unit_of_work():
        asked = create_survey("", "お届けのアンケート", None, at)
        asked.public_title, asked.welcome = (
            "お届けについてのお願い",
            "お使いになってのご感想を、お聞かせください。",
        )
        asked.purpose = "お届けと包みを直すためだけに使います。"
        for number, (kind, texts) in enumerate(KINDS):
            add_question(asked, kind, texts, None, None, at, code=f"kind{number}")
        publish_survey(asked, None, at)
        first = db.session.scalars(sa.select(Survey).order_by(Survey.id)).first()
        assert first is not None
        answered = db.session.scalars(
            sa.select(Response).where(
                Response.survey_id == first.id, Response.state == ResponseState.SUBMITTED, Response.nps > 3
            ).order_by(Response.submitted_at.desc())
        ).first()  # fmt: skip
        assert answered is not None
        db.session.add(
            AnswerLink(
                response_id=answered.id, state=AnswerLinkState.SENT, token_hash=hash_of(OWN),
                asked_at=at, touched_at=at, ends_at=at + timedelta(minutes=30),
            )
        )  # fmt: skip
        key = public.make_link(first, "店先のちらし", None, at).key
        return Links(f"/s/{factories_surveys.invitation(asked).token}", f"/o/{key}", f"/a/{OWN}")
