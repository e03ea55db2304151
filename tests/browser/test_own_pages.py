"""Behind a customer's own link: welcome, successor, preferences, receipt, copy, own answers, erasing, anonymous thanks."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from app import clock
from app.accounts.queries import organisation
from app.customers.models import CustomerKind
from app.db import db, unit_of_work
from app.responses.anonymous import hash_of
from app.responses.models import AnswerLink, AnswerLinkState
from tests import factories, factories_surveys
from tests.app.responses.test_anonymous import unnamed_survey

FRESH = "a-fresh-link-to-ones-own"
SMALL = """[...document.querySelectorAll('button, .choose, .option, a, input[type=text], input[type=email], input[type=tel]')]
    .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"""


def make_links(product):
    """The links of a company's contact, of a person who has answered (and asked for a copy), of an anonymous survey."""
    now = clock.now()
    with product.app.app_context(), unit_of_work():
        organisation().privacy_url = "https://asagiri.example/privacy"
        company = factories.customer(kind=CustomerKind.ACCOUNT, name="株式会社朝日")
        db.session.add(company)
        answered = factories_surveys.response()
        db.session.add(
            AnswerLink(
                response_id=answered.id, state=AnswerLinkState.SENT, token_hash=hash_of(FRESH),
                asked_at=now, touched_at=now, ends_at=now + timedelta(minutes=30),
            )
        )  # fmt: skip
        db.session.add(factories.consent(answered.customer))
        unnamed = factories_surveys.invitation(unnamed_survey()).token
        asked = factories_surveys.invitation(customer=company).token
        return [f"/s/{token}" for token in (asked, answered.invitation.token, unnamed)]


@pytest.fixture
def links(product):
    return make_links(product)


def walk(page, links):
    """Each page in turn: what it is called, with the page open."""
    asked, answered, unnamed = links
    for name, path in {
        "welcome": asked, "successor": f"{asked}/successor", "preferences": f"{answered}/preferences",
        "receipt": answered, "copy": f"{answered}/copy", "own answers": f"/a/{FRESH}", "unnamed": unnamed,
    }.items():  # fmt: skip
        page.goto(path)
        yield name
    page.goto(f"{asked}/successor")
    page.get_by_role("button", name="知らせる").click()
    yield "nobody named"
    page.get_by_label("電話番号").fill("03-1234-5678")
    page.get_by_role("button", name="知らせる").click()
    yield "named"
    page.goto(f"{answered}/preferences")
    page.get_by_role("radio", name="受け取らない").first.check()
    page.get_by_role("button", name="保存する").click()
    yield "saved"
    page.goto(f"/a/{FRESH}")
    page.get_by_role("link", name="この回答を消す").click()
    yield "erase"
    page.get_by_role("button", name="回答を消す").click()
    yield "erased"
    page.goto(unnamed)
    page.get_by_role("button", name="はじめる").click()
    page.get_by_role("radio", name="6", exact=True).check()
    page.get_by_role("button", name="つぎへ").click()
    page.get_by_role("button", name="つぎへ").click()
    yield "nothing chosen"
    page.get_by_role("radio").first.check()
    for _screen in range(3):
        page.get_by_role("button", name="つぎへ").click()
    page.get_by_role("button", name="この内容で送る").click()
    yield "unnamed thanks"


def look_at_own_pages(browser, product, links, javascript):
    """The names of all pages looked at, in a window of 640 px at 200 %. A barrier on the way is an error."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, base_url=product.address, java_script_enabled=javascript,
        device_scale_factor=2,
    )  # fmt: skip
    page, axe, seen = context.new_page(), Axe(), []
    for name in walk(page, links):
        seen.append(name)
        if javascript:
            found = axe.run(page)
            assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
            assert page.evaluate(SMALL) == [], name
            assert page.locator("meta[http-equiv=refresh]").count() == 0, f"{name}: no time limit"
    assert "どなたの回答かわからない" in page.get_by_role("main").inner_text().replace("\n", "")
    context.close()
    return seen


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_every_page_is_free_of_barriers_at_320_px_and_large_enough_to_touch(
    browser, product, links, javascript
):
    assert len(look_at_own_pages(browser, product, links, javascript)) == 14
