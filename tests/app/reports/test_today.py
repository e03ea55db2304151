"""今日 shows the way at first, then what waits, where things stand, what grows and what goes out."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine

from app.accounts.models import Role
from app.backlog import services as backlog
from app.campaigns.models import Arm, CampaignState, Invitation, Message, MessageState
from app.customers.models import CustomerState
from app.customers.services import save_lapse_rule
from app.db import db, unit_of_work
from app.reasons.models import Theme, ThemeMember
from app.reasons.queries import reasons_by_mentions
from app.reports import queries
from app.responses.models import Answer
from app.surveys.models import Question, ReadAs
from tests import factories, factories_campaigns
from tests import factories_backlog as made
from tests.conftest import NOW

OCTOBER = datetime(2026, 10, 10, 3, 0, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(NOW, tick=False):
        yield


def survey_read(name="秋の調査"):
    """A survey in a product whose codebook knows of answers without a reason."""
    made.reason("none", "理由なし")
    return made.survey(name)


def heard():
    """A survey whose answers name delivery more often in November; price stays the most frequent."""
    survey = survey_read("秋の調査")
    price, delivery = made.reason("price", "価格・費用対効果"), made.reason("delivery", "配送・在庫")
    for at, by_reason in ((OCTOBER, (30, 4)), (NOVEMBER, (10, 20))):
        for reason, count in zip((price, delivery), by_reason, strict=True):
            for _ in range(count):
                made.answer(survey, made.lapsed(10_000), "届くのが遅い", [reason], at)
    return survey, price, delivery


def only_says_what_is_used_today(survey, reason):
    """A sheet with nothing but an answer to 今はどうされていますか."""
    question = Question(code="current", page=1, position=2, kind="text", title="今は", read_as=ReadAs.CURRENT)
    survey.versions[0].questions.append(question)
    reading = made.answer(survey, None, "よそで買っています", [reason], NOVEMBER)
    db.session.flush()
    db.session.get_one(Answer, reading.answer_id).question_id = question.id
    reading.why = False
    db.session.flush()


def theme(survey, name, size):
    found = Theme(survey_id=survey.id, name=name, proposed_at=NOW)
    db.session.add(found)
    for _ in range(size):
        reading = made.answer(survey, None, "急須を手放しました", [])
        reading.unexplained = True
        found.members.append(ThemeMember(answer_id=reading.answer_id))
    db.session.flush()


def campaign(state, accepted=0, answered=0, **changes):
    """A campaign that reached `accepted` people, of whom `answered` answered."""
    found = factories_campaigns.campaign(state=state, started_at=OCTOBER, **changes)
    for number in range(accepted):
        customer = factories_campaigns.lapsed()
        invitation = Invitation(
            campaign_id=found.id,
            customer_id=customer.id,
            token=f"token-{found.id}-{number}-long-enough",
            code=f"{found.id:03d}{number:05d}",
            arm=Arm.ASKED,
            invited_at=OCTOBER,
            spent_at=NOVEMBER if number < answered else None,
        )
        db.session.add(invitation)
        db.session.flush()
        message = Message(
            step_id=found.steps[0].id,
            invitation_id=invitation.id,
            address=customer.email,
            state=MessageState.ACCEPTED,
            queued_at=OCTOBER,
            touched_at=OCTOBER,
        )
        db.session.add(message)
    db.session.flush()
    return found


def test_an_empty_product_shows_the_five_steps_and_one_primary_button(sign_in):
    page = sign_in(Role.ADMINISTRATOR).get("/").text
    steps = ("お客さまを取り込む", "休眠・離反を定義する", "調査を公開する", "配信する", "声を読む")
    places = [page.index(f'<span class="empty-step">{step}</span>') for step in steps]
    assert places == sorted(places)
    assert page.count("btn-primary") == 1
    assert 'href="/customers/imports">ファイルを取り込む' in page
    assert "is-done" not in page


def test_steps_are_ticked_as_they_are_done_and_the_next_one_is_offered(app, sign_in):
    browser = sign_in(Role.EDITOR)
    with app.app_context(), unit_of_work():
        db.session.add(factories.customer())
        db.session.flush()
        save_lapse_rule("", 9, 1, 0, True, None, NOW.date(), NOW)
    page = browser.get("/").text
    assert page.count('class="is-done"') == 2
    assert "第1版（9か月）" in page
    assert "調査を作る" in page


def test_who_may_not_edit_sees_the_steps_without_a_button(sign_in):
    page = sign_in(Role.VIEWER).get("/").text
    assert "声を読む" in page
    assert "btn-primary" not in page


def test_what_waits_is_shown_to_those_who_may_decide_it(app, sign_in):
    with app.app_context(), unit_of_work():
        survey, price, _ = heard()
        member = factories.member(name="高橋 みのり")
        db.session.add(member)
        db.session.flush()
        theme(survey, "急須を手放した", 9)
        backlog.promote_reason(price, survey, member, NOW)
        factories_campaigns.campaign(name="お茶の味のお知らせ", asked_at=NOW, member_id=member.id)
    page = sign_in(Role.ADMINISTRATOR).get("/").text
    assert "あなたの判断を待っていることが、4つあります。" in page
    titles = ("理由の確認", "新しい理由の候補", "配信の承認", "改善項目の決定")
    places = [page.index(f"<h2>{title}</h2>") for title in titles]
    assert places == sorted(places)
    assert "「急須を手放した」9件" in page
    assert "高橋 みのりさんから「お茶の味のお知らせ」" in page
    assert page.count("btn-primary") == 1
    decided_by_product = sign_in(Role.PRODUCT).get("/").text
    assert "改善項目の決定" in decided_by_product
    assert "<h2>理由の確認</h2>" not in decided_by_product
    assert "あなたの判断を待っていることはありません。" in sign_in(Role.VIEWER).get("/").text


def test_figures_carry_interval_n_and_definition(app, sign_in):
    with app.app_context(), unit_of_work():
        heard()
        db.session.add(factories.customer(state=CustomerState.DORMANT))
        campaign(CampaignState.DONE, accepted=40, answered=10, name="秋のおたずね")
        save_lapse_rule("", 8, 1, 0, True, None, NOW.date(), NOW)
    page = sign_in(Role.VIEWER).get("/").text
    assert "定義 第1版（8か月）" in page
    assert "14〜40%・40人中 10人" in page
    assert "秋のおたずね" in page
    assert "n = 64" in page  # 40 of 64 sheets name the price
    assert ">62<span" in page


def test_the_top_reason_is_the_one_the_reasons_page_shows(app, context):
    survey, _price, delivery = heard()
    child = made.reason("delivery_day", "発送日が選べない")
    child.parent_id = delivery.id
    made.answer(survey, None, "日が選べないし遅い", [child, delivery], NOVEMBER)
    only_says_what_is_used_today(survey, child)
    theirs, ours = reasons_by_mentions(survey.id), queries.mentions_by_month(survey.id, NOW.date())
    assert theirs.n == ours.sheets == 65
    assert [(row.reason.code, row.count, row.n) for row in theirs.rows] == [
        (row.reason.code, row.total, ours.sheets) for row in ours.rows
    ]
    assert ours.rows[1].counts == (0, 0, 0, 0, 4, 21)


def test_a_reason_that_grows_is_told_with_both_months(app, sign_in):
    with app.app_context(), unit_of_work():
        heard()
    page = sign_in(Role.VIEWER).get("/").text
    growing = page[page.index("増えている声") : page.index("送っている配信・回答を待つ配信")]
    assert "配送・在庫" in growing
    assert "10月は34件中4件" in growing
    assert "まだ差と言えません" not in growing
    assert "価格・費用対効果" not in growing


def test_with_less_than_ten_sheets_a_month_nothing_is_said_to_grow(app, sign_in):
    with app.app_context(), unit_of_work():
        survey, reason = survey_read(), made.reason("price", "価格・費用対効果")
        for at, count in ((OCTOBER, 9), (NOVEMBER, 30)):
            for _ in range(count):
                made.answer(survey, None, "高い", [reason], at)
    page = sign_in(Role.VIEWER).get("/").text
    assert "くらべられる回答がまだ足りません" in page.replace("<wbr>", "")


def test_campaigns_under_way_show_how_far_they_are(app, sign_in):
    with app.app_context(), unit_of_work():
        heard()
        campaign(CampaignState.DONE, accepted=8, answered=3, name="回答を待つ配信")
        campaign(CampaignState.SENDING, accepted=5, name="送っている配信")
        campaign(CampaignState.STOPPED, accepted=2, name="止めた配信")
    moving = sign_in(Role.VIEWER).get("/").text.split("送っている配信・回答を待つ配信")[1]
    assert "<strong>3</strong> / 8人が回答" in moving
    assert "<strong>5</strong> / 5人に送信" in moving
    assert "止めた配信" not in moving


def test_the_yen_of_the_first_item_come_with_their_range_and_the_word_for_small_samples(app, sign_in):
    with app.app_context(), unit_of_work():
        survey, _price, delivery = heard()
        member = factories.member()
        db.session.add(member)
        db.session.flush()
        backlog.promote_reason(delivery, survey, member, NOW)
    cell = sign_in(Role.VIEWER).get("/today/outlook").text
    assert "24<span" in cell  # the people come first where there are few
    assert re.search(r"試算 [\d.]+万円／年（[\d.]+〜[\d.]+万円、90%の幅）", cell)


def test_from_thirty_people_on_the_yen_come_first(app, sign_in):
    with app.app_context(), unit_of_work():
        survey, price, _ = heard()
        member = factories.member()
        db.session.add(member)
        db.session.flush()
        backlog.promote_reason(price, survey, member, NOW)
    cell = sign_in(Role.VIEWER).get("/today/outlook").text
    assert "万円／年</span>" in cell
    assert "試算" not in cell
    assert "40人の声" in cell


def test_without_items_the_yen_stay_open(app, sign_in):
    with app.app_context(), unit_of_work():
        heard()
    assert "改善項目がまだありません" in sign_in(Role.VIEWER).get("/today/outlook").text


def test_an_operator_sees_no_figures_and_a_stranger_is_sent_to_sign_in(sign_in, client):
    operator = sign_in(Role.OPERATOR)
    page = operator.get("/", follow_redirects=True)
    assert page.request.path == "/calls"
    assert "コードで回答を入力する" in page.text
    assert "回答率" not in page.text
    assert operator.get("/today/outlook").status_code == 403
    for path in ("/", "/today/outlook"):
        assert client.get(path).location.startswith("/sign-in")


def test_the_page_asks_the_database_little(app, sign_in):
    with app.app_context(), unit_of_work():
        survey, *_ = heard()
        theme(survey, "急須を手放した", 3)
        campaign(CampaignState.DONE, accepted=3, answered=1)
    browser, asked = sign_in(Role.ADMINISTRATOR), []
    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert browser.get("/").status_code == 200
    selects = [statement for statement in asked if statement.startswith("SELECT")]
    # Four of them look for long works under way, as every page does; one for decisions to be looked at again.
    assert len(selects) <= 25, "\n\n".join(selects)
