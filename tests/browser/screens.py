"""The pictures of docs/screens, taken from the demo in a real browser.

    make screens

Every picture is one screen as a member or a customer of the demo meets it, in 256 colours to stay small.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.config import ROOT
from app.demo.story import LOGINS
from tests.browser.conftest import FLAGS, font_settings
from tests.browser.product import BIN, FLASK, free_port, wait_until_up
from tests.browser.setting_up import chromium

FOLDER = ROOT / "docs/screens"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 740}
EDITOR, PRODUCT = LOGINS[1], LOGINS[3]
# Name of the picture, where it is, who looks.
STAFF = (
    ("today", "/", EDITOR),
    ("voices", "/voices", EDITOR),
    ("review", "/reasons/review", EDITOR),
    ("reasons", "/reasons", EDITOR),
    ("themes", "/reasons/themes", EDITOR),
    ("improvements", "/backlog", PRODUCT),
    ("outcomes", "/recovery", PRODUCT),
    ("customers", "/customers", EDITOR),
    ("lapse", "/customers/rules", EDITOR),
    ("survey", "/surveys/1", EDITOR),
    ("results", "/reports/surveys/1", EDITOR),
    ("campaigns", "/campaigns", EDITOR),
)
SETTLE_MS = 800


@contextmanager
def demo(folder: Path) -> Iterator[tuple[str, str]]:
    """The demo, told to its end, behind a web server; yield its address and the link of a waiting sheet."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'okaeri.db'}",
        "SECRET_KEY": "pictures-only-secret-of-forty-characters",
        "PUBLIC_URL": address,
    }

    def flask(*command: str) -> str:
        ran = subprocess.run(
            [*FLASK, *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return ran.stdout.strip()

    for command in (("db", "upgrade"), ("demo", "prepare"), ("demo", "tell")):
        flask(*command)
    gunicorn = [str(BIN / "gunicorn"), "--threads", "4", "--no-control-socket", "--log-level", "warning"]
    web = subprocess.Popen([*gunicorn, "--bind", f"127.0.0.1:{port}", "wsgi:app"], cwd=ROOT, env=environment)
    try:
        wait_until_up(address)
        yield address, flask("demo", "example-link")
    finally:
        web.terminate()
        web.wait(timeout=20)


def take(page: Page, name: str) -> None:
    """Write one picture, of 256 colours."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLE_MS)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)} {path.stat().st_size // 1024} kB")


def take_staff_screens(browser: Browser, address: str) -> None:
    for login in dict.fromkeys(who for *_rest, who in STAFF):
        context = browser.new_context(viewport=DESK, base_url=address, locale="ja-JP")
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("メールアドレス").fill(login.email)
        page.get_by_label("パスワード").fill(login.password)
        page.get_by_role("button", name="サインインする").click()
        for name, path, who in STAFF:
            if who is login:
                page.goto(path)
                take(page, name)
        context.close()


def take_sheet(browser: Browser, link: str) -> None:
    """The first pages a customer sees, and the settings behind the same link, on a phone."""
    context = browser.new_context(viewport=PHONE, locale="ja-JP")
    page = context.new_page()
    page.goto(link)
    take(page, "sheet-welcome")
    page.get_by_role("button", name="はじめる").click()
    take(page, "sheet-question")
    for name in ("preferences", "stop"):
        page.goto(f"{link}/{name}")
        take(page, f"sheet-{name}")
    context.close()


def main() -> int:
    path = chromium()
    if path is None:
        sys.exit("no Chromium: run `make test`, or set CHROMIUM=/path")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as name,
        demo(Path(name)) as (address, link),
        sync_playwright() as playwright,
    ):
        fonts = {"FONTCONFIG_FILE": str(font_settings(Path(name)))}
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, env={**os.environ, **fonts})
        take_staff_screens(browser, address)
        take_sheet(browser, link)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
