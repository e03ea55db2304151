"""The whole loop in a real browser: from a file of customers to a list a product manager takes home.

Once at a desk (1280 px) and, in the long run, once on a phone (375 px), each on a product of its own; the sheet is always answered
on a phone without scripts, with real mail in between.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.browser.product import Product, running
from tests.factories_reasons import UNNAMED

CUSTOMERS = "顧客番号,氏名,メールアドレス,メール同意,登録日\r\n" + "".join(
    f"C{number:03d},山本 {name},c{number}@okyaku.example,○,2023/04/0{number}\r\n"
    for number, name in enumerate(("花子", "太郎", "次郎", "三子", "四郎", "五月"), 1)
)
BAD_ROW = "C007,日付 違い,c7@okyaku.example,○,2026/2/30\r\n"
PURCHASES = "顧客番号,注文番号,購入日,金額\r\n" + "".join(
    f"C{number:03d},O{number}{month},2025/0{month}/1{number},{3000 + number * 100}\r\n"
    for number in range(1, 7)
    for month in (1, 3, 5)
)
WORDS = (
    "値段は高くなかったと思います。ただ、届く日が選べなくて、留守にしていると玄関先に置かれたままで。"
    "電話で伝えても「仕組み上できない」と言われるだけでした。"
)
# What no reason of the codebook covers, said by several people.
PATIENCE = 40_000  # milliseconds


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill(email)
    page.get_by_label("パスワード").fill(factories.PASSWORD)
    page.get_by_role("button", name="サインインする").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("おかえりなさい")


def no_sideways_scroll(page: Page) -> None:
    page.wait_for_load_state()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], page.url


def upload(page: Page, name: str, text: str) -> None:
    page.set_input_files(
        "input[type=file]", files=[{"name": name, "mimeType": "text/csv", "buffer": text.encode()}]
    )
    page.locator("main form button.btn-primary").click()


@pytest.fixture
def product(tmp_path) -> Iterator[Product]:
    """Each walk begins with an empty product."""
    with running(tmp_path) as product:
        yield product


@pytest.fixture(params=[1280, pytest.param(375, marks=pytest.mark.long)])
def staff(request, browser: Browser, product: Product) -> Iterator[Page]:
    """A member's window, wide or narrow."""
    context = browser.new_context(viewport={"width": request.param, "height": 900}, base_url=product.address)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    sign_in(page, "member1@asagiri.example")
    yield page
    context.close()


@pytest.fixture
def colleague(browser: Browser, product: Product) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=product.address)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    sign_in(page, "member2@asagiri.example")
    yield page
    context.close()


def test_the_loop_from_a_file_of_customers_to_a_decision(staff, phone, colleague):
    bring_in_customers(staff)
    say_who_has_gone(staff)
    publish_a_survey(staff)
    link = ask(staff, colleague)
    answer(phone, link)
    confirm(staff)
    adopt_a_theme(staff)
    decide_and_take_home(staff)


def bring_in_customers(page: Page) -> None:
    page.goto("/customers/imports")
    upload(page, "customers.csv", CUSTOMERS + BAD_ROW)
    page.get_by_role("button", name="結果を確かめる").click()
    expect(page.locator("main")).to_contain_text("8行目「登録日」：「2026/2/30」は日付ではありません。")
    page.locator(".action-bar .btn-primary").click()
    expect(page.locator("main")).to_contain_text("1行を取り込めませんでした。", timeout=PATIENCE)
    page.goto("/customers/imports")
    page.get_by_label("購入（1注文を1行に）").check()
    upload(page, "purchases.csv", PURCHASES)
    page.get_by_role("button", name="結果を確かめる").click()
    page.locator(".action-bar .btn-primary").click()
    expect(page.locator(".metric-value").first).to_contain_text("18", timeout=PATIENCE)


def say_who_has_gone(page: Page) -> None:
    page.goto("/customers/rules")
    page.get_by_role("button", name="第1版として保存する").click()
    expect(page.locator("main")).to_contain_text("第1版・いまの定義")
    page.goto("/customers/segments/new")
    page.get_by_label("セグメントの名前").fill("離れた方")
    page.get_by_label("休眠", exact=True).check()
    page.get_by_label("離反", exact=True).check()
    page.get_by_role("button", name="セグメントを保存する").click()
    expect(page.locator("main")).to_contain_text("離れた方")


def publish_a_survey(page: Page) -> None:
    page.goto("/surveys/new")
    page.get_by_label("調査の名前").fill("秋の調査")
    page.get_by_role("button", name="この調査の下書きを作る").click()
    page.get_by_role("button", name="公開する").first.click()
    page.locator("dialog[open]").get_by_role("button", name="公開する").click()
    expect(page.locator("main")).to_contain_text("公開しています")


def ask(page: Page, colleague: Page) -> str:
    """Draw up a campaign, let a second person approve and start it; return the link of the newest mail."""
    page.goto("/campaigns/new")
    page.get_by_role("button", name="送ってよい方を確かめる").click()
    page.locator(".action-bar .btn-primary").click()
    page.locator(".action-bar .btn-primary").click()
    page.get_by_role("button", name="承認をお願いする").click()
    expect(page.locator("main")).to_contain_text("承認")
    colleague.goto(page.url)
    colleague.get_by_role("button", name="承認する").click()
    colleague.locator(".action-bar").get_by_role("button", name=re.compile("人に送る")).click()
    colleague.locator("dialog[open] .btn-primary").click()
    expect(colleague.locator("main")).to_contain_text("送りました", timeout=PATIENCE)
    colleague.goto("/mailbox")
    colleague.locator(".row-title").first.click()
    mail = colleague.locator("main").inner_text()
    for part in ("朝霧茶舗 お客さま係", "静岡県川根本町1-2-3", "0120-000-000", "List-Unsubscribe-Post"):
        assert part in mail
    found = re.search(r"http://\S+/s/\S+", mail)
    assert found
    return found.group(0)


def answer(phone, link: str) -> None:
    """On a phone, without scripts: one idea a screen, saved after each."""
    page = phone.new_page()
    page.goto(link)
    page.get_by_role("button", name="はじめる").click()
    for step in range(12):
        no_sideways_scroll(page)
        if page.url.endswith("/thanks"):
            break
        if page.locator("textarea").count():
            page.locator("textarea").fill(WORDS)
        elif page.locator("input[type=radio]").count():
            page.locator("input[type=radio]").nth(3 if step == 0 else 5 if step == 1 else 0).check()
        page.locator("button.go").click()
    expect(page.locator("main")).to_contain_text("お声を、たしかに受け取りました")
    expect(page.locator("main")).to_contain_text("R-0001")
    page.close()


def confirm(page: Page) -> None:
    """The answer is there within seconds, with its clauses; a person confirms it."""
    for _try in range(30):
        page.goto("/voices")
        if page.locator("mark.clause").count():
            break
        page.wait_for_timeout(500)
    expect(page.locator("main")).to_contain_text("届く日が選べなくて")
    page.locator("a:has(.voice-cut)").first.click()  # on a phone the list stands alone until one is chosen
    expect(page.locator(".chip", has_text="配送・在庫").first).to_be_visible()
    no_sideways_scroll(page)
    # The reader may be too sure of it to ask: then it stands in no queue, but can be opened from the voice.
    page.get_by_role("link", name="理由を直す").first.click()
    page.wait_for_load_state()  # the keys work once the page's script has come
    expect(page.locator("main")).to_contain_text("0 /")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("1 /")


def adopt_a_theme(page: Page) -> None:
    """Past answers of another tool hold something no reason explains; it is named in their own words."""
    rows = "会員ID,回答日時,NPS,やめた理由\r\n"
    rows += "".join(
        f"{number},2026-10-0{number} 10:00:00,5,{text}\r\n" for number, text in enumerate(UNNAMED, 1)
    )
    page.goto("/responses/imports")
    upload(page, "past.csv", rows)
    page.get_by_role("button", name="結果を確かめる").click()
    page.get_by_role("button", name="6行を取り込む").click()
    expect(page.locator("main")).to_contain_text("取り込みが終わりました", timeout=PATIENCE)
    for _try in range(60):
        page.goto("/reasons/themes")
        if page.get_by_role("button", name="理由に加える").count():
            break
        page.wait_for_timeout(500)
    expect(page.locator("main h2").first).to_contain_text("茶畑")
    page.get_by_label("理由の名前").first.fill("茶畑の太陽光パネル")
    page.get_by_label("印の字").first.fill("茶")
    page.get_by_role("button", name="理由に加える").first.click()
    expect(page.locator("main")).to_contain_text("理由に加えました")


def decide_and_take_home(page: Page) -> None:
    page.goto("/reasons")
    page.get_by_role("button", name="改善項目にする").first.click()
    expect(page.locator(".crumb")).to_contain_text("IM-001")
    page.get_by_role("radio", name="やる", exact=True).check()
    page.locator("textarea[name=why]").fill("受注画面の改修とあわせる。")
    page.get_by_role("button", name="決定を記録する").click()
    expect(page.locator("main")).to_contain_text("「やる」に決めました")
    no_sideways_scroll(page)
    page.goto("/backlog")
    expect(page.locator("main")).to_contain_text("IM-001")
    page.get_by_role("link", name="書き出す").click()
    for form, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        page.get_by_label("形式").select_option(form)
        with page.expect_download() as download:
            page.get_by_role("button", name="書き出す").click()
        assert download.value.path().read_bytes().startswith(start)
