"""The product in production behind a proxy that ends TLS, seen by a real browser."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import sync_playwright

from app.db import db, unit_of_work
from tests import factories
from tests.browser.conftest import FLAGS
from tests.browser.setting_up import chromium
from tests.production.conftest import HOST
from tests.production.tls import tls_proxy


@pytest.fixture(scope="module")
def proxies():
    """How many proxies in front are believed."""
    return 1


@pytest.fixture
def visit(house):
    """Return a function that lets a walk use a page of a browser for which the public address leads to the proxy."""

    def walked(walk, port):
        with sync_playwright() as playwright:
            flags = [*FLAGS, f"--host-resolver-rules=MAP {HOST} 127.0.0.1:{port}"]
            browser = playwright.chromium.launch(executable_path=chromium(), args=flags, env=dict(os.environ))
            context = browser.new_context(base_url=f"https://{HOST}", ignore_https_errors=True)
            walk(context.new_page())
            browser.close()

    # Each browser in a thread of its own: Playwright keeps one loop per thread, and another test's may be running here.
    with tls_proxy(HOST, house.port) as port, ThreadPoolExecutor(1) as pool:
        yield lambda walk: pool.submit(walked, walk, port).result()


def test_a_member_signs_in_over_https_and_every_page_stays_there(house, visit):
    with house.app.app_context(), unit_of_work():
        db.session.add(factories.member(email="a@asagiri.example"))
    visit(_sign_in)


def _sign_in(visitor):
    asked = []
    visitor.on("request", lambda request: asked.append(request.url))
    answer = visitor.goto("/")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    visitor.get_by_label("メールアドレス").fill("a@asagiri.example")
    visitor.get_by_label("パスワード").fill(factories.PASSWORD)
    visitor.get_by_role("button", name="サインインする").click()
    visitor.wait_for_url(f"https://{HOST}/")
    cookies = {cookie["name"]: cookie for cookie in visitor.context.cookies()}
    assert cookies["__Host-okaeri"]["secure"]
    assert cookies["__Host-okaeri"]["httpOnly"]
    assert [url for url in asked if not url.startswith(f"https://{HOST}/")] == []


def test_a_customer_opens_a_link_and_goes_on_over_https(house, visit):
    link = house.link()
    visit(lambda visitor: _begin(visitor, link))


def _begin(visitor, link):
    visitor.goto(link)
    visitor.get_by_role("button", name="はじめる").click()
    visitor.wait_for_url(f"https://{HOST}/s/*/1")
    assert visitor.locator("form").count() > 0
