"""A reviewer works with the keyboard alone: thirty answers, a theme adopted, a reason merged and parted, a re-run."""

import pytest
from playwright.sync_api import expect

from app.db import db, unit_of_work
from app.reasons import services
from app.reasons.models import (
    AnalysisRun,
    Reading,
    ReadingState,
    Reason,
    ReviewEvent,
    RunState,
    Theme,
    ThemeMember,
    ThemeState,
)
from tests import factories
from tests.app.reasons.conftest import LATER, add, read_as
from tests.browser.product import wait_until
from tests.factories_reasons import UNNAMED, sheet, survey

COSTLY, RUDE = "送料が高くなったし、", "電話の応対もひどかったので"


@pytest.fixture
def waiting(product):
    """32 unsure readings of two clauses each, the last two read wrongly, and a theme of three more; the 32 ids, least
    certain first."""
    with product.app.app_context(), unit_of_work():
        services.seed_codebook(LATER)
        autumn = add(survey())
        for place in range(32):
            words = f"{COSTLY}{RUDE}{place}回目でやめました"
            one = add(sheet(autumn, reason=words))
            said = ("price", "support") if place < 30 else ("lifestyle", "forgotten")
            read_as(one, (COSTLY, said[0]), (RUDE, said[1]), confidence=0.01 * (place + 1))
        theme = add(Theme(survey_id=autumn.id, name="茶畑が太陽光パネルに", proposed_at=LATER))
        for place, words in enumerate(UNNAMED[:3], 1):
            one = add(sheet(autumn, reason=words))
            read_as(one, (words, None), confidence=0.9)
            theme.members.append(ThemeMember(answer_id=one.answers[0].id, typical=place))
        return list(db.session.scalars(db.select(Reading.id).order_by(Reading.confidence).limit(32)))


def settled(page):
    expect(page.locator("#workbench .htmx-request, #workbench .htmx-added")).to_have_count(0)


def reach(page, wanted):
    """Go on with Tab until this has the focus: whatever is worked with can be reached so."""
    wanted.wait_for()
    for _tab in range(150):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


def press(page, role, name):
    """Reach a link or a button by Tab, and press it by Enter."""
    reach(page, page.get_by_role(role, name=name, exact=True).first)
    page.keyboard.press("Enter")


def sign_in(page, product):
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill("member1@asagiri.example")
    page.get_by_label("パスワード").fill(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(product.address + "/")


def test_a_reviewer_works_with_the_keyboard_alone(desk, product, waiting):
    sign_in(desk, product)
    decide_thirty(desk, product, waiting)
    adopt_a_theme(desk, product)
    merge_and_part(desk, product)
    read_again(desk, product, waiting)


def decide_thirty(page, product, waiting):
    page.goto("/reasons/review")

    def at(number):
        page.wait_for_selector(f'form[action="/reasons/readings/{number}/decide"]')
        settled(page)

    at(waiting[0])
    page.keyboard.press("?")
    assert page.get_by_role("dialog").get_by_text("キーの一覧").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.type("3m")  # faster than the server: no key is lost
    page.keyboard.press("Enter")
    at(waiting[1])
    page.keyboard.press("s")
    page.wait_for_selector(".cut:focus")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cut", state="detached")
    settled(page)
    page.keyboard.press("z")
    page.locator(".toast-line").get_by_text("元に戻しました").wait_for()
    keys, toast = page.locator(".keys").bounding_box(), page.locator(".toast-line").bounding_box()
    assert toast["y"] + toast["height"] <= keys["y"], "the toast stands above the keys"
    at(waiting[1])
    reach(page, page.locator("#decide [data-clause]").first)
    page.keyboard.press("x")
    expect(page.locator("#decide [data-clause]")).to_have_count(1)
    settled(page)
    page.keyboard.press("Enter")
    at(waiting[2])
    page.keyboard.press("0")
    settled(page)
    page.keyboard.press("Enter")
    at(waiting[3])
    page.keyboard.press("Shift+ArrowDown")
    at(waiting[4])
    page.keyboard.press(" ")
    assert page.get_by_text("2件を選んでいます").is_visible()
    page.keyboard.press("Enter")
    at(waiting[5])
    for place in range(5, 30):
        page.keyboard.press("Enter")
        at(waiting[place + 1])
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("z")
    at(waiting[29])
    with product.app.app_context():
        states = [db.session.get(Reading, one).state for one in waiting]
        assert states == [ReadingState.CONFIRMED] * 29 + [ReadingState.PROPOSED] * 3
        assert {event.verb for event in db.session.query(ReviewEvent)} == {
            "confirmed",
            "recoded",
            "recut",
            "undone",
        }


def adopt_a_theme(page, product):
    press(page, "link", "新しい理由の候補")
    page.wait_for_url("**/reasons/themes")
    press(page, "button", "理由に加える")
    page.locator(".toast-line").get_by_text("理由に加えました").wait_for()
    with product.app.app_context():
        theme = db.session.query(Theme).one()
        assert (theme.state, theme.reason.label) == (ThemeState.ADOPTED, theme.name)
        coded = db.session.query(Reading).filter_by(main_reason_id=theme.reason_id).count()
        assert coded == 3


def merge_and_part(page, product):
    press(page, "link", "理由の定義")
    with product.app.app_context():
        rude = db.session.query(Reason).filter_by(code="support").one()
        kept = db.session.query(Reading).filter_by(main_reason_id=rude.id).count()
        label, heir = rude.label, db.session.query(Reason).filter_by(code="delivery").one().label
    press(page, "link", label)
    heirs = page.locator("#merge select")
    reach(page, heirs)
    while heirs.evaluate("one => one.selectedOptions[0].label") != heir:
        page.keyboard.press("ArrowDown")
    press(page, "button", "まとめる")
    page.locator(".toast-line").get_by_text("にまとめました").wait_for()
    with product.app.app_context():
        merged = db.session.query(Reason).filter_by(code="support").one()
        assert merged.merged_into.label == heir
    reach(page, page.locator("#retired").get_by_role("button", name="元に戻す"))
    page.keyboard.press("Enter")
    page.locator(".toast-line").get_by_text("を元に戻しました").wait_for()
    with product.app.app_context():
        parted = db.session.query(Reason).filter_by(code="support").one()
        assert (parted.active, parted.merged_into) == (True, None)
        assert db.session.query(Reading).filter_by(main_reason_id=rude.id).count() == kept


def is_read(product):
    with product.app.app_context():
        return db.session.query(AnalysisRun).one().state is RunState.DONE


def read_again(page, product, waiting):
    """What the machine reads otherwise after it has learnt is shown, and stands as it did."""
    press(page, "link", "分析の実行")
    press(page, "button", "この調査を読みなおす")
    page.get_by_text("読みはじめます").wait_for()
    wait_until(lambda: is_read(product), 120)
    expect(page.locator("table progress, table .progress")).to_have_count(0)
    reach(page, page.locator("table a.row-title").first)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="何がどう変わるか").wait_for()
    with product.app.app_context():
        assert {db.session.get(Reading, one).main_reason.code for one in waiting[30:]} == {"lifestyle"}
