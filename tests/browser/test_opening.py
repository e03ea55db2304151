"""The first start in a real browser: from the link on the console to the first page, then the second step by phone."""

import re

import pyotp
import pytest
from playwright.sync_api import expect

from app.accounts.models import Member, Organisation
from app.db import db, unit_of_work

PASSWORD = "kohii no kaori"
FIELDS = {
    "会社・お店の名前": "やまびこ珈琲",
    "メールの差出人名": "やまびこ珈琲",
    "差出人のメールアドレス": "hello@yamabiko.example",
    "住所": "長野県松本市1-2-3",
    "問い合わせ先（電話かメール）": "0263-00-0000",
    "お名前": "杉山 光",
    "サインインに使うメールアドレス": "hikaru@yamabiko.example",
    "パスワード": PASSWORD,
    "パスワードをもう一度": PASSWORD,
}


@pytest.fixture
def link(product):
    """The link of a product that nobody has set up."""
    with product.app.app_context(), unit_of_work():
        db.session.query(Member).delete()
        db.session.query(Organisation).delete()
    said = product.app.test_cli_runner().invoke(args=["setup", "link"])
    return said.stdout.strip()


def test_from_the_link_on_the_console_to_the_first_page_and_a_second_step(desk, product, link):
    desk.goto("/")
    expect(desk.get_by_role("heading", level=1)).to_have_text("はじめの設定がまだです")
    desk.goto(link)
    for label, text in FIELDS.items():
        desk.get_by_label(label, exact=True).fill(text)
    desk.get_by_role("button", name="この内容で始める").click()
    desk.wait_for_url(product.address + "/")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("おかえりなさい、杉山さん")
    desk.get_by_role("link", name="ファイルを取り込む").click()
    expect(desk.get_by_role("heading", level=1)).to_be_visible()

    desk.goto("/settings/own")
    step = desk.locator("#second-step")
    step.get_by_label("いまのパスワード").fill(PASSWORD)
    step.get_by_role("button", name="二段階の確認を始める").click()
    picture = desk.get_by_role("img", name="認証アプリで読み取るQRコード")
    assert picture.evaluate("image => image.naturalWidth") > 100
    phone = pyotp.TOTP(desk.locator(".code-line").inner_text().replace(" ", ""))
    desk.get_by_label("確認コード").fill(phone.now())
    desk.get_by_role("button", name="始める").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("予備のコードを控えてください")
    codes = desk.locator(".code-list code").all_inner_texts()
    assert len(codes) == 10

    desk.get_by_role("link", name="控えました").click()
    desk.get_by_role("button", name="サインアウト").click()
    desk.get_by_label("メールアドレス").fill(FIELDS["サインインに使うメールアドレス"])
    desk.get_by_label("パスワード").fill(PASSWORD)
    desk.get_by_role("button", name="サインインする").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("確認コード")
    desk.get_by_label("確認コード").fill(codes[0])
    desk.get_by_role("button", name="サインインする").click()
    desk.wait_for_url(re.compile("/$"))
    assert desk.goto(link).status == 404
