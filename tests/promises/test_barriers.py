"""Nobody is kept out by the way a page is made."""

import pytest

from app.db import unit_of_work
from app.surveys.presets import PRESETS
from tests import factories_surveys
from tests.browser.product import running
from tests.browser.test_every_page import WINDOWS, look_at_every_page, signed_in
from tests.browser.test_every_preset import answer_by_keyboard, phone_of
from tests.browser.test_own_pages import look_at_own_pages, make_links

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with running(tmp_path_factory.mktemp("told"), demo=True) as product:
        yield product


@pytest.mark.promise("23a", "no axe violation on any page of the staff, on a desk and on a phone")
def test_no_page_of_the_staff_has_a_barrier(browser, product, tried):
    looked_at = 0
    for width, scheme in WINDOWS.values():
        with signed_in(browser, product, width, scheme) as page:
            seen, barriers = look_at_every_page(page, product)
        assert barriers == [], "\n".join(barriers)
        looked_at += len(seen)
    tried(f"{looked_at} pages of the demo with axe, at 1280 px light and 375 px dark", zeros=looked_at)


@pytest.mark.promise("23b", "every ready-made survey is answered by keyboard alone, with and without scripts")
def test_every_preset_is_answered_by_keyboard(browser, product, tried):
    screens = 0
    for preset in PRESETS:
        for with_javascript in (True, False):
            with product.app.app_context(), unit_of_work():
                token = factories_surveys.invitation(factories_surveys.survey(preset)).token
            with phone_of(browser, product, with_javascript) as phone:
                screens += answer_by_keyboard(phone, product, f"/s/{token}")
    tried(f"{len(PRESETS)} surveys, twice each, {screens} screens at 375 px", zeros=screens)


@pytest.mark.promise("23c", "a customer's own pages: free of barriers at 320 px and at 200 % zoom")
def test_a_customers_own_pages_have_no_barrier(browser, product, tried):
    looked_at = 0
    for javascript in (True, False):
        looked_at += len(look_at_own_pages(browser, product, make_links(product), javascript))
    tried(f"{looked_at} pages at 320 px, the half of them with axe", zeros=looked_at // 2)
