"""Telling the demo's story: members at once, the rest chapter by chapter, each chapter whole or not at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.accounts import services as accounts
from app.accounts.models import Member, Role
from app.accounts.queries import organisation
from app.campaigns.models import Arm, Campaign, Invitation, Message, MessageState
from app.db import db, unit_of_work
from app.demo.chapters import CHAPTERS, SECOND, Chapter
from app.demo.models import DemoStep, StepState
from app.demo.world import World, no_bells
from app.points import reach
from app.reasons import engine
from app.reasons import services as reasons
from app.responses.models import Response

PASSWORD = "asagiri-no-ocha"  # noqa: S105 - of a demo that listens on this machine only
PIECE = 3  # tenths of a second that one piece of a chapter takes
ORGANISATION: dict[str, str | bool] = {
    "name": "朝霧茶舗",
    "sender_name": "朝霧茶舗 お客さま係",
    "sender_address": "okyakusama@asagiri.example",
    "postal_address": "静岡県榛原郡川根本町霧見1-2-3",
    "contact": "0120-000-000（平日 9:00〜17:00）",
    "privacy_url": "https://asagiri.example/privacy",
    "is_demo": True,
}
ROLE_LABELS = {
    Role.ADMINISTRATOR: "管理者",
    Role.EDITOR: "CX編集",
    Role.VIEWER: "CX閲覧",
    Role.PRODUCT: "製品",
    Role.OPERATOR: "架電",
    Role.AUDITOR: "監査",
}


@dataclass(frozen=True)
class Login:
    """A member of the demo, and how to sign in as one."""

    email: str
    name: str
    role: Role
    password: str = PASSWORD

    @property
    def role_label(self) -> str:
        return ROLE_LABELS[self.role]


LOGINS = (
    Login("kanri@asagiri.example", "大石 みのり", Role.ADMINISTRATOR),
    Login("cx@asagiri.example", "中村 あゆみ", Role.EDITOR),
    Login("cx2@asagiri.example", "渥美 圭介", Role.EDITOR),
    Login("kikaku@asagiri.example", "望月 亮", Role.PRODUCT),
    Login("mise@asagiri.example", "佐野 由佳", Role.VIEWER),
    Login("denwa@asagiri.example", "寺田 文子", Role.OPERATOR),
    Login("kansa@asagiri.example", "白井 崇", Role.AUDITOR),
)


def prepare(at: datetime) -> None:
    """Make the organisation, its members and the list of chapters; nothing where an organisation is there."""
    with unit_of_work():
        if organisation() is not None:
            return
        accounts.change_organisation(None, at, **ORGANISATION)
        for login in LOGINS:
            accounts.add_member(login.email, login.name, login.password, login.role, at)
        reasons.seed_codebook(at)
        for chapter in CHAPTERS:
            db.session.add(DemoStep(name=chapter.name, total_count=chapter.weight, at=at))


def tell() -> None:
    """Tell every chapter that is not told yet. A telling that was cut off goes on with the same days."""
    with unit_of_work():
        begun_at = db.session.scalar(sa.select(sa.func.min(DemoStep.at)))
    if begun_at is None:
        return
    world = World(clock.day_of(begun_at))
    engine.shipped()  # takes seconds the first time: not inside a transaction
    with no_bells():
        for chapter in CHAPTERS:
            try:
                _tell(chapter, world)
            except Cancelled:
                return


class Cancelled(Exception):
    """Somebody has stopped the telling: the chapter at hand is not told."""


def cancel_telling(member: Member | None, at: datetime) -> bool:
    """Stop after the chapters told so far. False where nothing is left to tell."""
    left = DemoStep.state.in_((StepState.QUEUED, StepState.RUNNING))
    stop = sa.update(DemoStep).where(left).values(state=StepState.CANCELLED)
    found: Any = db.session.execute(stop.execution_options(synchronize_session=False))
    if found.rowcount:
        audit.record("cancelled", "demo", None, member.id if member else None, at)
    return bool(found.rowcount)


def _tell(chapter: Chapter, world: World) -> None:
    with unit_of_work():
        step = db.session.scalars(sa.select(DemoStep).where(DemoStep.name == chapter.name)).one()
        if step.state is StepState.DONE:
            return
        _mark(chapter, state=StepState.RUNNING)
    if chapter.apart:
        for pieces, _done in enumerate(chapter.tell(world) or (), 1):
            reach("telling.piece")
            with unit_of_work():
                _mark(chapter, done_count=min(chapter.weight, PIECE * pieces))
    with unit_of_work():
        if not chapter.apart:
            chapter.tell(world)
        _mark(chapter, state=StepState.DONE, done_count=chapter.weight)
        reach("telling.telling")
    reach("telling.told")
    db.session.expunge_all()


def _mark(chapter: Chapter, **values: Any) -> None:
    """Note how far a chapter is. Raises Cancelled where the telling was stopped."""
    going = (DemoStep.name == chapter.name, DemoStep.state != StepState.CANCELLED)
    found: Any = db.session.execute(sa.update(DemoStep).where(*going).values(values))
    if not found.rowcount:
        raise Cancelled


def example_link() -> str | None:
    """The path of a sheet of the newest campaign that nobody has begun; None before there is one."""
    begun = sa.select(Response.id).where(Response.invitation_id == Invitation.id)
    waiting = (
        sa.select(Invitation.token)
        .join(Campaign)
        .join(Message, Message.invitation_id == Invitation.id)
        .where(
            Campaign.name == SECOND,
            Invitation.arm == Arm.ASKED,
            Message.state == MessageState.ACCEPTED,
            ~begun.exists(),
        )
        .order_by(Invitation.id)
        .limit(1)
    )
    token = db.session.scalar(waiting)
    return f"/s/{token}" if token else None
