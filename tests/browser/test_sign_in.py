"""A member signs in with a real browser, and the page asks nobody else for anything."""

from tests import factories


def test_signing_in_leads_to_today_and_loads_nothing_from_elsewhere(desk, product):
    asked = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.goto("/")
    desk.get_by_label("メールアドレス").fill("member1@asagiri.example")
    desk.get_by_label("パスワード").fill(factories.PASSWORD)
    desk.get_by_role("button", name="サインインする").click()
    desk.wait_for_url(product.address + "/")
    assert desk.get_by_role("heading", level=1).inner_text().startswith("おかえりなさい、中村さん")
    assert [url for url in asked if not url.startswith(product.address)] == []
