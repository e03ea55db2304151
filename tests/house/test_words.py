"""Every text people read goes through the catalogue, and the English one is whole. `make words` brings in what is new."""

import re
from functools import cache

import pytest

from app.config import ROOT
from tests.words import JAPANESE, asked_for, catalogue, written_in_code, written_in_template

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\{\w+\}\}")
# Signs and names that are the same in every language.
SAME_EVERYWHERE = {
    "NPS",
    "n",
    "=",
    "English",
    "日本語",
    "無",
    "？",
    "＋",
    "／",
    "flask --app wsgi setup link",
}
# Japanese letters an English sentence may quote: what a question must begin with, an example, a lost letter.
QUOTED = ("番号", "件名", "課題キー", "その他", "特になし", "日時指定", "山本 花子", "〓")
# Where Japanese stands outside the catalogue, and why.
OUTSIDE = {
    "app/demo/": "the demo's people and their words are data",
    "app/surveys/presets/": "questions are in the language of their respondents",
    "app/campaigns/presets.py": "mail is in the language of those who get it",
    "app/campaigns/letters.py": "mail is in the language of those who get it",
    "app/campaigns/wording.py": "placeholders as people mistype them",
    "app/campaigns/codes.py": "signs that people type into a code",
    "app/customers/addresses.py": "signs that people type into an address",
    "app/customers/cells.py": "words that cells of imported files hold",
    "app/customers/importers/columns.py": "headings that imported files have",
    "app/customers/importers/purchase_rows.py": "a key that is stored",
    "app/customers/tables.py": "a heading that is stored",
    "app/responses/importers/": "headings and times that imported files hold",
    "app/surveys/attributes.py": "headings that imported files have",
    "app/surveys/contact.py": "answers as they are stored",
    "app/surveys/eras.py": "how Japanese writes days",
    "app/surveys/choices.py": "how choices begin that get a box to write in",
    "app/surveys/checks/wording.py": "words that questions are searched for",
    "app/surveys/checks/leaving.py": "words that questions are searched for",
    "app/surveys/checks/personal.py": "words that questions are searched for",
    "app/surveys/exchange/": "choices of imported surveys that stand alone",
    "app/surveys/services/copying.py": "a name that is stored",
    "app/surveys/services/exchanging.py": "a name that is stored",
    "app/responses/preferences.py": "marks of words inside words",
    "app/surveys/compiled.py": "units of counting, as a survey's author writes them",
    "app/reasons/engine.py": "the sign that stands for what is masked, as the reader learned it",
    "app/reasons/likeness.py": "signs that part what a definition names",
    "app/reasons/services/codebook_files.py": "headings and words of a file that goes out and comes back",
    "app/reasons/lexicon.py": "the sign put where words are hidden",
    "app/surveys/anonymity.py": "words that a survey's thanks are searched for",
    "app/surveys/unnamed.py": "words of the presets, in the language of their respondents",
    "app/reasons/terms.py": "marks that stand around what is to be found exactly so",
    "app/sheets.py": "blanks a spreadsheet passes over before a formula",
    "app/reasons/routes/voice_filters.py": "a blank before a reason below another, marks around what is looked for",
    "app/backlog/services/items.py": "the marks between tags, whatever language they are typed in",
    "app/backlog/exporters/": "files keep their headings whoever takes them home; the sign for a lost letter",
    "app/backlog/tracker_files.py": "headings and states that imported files have",
    "app/printed.py": "where lines may break, and the sign for a lost letter",
    "app/reports/digest_files.py": "brackets and gaps of files that are Japanese whoever takes them home",
    "app/charts/": "where lines may break, and a letter to warm up the fonts",
    "app/filters.py": "how Japanese writes numbers and days",
    "app/serve.py": "what a terminal says",
    "forms/member.py": "a language is named in itself",
}


@cache
def english():
    return [message for message in catalogue() if message.id]


def forms(text):
    return (text,) if isinstance(text, str) else text


def same_everywhere(word):
    bare = re.sub(r"[・／/\s]+", " ", word).strip()
    return bare in SAME_EVERYWHERE or all(part in SAME_EVERYWHERE for part in bare.split())


def test_templates_write_nothing_past_the_catalogue():
    mail = "app/templates/campaigns/letter.html"
    found = [
        one
        for path in sorted((ROOT / "app/templates").rglob("*.html"))
        for one in written_in_template(path)
        if not same_everywhere(one.text) and not (one.place == mail and one.text.startswith("body {"))
    ]
    assert found == []


def test_code_writes_nothing_past_the_catalogue():
    found = [
        one
        for folder in ("app", "forms")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for one in written_in_code(path)
        if not one.place.startswith(tuple(OUTSIDE)) and not same_everywhere(one.text)
    ]
    assert found == []


def test_each_exception_is_still_one():
    places = {
        one.place
        for folder in ("app", "forms")
        for path in (ROOT / folder).rglob("*.py")
        for one in written_in_code(path)
    }
    assert [place for place in OUTSIDE if not any(found.startswith(place) for found in places)] == []


def test_the_catalogue_holds_what_is_asked_for_and_nothing_else():
    held = {(message.context, forms(message.id)[0], message.pluralizable) for message in english()}
    assert sorted(asked_for() - held, key=str) == []
    assert sorted(held - asked_for(), key=str) == []
    assert not catalogue().obsolete


def test_no_text_depends_on_a_number_in_one_place_and_not_in_another():
    counted = {(place, text) for place, text, is_counted in asked_for() if is_counted}
    plain = {(place, text) for place, text, is_counted in asked_for() if not is_counted}
    assert counted & plain == set()


def test_every_text_has_its_english():
    # A counter word that English does without (3件, 3) is a single blank.
    assert [message.id for message in english() if not all(forms(message.string)) or message.fuzzy] == []


def test_placeholders_of_a_text_and_its_english_agree():
    def named(text):
        # English leaves a counter word out.
        return {hit for hit in PLACEHOLDER.findall(text) if len(hit) > 2} - {"%(unit)s"}

    def in_order(text):
        return [hit for hit in PLACEHOLDER.findall(text) if len(hit) == 2]

    assert [
        (message.id, text)
        for message in english()
        for text in forms(message.string)
        if (named(text), in_order(text)) != (named(forms(message.id)[0]), in_order(forms(message.id)[0]))
    ] == []


def test_percent_signs_are_doubled_where_the_text_doubles_them():
    def bare(text):
        return PLACEHOLDER.sub("", text).count("%%"), PLACEHOLDER.sub("", text).replace("%%", "").count("%")

    assert [
        (message.id, text)
        for message in english()
        for text in forms(message.string)
        if bare(text) != bare(forms(message.id)[0])
    ] == []


def test_the_english_is_english():
    quoted = re.compile("|".join(QUOTED))
    texts = [quoted.sub("", text) for message in english() for text in forms(message.string)]
    assert [text for text in texts if JAPANESE.search(text) or "!" in text] == []


@pytest.mark.parametrize("word", ["user", "please wait", "click here", "e-mail"])
def test_the_english_keeps_to_the_words_of_the_house(word):
    found = [
        text
        for message in english()
        for text in forms(message.string)
        if re.search(rf"\b{word}s?\b", text, re.I)
    ]
    assert found == []
