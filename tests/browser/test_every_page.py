"""Long: every page the staff can reach from the menu in a told demo is free of barriers and fits its window."""

from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.exceptions import HTTPException

from app.demo import story
from tests.browser.product import running

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]
NO_PAGES = {"static", "accounts.sign_out"}


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with running(tmp_path_factory.mktemp("told"), demo=True) as product:
        yield product


WINDOWS = {"desk-light": (1280, "light"), "phone-dark": (375, "dark")}


@contextmanager
def signed_in(browser, product, width, scheme):
    """A page of the demo's administrator in a window of this width."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, base_url=product.address, color_scheme=scheme
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill(story.LOGINS[0].email)
    page.get_by_label("パスワード").fill(story.LOGINS[0].password)
    page.get_by_role("button", name="サインインする").click()
    page.wait_for_url(product.address + "/")
    yield page
    context.close()


@pytest.fixture(params=WINDOWS.values(), ids=WINDOWS)
def page(request, browser, product):
    with signed_in(browser, product, *request.param) as page:
        yield page


def page_of(app, path):
    """The endpoint of an address, if a member can look at it; one address each is enough."""
    try:
        endpoint, _values = app.url_map.bind("localhost").match(path.partition("?")[0], "GET")
    except HTTPException:
        return None
    return None if endpoint in NO_PAGES else endpoint


def paths_on(page):
    found = page.evaluate(
        "[...document.querySelectorAll('a[href]')].map(a => new URL(a.href)).filter("
        "u => u.origin === location.origin).map(u => u.pathname + u.search)"
    )
    return dict.fromkeys(found)


def look_at_every_page(page, product):
    """Every page that links lead to: (the endpoints that were looked at, what barriers stand there)."""
    axe, seen, waiting, barriers = Axe(), set(), ["/"], []
    while waiting:
        path = waiting.pop(0)
        endpoint = page_of(product.app, path)
        if endpoint is None or endpoint in seen:
            continue
        seen.add(endpoint)
        answer = page.request.head(path)
        assert answer.status == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue  # a file or a picture
        page.goto(path)
        found = axe.run(page)
        if found.violations_count:
            barriers.append(f"{path}\n{found.generate_report()}")
        if page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]:
            barriers.append(f"{path} scrolls sideways")
        waiting += paths_on(page)
    return seen, barriers


def test_no_page_of_the_staff_has_a_barrier_or_scrolls_sideways(page, product):
    seen, barriers = look_at_every_page(page, product)
    assert len(seen) > 25, seen
    assert barriers == [], "\n".join(barriers)
