"""What the look promises: nothing from elsewhere, no inline style or script, readable colours, light pages."""

import hashlib
import json
import re

import pytest

from app.config import ROOT

STATIC = ROOT / "app/static"
TEMPLATES = ROOT / "app/templates"
TOKENS = (STATIC / "css/tokens.css").read_text(encoding="utf-8")


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one, share, other):
    pairs = ((int(one[place : place + 2], 16), int(other[place : place + 2], 16)) for place in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02X}" for a, b in pairs)


def token(name, theme):
    found = re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", TOKENS)
    return found[1 if theme == "light" else 2]


def reasons():
    return dict(re.findall(r'\[data-code="(\w+)"\] \{ --reason: (#\w{6}); \}', TOKENS))


def test_vendored_files_are_those_of_the_manifest():
    folder = STATIC / "vendor"
    listed = {}
    for package in json.loads((folder / "manifest.json").read_text())["packages"]:
        listed |= {f"{package['folder']}/{name}": digest for name, digest in package["files"].items()}
    there = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert there == listed


def test_no_page_carries_inline_style_or_script_or_a_foreign_address():
    mails = {"campaigns/letter.html"}
    inline = re.compile(r"\sstyle=|\son\w+=\"|<style|<script(?![^>]*src=)|(src|href)=\"(https?:)?//|hx-on")
    found = [
        f"{path.relative_to(TEMPLATES)}: {hit[0]}"
        for path in TEMPLATES.rglob("*.html")
        for hit in inline.finditer(path.read_text(encoding="utf-8"))
        if str(path.relative_to(TEMPLATES)) not in mails
    ]
    assert found == []


def test_stylesheets_load_nothing_from_elsewhere():
    for sheet in [*STATIC.glob("css/*.css"), STATIC / "respondent.css"]:
        assert not re.search(r"@import|url\([\"']?(https?:)?//", sheet.read_text(encoding="utf-8")), (
            sheet.name
        )


def test_a_respondents_page_needs_less_than_12_kb_of_style_and_no_script():
    assert (STATIC / "respondent.css").stat().st_size < 12_000
    for layout in ("respondent", "public"):
        text = (TEMPLATES / f"layouts/{layout}.html").read_text(encoding="utf-8")
        assert "<script" not in text
        assert "bootstrap" not in text


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "surface", "sunken"])
def test_text_is_readable_on_every_ground(theme, ground):
    for ink in ("ink", "ink-2", "ink-3", "accent", "ok", "warn", "bad"):
        assert contrast(token(ink, theme), token(ground, theme)) >= 4.5, (ink, ground, theme)
    assert contrast(token("control", theme), token("surface", theme)) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_state_is_readable_on_its_soft_ground(theme):
    for state in ("ok", "warn", "bad", "accent"):
        assert contrast(token(state, theme), token(f"{state}-soft", theme)) >= 4.5, (state, theme)
    assert contrast(token("on-accent", theme), token("accent", theme)) >= 4.5


def test_every_kanji_is_readable_on_its_seal_and_every_voice_on_its_tint():
    assert len(reasons()) == 10
    for code, colour in {**reasons(), "none": "#6A6A6A"}.items():
        assert contrast("#FFFFFF", colour) >= 4.6, code
        assert contrast("#14171A", mixed(colour, 0.45, "#FFFFFF")) >= 4.6, code
        assert contrast(token("ink", "light"), mixed(colour, 0.09, "#FFFFFF")) >= 8, code
        assert contrast(token("ink", "dark"), mixed(colour, 0.42, "#1B1F23")) >= 7, code
