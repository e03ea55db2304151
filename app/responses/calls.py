"""The call list: whom an operator may call, what became of each call, and who may be called no more.

Who calls in and reads out the code of their letter is not on it: they are heard even without a number on file, or
where they have asked not to be called.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Member
from app.campaigns.codes import check_code
from app.campaigns.models import Arm, Campaign, CampaignState, Invitation
from app.clock import day_of
from app.customers import services as customers
from app.customers.addresses import normal_address, plain
from app.customers.models import Channel, Customer, Suppression, SuppressionCause
from app.customers.queries import is_suppressed
from app.db import db
from app.errors import BadInput
from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.responses.models import Call, CallOutcome, Door, Response
from app.responses.services import start_response
from app.surveys.models import Survey, SurveyState
from app.surveys.naming import company_name
from app.surveys.piping import plain as plain_text

# Mails of a finished campaign have all gone out; calling is what follows.
RUNNING = (CampaignState.SENDING, CampaignState.DONE)
ENDS = {
    CallOutcome.DECLINED: SuppressionCause.OPT_OUT,
    CallOutcome.WRONG_NUMBER: SuppressionCause.BOUNCE,
}
LONGEST_SEARCH = 60
SAME_PRESS = timedelta(minutes=1)


def call_list(search: str, at: datetime) -> sa.Select[Invitation]:
    """Whom to call: invited by a running campaign, not answered, with a telephone that may be called.

    Those to be called again now come first, then those never called, then the others; who asked for a later time, last.
    `search`: a customer number, name, telephone number or the code of a letter.
    """
    last = aliased(Call)
    newest = sa.select(sa.func.max(Call.id)).where(Call.invitation_id == Invitation.id)
    query = (
        _callable(at)
        .outerjoin(last, last.id == newest.correlate(Invitation).scalar_subquery())
        .options(joinedload(Invitation.customer), joinedload(Invitation.campaign).joinedload(Campaign.survey))
    )
    if search.strip():
        query = query.where(_is_meant(search[:LONGEST_SEARCH]))
    turn = sa.case((last.again_at <= at, 0), (last.id.is_(None), 1), (last.again_at.is_(None), 2), else_=3)
    return query.order_by(turn, last.again_at, last.at, Invitation.id)


def invitation_to_call(invitation_id: int, at: datetime) -> Invitation | None:
    """An invitation of the call list; None for anybody else."""
    found = db.session.scalar(_callable(at).where(Invitation.id == invitation_id))
    if found is None or is_suppressed(Channel.PHONE, found.customer.phone):
        return None
    return found


def invitation_on_the_line(invitation_id: int, at: datetime) -> Invitation | None:
    """An invitation of the call list, or one whose owner has called in; None for anybody else."""
    return invitation_to_call(invitation_id, at) or db.session.scalar(
        _answerable(at).where(Invitation.id == invitation_id, _has_called_in())
    )


def take_call(invitation: Invitation, member: Member, at: datetime) -> bool:
    """Its owner has called in with their code: keep that, unless they may be called anyway.

    False where nothing is left to ask them.
    """
    if invitation_to_call(invitation.id, at) is not None:
        return True
    if db.session.scalar(_answerable(at).where(Invitation.id == invitation.id)) is None:
        return False
    record_call(invitation, CallOutcome.CALLED_IN, None, member, at)
    return True


def calls_of(invitations: Sequence[Invitation]) -> dict[int, list[Call]]:
    """The calls made so far by invitation id, oldest first."""
    numbers = [one.id for one in invitations]
    made = sa.select(Call).where(Call.invitation_id.in_(numbers)).options(joinedload(Call.member))
    found: dict[int, list[Call]] = {number: [] for number in numbers}
    for call in db.session.scalars(made.order_by(Call.id)):
        found[call.invitation_id].append(call)
    return found


def record_call(
    invitation: Invitation,
    outcome: CallOutcome,
    again_at: datetime | None,
    member: Member,
    at: datetime,
) -> Call:
    """Keep what became of a call. Who declined, or is somebody else, is called no more from this instant.

    The same press sent twice is one call. Raises BadInput where a time to call again is missing or over.
    """
    if outcome is CallOutcome.LATER and (again_at is None or again_at <= at):
        raise BadInput(_("かけ直す日時は、これからの日時を入力してください。"))
    invitation = db.session.get_one(Invitation, invitation.id, with_for_update=True)
    kept_until = again_at if outcome is CallOutcome.LATER else None
    last = next(reversed(calls_of([invitation])[invitation.id]), None)
    is_same = last and (last.outcome, last.again_at, last.member_id) == (outcome, kept_until, member.id)
    if last and is_same and at - last.at < SAME_PRESS:
        return last
    call = Call(invitation_id=invitation.id, outcome=outcome, at=at, again_at=kept_until, member_id=member.id)
    db.session.add(call)
    db.session.flush()
    _tell(call, invitation, at)
    return call


def start_call_response(invitation: Invitation, member: Member, at: datetime) -> Response:
    """Begin the sheet of somebody on the telephone, or go on where it stands. Raises SurveyClosed."""
    last = next(reversed(calls_of([invitation])[invitation.id]), None)
    if last is None or last.outcome is not CallOutcome.CALLED_IN:  # who calls in was not contacted by us
        record_call(invitation, CallOutcome.REACHED, None, member, at)
    return start_response(invitation, Door.PHONE, at, member)


def script_of(survey: Survey) -> str:
    """What the operator says: the survey's script, else a plain one made of the company's name and the greeting."""
    if survey.talk_script.strip():
        return survey.talk_script
    with speaking(JAPANESE):
        said = (
            _(
                "お忙しいところ、おそれいります。%(company)sの（ご自分の名前）と申します。",
                company=company_name(),
            ),
            plain_text(survey.welcome).strip(),
            _(
                "いま、2分ほどお時間をいただいても、よろしいでしょうか。とちゅうでおやめになるときも、いつでもおっしゃってください。"
            ),
            _("（画面の質問を、順に読みあげます）"),
            _("質問は以上です。お話を聞かせてくださり、ありがとうございました。失礼いたします。"),
        )
        return "\n\n".join(one for one in said if one)


def _tell(call: Call, invitation: Invitation, at: datetime) -> None:
    customer = invitation.customer
    if call.outcome is CallOutcome.REACHED:
        customers.record_fact(customer.id, "contacted", Channel.PHONE.value, f"call:{call.id}", at)
    if call.outcome in ENDS:
        customers.suppress(Channel.PHONE, customer.phone, ENDS[call.outcome], at)
        customers.write_timeline(customer.id, f"call_{call.outcome.value}", at)


def _has_called_in() -> sa.ColumnElement[bool]:
    """SQL: the owner of the invitation called in, and nothing has ended that since."""
    later = aliased(Call)
    ended = sa.select(later.id).where(later.invitation_id == Call.invitation_id, later.outcome.in_(ENDS))
    called = sa.select(Call.id).where(
        Call.invitation_id == Invitation.id,
        Call.outcome == CallOutcome.CALLED_IN,
        ~ended.where(later.id > Call.id).correlate(Call).exists(),
    )
    return called.correlate(Invitation).exists()


def _callable(at: datetime) -> sa.Select[Invitation]:
    listed = sa.select(Suppression.id).where(
        Suppression.channel == Channel.PHONE, Suppression.address == _figures(Customer.phone)
    )
    ended = sa.select(Call.id).where(Call.invitation_id == Invitation.id, Call.outcome.in_(ENDS))
    return _answerable(at).where(
        Customer.phone != "",
        ~listed.correlate(Customer).exists(),
        ~ended.correlate(Invitation).exists(),
    )


def _answerable(at: datetime) -> sa.Select[Invitation]:
    """Whoever was asked by a running campaign and has not answered, as long as the survey takes answers.

    Nobody without names: a call stands with its customer, and on a day with one answer it would tell whose that is.
    """
    today = day_of(at)
    return (
        sa.select(Invitation)
        .join(Campaign, Campaign.id == Invitation.campaign_id)
        .join(Survey, Survey.id == Campaign.survey_id)
        .join(Customer, Customer.id == Invitation.customer_id)
        .where(
            Invitation.arm == Arm.ASKED,
            Invitation.spent_at.is_(None),
            Campaign.state.in_(RUNNING),
            Survey.state == SurveyState.PUBLISHED,
            Survey.anonymous.is_(False),
            sa.or_(Survey.closes_on.is_(None), Survey.closes_on >= today),
        )
    )


def _is_meant(search: str) -> sa.ColumnElement[bool]:
    code, word, figures = check_code(search), plain(search), normal_address(Channel.PHONE, search)
    without_blanks = word.replace(" ", "").replace("　", "")
    names = (
        sa.func.replace(sa.func.replace(one, " ", ""), "　", "") for one in (Customer.name, Customer.kana)
    )
    found = [Customer.key == word, *(one.contains(without_blanks, autoescape=True) for one in names)]
    if code:
        found.append(Invitation.code == code)
    if len(figures) >= 4:
        found.append(_figures(Customer.phone).contains(figures, autoescape=True))
    return sa.or_(*found)


def _figures(phone: sa.orm.InstrumentedAttribute[str]) -> sa.ColumnElement[str]:
    """SQL: a telephone number without the signs it is written with."""
    bare: sa.ColumnElement[str] = sa.type_coerce(phone, sa.String)
    for sign in "- ()+./":
        bare = sa.func.replace(bare, sign, "")
    return bare
