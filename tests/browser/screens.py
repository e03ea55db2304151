"""The pictures of docs/screens, taken from the demo in a real browser.

    make screens

Every picture is one screen as a member or a customer of the demo meets it, in 256 colours to stay small; "-375" is a phone.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.config import ROOT
from app.demo.story import LOGINS, Login, example_link
from tests.browser.conftest import FLAGS, font_settings
from tests.browser.product import Product, running
from tests.browser.screens_made import make_links
from tests.browser.setting_up import chromium

FOLDER = ROOT / "docs/screens"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 740}
LONGEST = 1500  # pixels: what stands further down is left out
SETTLE_MS, READ_MS = 500, 60_000
EDITOR, PRODUCT, OPERATOR = LOGINS[1], LOGINS[3], LOGINS[5]
# Name of the picture and where it is, by who looks. A star: on a phone too.
STAFF: dict[Login, tuple[tuple[str, str], ...]] = {
    EDITOR: (
        ("today*", "/"),
        ("voices*", "/voices"),
        ("views", "/voices/views"),
        ("review*", "/reasons/review"),
        ("reasons*", "/reasons"),
        ("themes*", "/reasons/themes"),
        ("codebook", "/reasons/codebook"),
        ("codebook-entry*", "/reasons/codebook/1"),
        ("quality*", "/reasons/quality"),
        ("customers*", "/customers"),
        ("lapse", "/customers/rules"),
        ("survey", "/surveys/1"),
        ("results*", "/reports/surveys/1"),
        ("analysis*", "/reports/surveys/1/analysis"),
        ("analysis-drivers*", "/reports/surveys/1/analysis/drivers"),
        ("analysis-together*", "/reports/surveys/1/analysis/together"),
        ("analysis-rivals", "/reports/surveys/1/analysis/rivals"),
        ("analysis-silent", "/reports/surveys/1/analysis/silent"),
        ("analysis-weighted", "/reports/surveys/1/analysis/weighted"),
        ("segments*", "/reports/surveys/1/segments"),
        ("trend*", "/reports/surveys/1/trend"),
        ("campaigns", "/campaigns"),
        ("slips", "/campaigns/1/slips"),
    ),
    PRODUCT: (
        ("improvements*", "/backlog"),
        ("board*", "/backlog/board"),
        ("item*", "/backlog/3"),
        ("grounds", "/backlog/new"),
        ("what-if*", "/backlog/what-if"),
        ("export", "/backlog/export"),
        ("digest*", "/reports/digest"),
        ("outcomes*", "/recovery"),
    ),
    OPERATOR: (("calls*", "/calls"),),
}
TRACKER = "件名,課題キー,状態,公開日\n" + "\n".join(
    (
        "IM-002 送料無料になる金額を、買いやすい高さに戻す,CHA-12,処理中,",
        "IM-001 贈答箱を、つぶれない厚さに戻す,CHA-8,完了,2025/12/27",
    )
)


def take(page: Page, name: str) -> None:
    """Write one picture of the page as far down as it is told; a page that scrolls sideways is an error."""
    page.wait_for_load_state("networkidle")
    window = page.viewport_size or DESK
    width, height = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    if width > window["width"]:
        sys.exit(f"{page.url} scrolls sideways at {window['width']} px")
    page.set_viewport_size({"width": window["width"], "height": max(window["height"], min(height, LONGEST))})
    page.wait_for_timeout(SETTLE_MS)
    path = FOLDER / f"{name}{'-375' if window['width'] == PHONE['width'] else ''}.png"
    page.screenshot(path=path)
    page.set_viewport_size(window)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            path, optimize=True
        )
    print(f"{path.relative_to(ROOT)} {path.stat().st_size // 1024} kB", flush=True)


@contextmanager
def window(
    browser: Browser, address: str, size: dict[str, int], login: Login | None = None
) -> Iterator[Page]:
    """A page of its own in a window of this size; of a member who has signed in, or of anybody."""
    context = browser.new_context(viewport=size, base_url=address, locale="ja-JP", accept_downloads=True)
    page = context.new_page()
    if login:
        page.goto("/sign-in")
        page.get_by_label("メールアドレス").fill(login.email)
        page.get_by_label("パスワード").fill(login.password)
        page.get_by_role("button", name="サインインする").click()
        page.wait_for_url(lambda url: "sign-in" not in url)
    yield page
    context.close()


def take_staff_screens(browser: Browser, address: str) -> None:
    for login, screens in STAFF.items():
        for size in (DESK, PHONE):
            with window(browser, address, size, login) as page:
                for name, path in screens:
                    if size is DESK or name.endswith("*"):
                        page.goto(path)
                        take(page, name.removesuffix("*"))
                for then in THEN.get((login, size["width"]), ()):
                    then(page)


def one_voice(page: Page) -> None:
    page.goto("/voices")
    page.goto(page.locator(".voice-item a").first.evaluate("link => link.href"))
    take(page, "voice")


def reread(page: Page) -> None:
    """A run, and what it would change."""
    page.goto("/reasons/runs")
    page.get_by_role("button", name="この調査を読みなおす").click()
    page.locator(".row-title").first.click()
    page.locator(".verdict-sentence").wait_for(timeout=READ_MS)
    take(page, "run-difference")
    page.goto("/reasons/runs")
    take(page, "runs")


def look_through_words(page: Page) -> None:
    """The dictionary clinic, and what one more word would change."""
    page.goto("/reasons/dictionary")
    page.get_by_role("button", name="声を点検する").click()
    page.locator(".dictionary-list").first.wait_for(timeout=READ_MS)
    take(page, "dictionary")
    page.get_by_role("button", name="一語として読む").first.click()
    page.get_by_role("link", name="反映の前に、変わる数を見る").click()
    page.wait_for_load_state()
    take(page, "dictionary-trial")


def code_twice(page: Page) -> None:
    """A sample that two members read apart."""
    page.goto("/reasons/quality")
    page.get_by_label("件数").fill("20")
    page.get_by_role("button", name="声を引く").click()
    page.locator(".answer").first.wait_for()
    take(page, "double-coding")


def take_home(page: Page) -> None:
    """Exports that are kept, and states out of somebody else's tracker."""
    page.goto("/backlog/export")
    with page.expect_download():
        page.get_by_role("button", name="書き出す（記録されます）").click()
    page.goto("/backlog/exports")
    take(page, "exports")
    page.goto("/backlog/trackers")
    file = {"name": "backlog-issues.csv", "mimeType": "text/csv", "buffer": TRACKER.encode()}
    page.set_input_files("input[type=file]", files=[file])
    page.get_by_role("button", name="中身を確かめる").click()
    page.wait_for_load_state()
    take(page, "trackers")


def call_one(page: Page) -> None:
    page.goto("/calls")
    page.locator("a.row-title").first.click()
    page.wait_for_load_state()
    take(page, "call")


# What is pressed after the pages above were looked at: once at a desk, or on a phone.
THEN: dict[tuple[Login, int], tuple[Callable[[Page], None], ...]] = {
    (EDITOR, DESK["width"]): (reread, look_through_words, code_twice),
    (EDITOR, PHONE["width"]): (one_voice,),
    (PRODUCT, DESK["width"]): (take_home,),
    (OPERATOR, DESK["width"]): (call_one,),
    (OPERATOR, PHONE["width"]): (call_one,),
}


def take_sheet(browser: Browser, address: str, link: str) -> None:
    """A whole sheet on a phone: every page a customer meets behind the link, to the receipt."""
    with window(browser, address, DESK) as page:
        page.goto(link)
        take(page, "sheet-welcome")
    with window(browser, address, PHONE) as page:
        page.goto(link)
        take(page, "sheet-welcome")
        page.get_by_role("button", name="はじめる").click()
        take(page, "sheet-nps")
        page.get_by_role("radio", name="6", exact=True).check()
        page.get_by_role("button", name="つぎへ").click()
        take(page, "sheet-single")
        page.get_by_role("button", name="つぎへ").click()
        take(page, "sheet-error")
        page.get_by_role("radio", name="届く日や届き方、品切れで困った").check()
        page.get_by_role("button", name="つぎへ").click()
        page.get_by_role("textbox").fill("新茶が届いたのが、お彼岸を過ぎてからでした。")
        take(page, "sheet-follow-up")
        page.get_by_role("button", name="つぎへ").click()
        page.goto(link)
        take(page, "sheet-resume")
        page.get_by_role("button", name="続きから").click()
        while page.get_by_role("button", name="つぎへ").count():
            page.get_by_role("button", name="つぎへ").click()
        take(page, "sheet-contact")
        page.get_by_role("radio", name="直したら知らせてほしい").check()
        page.get_by_role("button", name="この内容で送る").click()
        take(page, "sheet-thanks")
        for name, path in (
            ("receipt", link),
            ("preferences", f"{link}/preferences"),
            ("stop", f"{link}/stop"),
        ):
            page.goto(path)
            take(page, f"sheet-{name}")


def take_other_doors(browser: Browser, product: Product) -> None:
    """Every other kind of question, the code of a letter, a public link, and own answers until they are erased."""
    links = make_links(product.app)
    with window(browser, product.address, PHONE) as page:
        page.goto(links.kinds)
        page.get_by_role("button", name="はじめる").click()
        for kind in ("statement", "multiple", "scale", "number", "date", "consent", "text"):
            take(page, f"sheet-{kind}")
            page.get_by_role("button", name="つぎへ").click()
        page.goto("/c")
        take(page, "code")
        page.goto(links.public)
        take(page, "public-link")
        page.goto(links.own)
        take(page, "own-answers")
        page.get_by_role("link", name="この回答を消す").click()
        take(page, "own-erase")
        page.get_by_role("button", name="回答を消す").click()
        take(page, "own-erased")


def main() -> int:
    path = chromium()
    if path is None:
        sys.exit("no Chromium: run `make test`, or set CHROMIUM=/path")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as name,
        running(Path(name), demo=True) as product,
        sync_playwright() as playwright,
    ):
        environment = {**os.environ, "FONTCONFIG_FILE": str(font_settings(Path(name))), "LANGUAGE": "ja"}
        browser = playwright.chromium.launch(
            executable_path=path, args=[*FLAGS, "--lang=ja"], env=environment
        )
        with product.app.app_context():
            link = example_link()
        assert link is not None
        take_staff_screens(browser, product.address)
        take_sheet(browser, product.address, link)
        take_other_doors(browser, product)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
