"""However often somebody presses, and whatever looks at a link: one answer by the person, none by a machine."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from app.customers.models import CustomerFact
from app.db import db, unit_of_work
from app.responses.models import Answer, Response, ResponseState
from bench.databases import on_sqlite
from bench.respondents import ANSWERS, Browser, five_questions, invite
from bench.serving import environment_of, product_on, serving

LINKS, AT_ONCE = 100, 16


@pytest.fixture
def house(tmp_path):
    """A served product, with a hundred links: (web, app, tokens)."""
    database = on_sqlite(tmp_path)
    app = product_on(tmp_path, database.url)
    with app.app_context(), unit_of_work():
        tokens = invite(five_questions(), 2 * LINKS)
    with serving(tmp_path, environment_of(tmp_path, database.url)) as web:
        yield web, app, tokens
    with app.app_context():
        db.engine.dispose()


def count(kind, *conditions):
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind).where(*conditions))


def press_fifty_times(address, token, times):
    """One customer with a twitching finger: the same form, sent over several connections at once."""
    first = Browser(address)
    first.open(token)
    first.begin(token)
    fingers = [Browser(address, cookie=first.cookie, form_token=first.form_token) for _finger in range(4)]

    def press(number):
        return fingers[number % 4].submit(token).status

    with ThreadPoolExecutor(4) as pool:
        shares = pool.map(lambda start: [press(n) for n in range(start, times, 4)], range(4))
        return [status for share in shares for status in share]


@pytest.mark.promise("6a", "5,000 concurrent duplicate POSTs on 100 links give 100 responses")
def test_pressing_send_again_and_again_gives_one_response(house, tried):
    web, app, tokens = house
    with ThreadPoolExecutor(AT_ONCE // 4) as pool:
        statuses = list(pool.map(lambda token: press_fifty_times(web.address, token, 50), tokens[:LINKS]))
    assert {status for share in statuses for status in share} == {303}
    with app.app_context():
        assert count(Response) == count(Response, Response.state == ResponseState.SUBMITTED) == LINKS
        assert count(Answer) == LINKS * len(ANSWERS)
        assert count(CustomerFact, CustomerFact.kind == "answered") == LINKS
    tried(f"{LINKS * 50:,} POSTs, {AT_ONCE} at once, over gunicorn and SQLite", zeros=LINKS)


@pytest.mark.promise("6c", "200 links opened in a browser that presses nothing give no answer")
def test_a_browser_that_opens_a_link_and_presses_nothing_answers_nothing(house, browser, tried):
    web, app, tokens = house
    context = browser.new_context()
    page = context.new_page()
    for token in tokens:
        page.goto(f"{web.address}/s/{token}", wait_until="load")
    page.wait_for_timeout(1000)
    context.close()
    with app.app_context():
        assert (count(Response), count(Answer), count(CustomerFact)) == (0, 0, 0)
    tried(f"{len(tokens)} links in Chromium with JavaScript", zeros=len(tokens))
