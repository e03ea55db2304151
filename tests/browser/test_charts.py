"""A chart inside a page: drawn under its policy, and pressing a mark leads the whole page."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app import security
from app.charts import nps_histogram, svg_response
from app.config import ROOT
from tests.stock import settings_for

PAGE = '<!doctype html><title>推奨度</title><object type="image/svg+xml" data="/chart" width="456" height="248"></object>'


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A page with one chart, sent with the product's headers."""
    app = Flask("page", static_folder=str(ROOT / "app/static"))
    app.extensions["settings"] = settings_for(tmp_path)
    security.init_app(app)
    urls, names = [f"/voices/{score}" for score in range(11)], [f"推奨度{score}の声" for score in range(11)]
    app.add_url_rule("/", "page", lambda: PAGE)
    app.add_url_rule("/chart", "chart", lambda: svg_response(nps_histogram([3] * 11, urls, names)))
    app.add_url_rule("/voices/<score>", "voices", lambda score: f"推奨度{score}の声")
    app.add_url_rule("/favicon.ico", "icon", lambda: ("", 204))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


def test_a_chart_is_styled_in_the_page_and_its_marks_lead_on(browser, address):
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address, wait_until="networkidle")
    chart = page.frame(url=f"{address}/chart")
    accent = "getComputedStyle([...document.querySelectorAll('path')].find(p => p.style.fill.includes('1f4e8c'))).fill"
    assert chart.evaluate(accent) == "rgb(31, 78, 140)"
    assert chart.evaluate("getComputedStyle(document.querySelector('text')).fontFamily").startswith(
        '"Okaeri Figures"'
    )
    assert complaints == []
    chart.get_by_role("link", name="推奨度8の声").click()
    page.wait_for_url(f"{address}/voices/8")
    page.close()
