"""A reviewer works with the keyboard alone: thirty answers, every kind of key, one of them taken back."""

import pytest
from playwright.sync_api import expect

from app.db import db, unit_of_work
from app.reasons import services
from app.reasons.models import Reading, ReadingState, ReviewEvent
from tests import factories
from tests.app.reasons.conftest import LATER, add, read_as
from tests.factories_reasons import sheet, survey

COSTLY, RUDE = "送料が高くなったし、", "電話の応対もひどかったので"


@pytest.fixture
def waiting(product):
    """32 unsure readings of two clauses each; their ids, least certain first."""
    with product.app.app_context(), unit_of_work():
        services.seed_codebook(LATER)
        autumn = add(survey())
        for place in range(32):
            words = f"{COSTLY}{RUDE}{place}回目でやめました"
            one = add(sheet(autumn, reason=words))
            read_as(one, (COSTLY, "price"), (RUDE, "support"), confidence=0.01 * (place + 1))
        return list(db.session.scalars(db.select(Reading.id).order_by(Reading.confidence)))


def settled(page):
    expect(page.locator("#workbench .htmx-request, #workbench .htmx-added")).to_have_count(0)


def test_thirty_answers_are_reviewed_by_keyboard_alone(desk, product, waiting):
    page = desk
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill("member1@asagiri.example")
    page.get_by_label("パスワード").fill(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(product.address + "/")
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
    page.keyboard.press("Tab")
    page.locator("#decide [data-clause]").first.focus()
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
