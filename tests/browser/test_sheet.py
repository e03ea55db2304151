"""The sheet in a real browser: by touch without JavaScript, by keyboard alone, on a narrow screen, for screen readers."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.db import db, unit_of_work
from app.responses.models import Response, ResponseState
from app.surveys.models import QuestionKind
from app.surveys.services import QuestionTexts, add_question, publish_survey
from tests import factories_surveys
from tests.factories import AT

FIRST = "親しい方にすすめたいと思いますか"


@pytest.fixture
def link(product):
    with product.app.app_context(), unit_of_work():
        return f"/s/{factories_surveys.invitation().token}"


def submitted(product, link):
    with product.app.app_context():
        response = (
            db.session.query(Response)
            .join(Response.invitation)
            .filter_by(token=link.removeprefix("/s/"))
            .one()
        )
        return response.state is ResponseState.SUBMITTED and {
            answer.question.code: answer.text or answer.value for answer in response.answers
        }


def test_a_customer_answers_on_a_phone_without_javascript(phone, product, link):
    page = phone.new_page()
    page.goto(link)
    page.get_by_role("button", name="はじめる").click()
    page.get_by_role("radio", name="6", exact=True).check()
    page.get_by_role("button", name="つぎへ").click()
    page.get_by_role("button", name="つぎへ").click()
    assert page.get_by_role("alert").inner_text() == "ひとつ選んでください。"
    page.get_by_role("radio", name="届く日や届き方、品切れで困った").check()
    page.get_by_role("button", name="つぎへ").click()
    assert "届く日や届き方で、困ったこと" in page.get_by_role("heading", level=1).inner_text().replace(
        "\n", ""
    )
    page.get_by_role("textbox").fill("新茶が遅い")
    page.get_by_role("button", name="ひとつ前に戻る").click()
    page.get_by_role("button", name="つぎへ").click()
    assert page.get_by_role("textbox").input_value() == "新茶が遅い"
    page.get_by_role("button", name="つぎへ").click()
    page.get_by_role("button", name="答えずに進む").click()
    page.get_by_role("textbox").fill("生協のお茶")
    page.get_by_role("button", name="つぎへ").click()
    page.get_by_role("radio", name="直したら知らせてほしい").check()
    page.get_by_role("button", name="この内容で送る").click()
    assert "お声を、たしかに受け取りました" in page.get_by_role("heading", level=1).inner_text().replace(
        "\n", ""
    )
    assert submitted(product, link) == {
        "nps": 6, "main_reason": "delivery", "reason_text": "新茶が遅い", "improve": None, "current": "生協のお茶", "contact": "notice",
    }  # fmt: skip


def test_the_sheet_is_answered_by_keyboard_alone(desk, product, link):
    def tab_to(name):
        for _press in range(30):
            desk.keyboard.press("Tab")
            if name in desk.evaluate("document.activeElement.textContent + document.activeElement.value"):
                return
        pytest.fail(f"{name} was not reached")

    desk.goto(link)
    tab_to("はじめる")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/1")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/2")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    tab_to("つぎへ")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/3")
    desk.keyboard.press("Tab")
    desk.keyboard.type("a")
    for page in (4, 5, 6):
        tab_to("つぎへ")
        desk.keyboard.press("Enter")
        desk.wait_for_url(f"**/{page}")
    tab_to("この内容で送る")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/thanks")
    assert submitted(product, link)["nps"] == 1


def walk(page, link):
    """Every kind of page a customer can meet, one after the other."""
    page.goto(link)
    yield "welcome"
    page.get_by_role("button", name="はじめる").click()
    for number in range(1, 7):
        yield f"page {number}"
        if number == 2:
            page.get_by_role("button", name="つぎへ").click()
            yield "error"
            page.get_by_role("radio").first.check()
        if number == 3:
            page.goto(link)
            yield "resume"
            page.get_by_role("button", name="続きから").click()
        page.get_by_role("button", name="この内容で送る" if number == 6 else "つぎへ").click()
    yield "thanks"
    for name in ("/stop", "/returned", ""):
        page.goto(link + name)
        yield name or "receipt"
    for path in ("/c", "/s/nobody-was-invited-by-this"):
        page.goto(path)
        yield path


def test_a_chosen_day_is_said_in_the_japanese_calendar_while_it_is_chosen_and_after(desk, product):
    with product.app.app_context(), unit_of_work():
        survey = factories_surveys.survey("", published=False)
        for code, kind in (("day", QuestionKind.DATE), ("more", QuestionKind.TEXT)):
            add_question(survey, kind, QuestionTexts("いつのことですか"), None, None, AT, code=code)
        publish_survey(survey, None, AT)
        link = f"/s/{factories_surveys.invitation(survey).token}"
    desk.goto(link)
    desk.get_by_role("button", name="はじめる").click()
    said, field = desk.locator("[data-day-of]"), desk.locator("input[type=date]")
    asked = said.inner_text()
    assert "今日は" in asked
    days = {"2026-11-22": "令和8年11月22日", "2019-04-30": "平成31年4月30日", "2019-05-01": "令和元年5月1日"}
    for day, era in days.items():
        field.fill(day)
        written = f"{int(day[:4])}年{int(day[5:7])}月{int(day[8:])}日"
        assert said.inner_text() == f"選んだ日は{written}（{era}）です。"
    field.fill("")
    assert said.inner_text() == asked
    field.fill("1989-01-07")
    live = said.inner_text()
    assert "昭和64年1月7日" in live
    desk.get_by_role("button", name="つぎへ").click()
    desk.get_by_role("button", name="ひとつ前に戻る").click()
    assert (said.inner_text(), field.input_value()) == (live, "1989-01-07")


def test_no_page_of_the_sheet_has_a_barrier_or_scrolls_sideways_at_320_px(browser, product, link):
    context = browser.new_context(viewport={"width": 320, "height": 640}, base_url=product.address)
    page, axe = context.new_page(), Axe()
    for name in walk(page, link):
        found = axe.run(page)
        assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
        small = page.evaluate(
            "[...document.querySelectorAll('button, .choose, .option, .point, input[type=text], textarea')]"
            ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 24).map(e => e.outerHTML)"
        )
        assert small == [], name
    context.close()
