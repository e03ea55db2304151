"""Long: every ready-made survey on a phone, answered by keyboard alone, with and without JavaScript, free of barriers."""

from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.db import db, unit_of_work
from app.responses.models import Response, ResponseState
from app.surveys.presets import PRESETS
from tests import factories_surveys

pytestmark = pytest.mark.long
MOST_PAGES, MOST_TABS = 20, 60
FOCUSED = """() => {
    const one = document.activeElement;
    return {kind: one.matches('button.go') ? 'go' : one.type || one.tagName, name: one.name || '',
            seen: one.getBoundingClientRect().height > 0 && getComputedStyle(one).visibility !== 'hidden'};
}"""


@pytest.fixture(params=PRESETS)
def link(request, product):
    with product.app.app_context(), unit_of_work():
        return f"/s/{factories_surveys.invitation(factories_surveys.survey(request.param)).token}"


@contextmanager
def phone_of(browser, product, with_javascript):
    """A page on a phone."""
    context = browser.new_context(
        viewport={"width": 375, "height": 740}, base_url=product.address, java_script_enabled=with_javascript
    )
    page = context.new_page()
    page.with_javascript = with_javascript
    yield page
    context.close()


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def phone(request, browser, product):
    with phone_of(browser, product, request.param) as page:
        yield page


def press_through(page):
    """Answer one page as somebody without mouse or finger: tab to each thing, fill it in, press the button."""
    filled = set()
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["kind"] == "go":
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        if not focused["name"].startswith("q_") or focused["name"] in filled:
            continue
        filled.add(focused["name"])
        if focused["kind"] in ("radio", "checkbox"):
            page.keyboard.press("Space")
        elif focused["kind"] in ("number", "tel"):
            page.keyboard.type("3")
        else:
            page.keyboard.type("届く日が選べませんでした。")
    pytest.fail(f"the button of {page.url} is not reached by the keyboard")


def answer_by_keyboard(phone, product, link):
    """Walk a sheet to its thanks page; return how many screens it took. A barrier on the way is an error."""
    axe = Axe()
    phone.goto(link)
    for screen in range(1, MOST_PAGES):
        if phone.with_javascript:
            found = axe.run(phone)
            assert found.violations_count == 0, f"{phone.url}\n{found.generate_report()}"
        assert phone.evaluate("document.documentElement.scrollWidth") <= 375, phone.url
        if phone.url.endswith("/thanks"):
            return screen
        before = phone.url
        press_through(phone)
        assert phone.url != before, f"{before} came back\n{phone.locator('main').inner_text()}"
    pytest.fail(f"{link} has no end")


def test_every_preset_is_answered_by_keyboard_alone_on_a_phone(phone, product, link):
    answer_by_keyboard(phone, product, link)
    with product.app.app_context():
        response = db.session.query(Response).join(Response.invitation).filter_by(token=link[3:]).one()
        assert response.state is ResponseState.SUBMITTED
        given = {
            answer.question.code for answer in response.answers if answer.text or answer.value is not None
        }
        assert len(given) >= 3
