"""A real Chromium, with a Japanese font, against the running product."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.product import Product, running
from tests.browser.setting_up import chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""


def font_settings(folder: Path) -> Path:
    """Write a fontconfig file that knows the IPAex fonts of matplotlib-fontja, and nothing else."""
    found = find_spec("matplotlib_fontja")
    assert found is not None
    assert found.origin is not None
    path = folder / "fonts.conf"
    path.write_text(FONTS.format(fonts=Path(found.origin).parent, cache=folder / "font-cache"))
    return path


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.fail("no Chromium: run `make test`, or set CHROMIUM=/path")
    fonts = font_settings(tmp_path_factory.mktemp("fonts"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=FLAGS, env={**os.environ, "FONTCONFIG_FILE": str(fonts)}
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.fixture
def desk(browser: Browser, product: Product) -> Iterator[Page]:
    """A browser window at a desk."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=product.address)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser, product: Product) -> Iterator[BrowserContext]:
    """A phone without JavaScript, as the sheet must work there."""
    context = browser.new_context(
        viewport={"width": 375, "height": 740}, base_url=product.address, java_script_enabled=False
    )
    yield context
    context.close()
