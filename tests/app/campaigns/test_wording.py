"""The words of a mail are checked before they are kept: placeholders, the link, one line for the subject."""

import pytest

from app.campaigns import presets
from app.campaigns.wording import BadWording, checked_body, checked_subject, fill, one_line
from app.surveys.presets import PRESETS

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize(
    "subject",
    ["", "x\r\nBcc: a@b.example", "x\ny", "x\0y", "x\u2028y", "x\x0by", "=?utf-8?q?x?=", "{{link}}", "{{nmae}}さま",
     "{{name", "長" * 121, "{{deadline}}まで"],
)  # fmt: skip
def test_a_subject_that_cannot_be_sent_is_refused_with_a_sentence(subject):
    with pytest.raises(BadWording) as refused:
        checked_subject(subject, has_deadline=False)
    assert refused.value.field == "subject"
    assert refused.value.sentence.endswith("。")


@pytest.mark.parametrize(
    "body",
    ["", "リンクがありません", "{{link}} {{price}}", "{{link}} }}", "{{link}}\0", "{{link}}{{deadline}}"],
)
def test_a_body_that_cannot_be_sent_is_refused_with_a_sentence(body):
    with pytest.raises(BadWording) as refused:
        checked_body(body, has_deadline=False)
    assert refused.value.field == "body"


def test_the_sentence_names_what_is_wrong_and_what_may_stand_there():
    with pytest.raises(BadWording, match="nmae") as refused:
        checked_body("{{nmae}} {{link}}", has_deadline=False)
    assert "{{name}}" in refused.value.sentence


def test_braces_typed_full_width_count_as_braces():
    assert checked_body("｛｛name｝｝\r\n｛｛link｝｝", has_deadline=False) == "{{name}}\n{{link}}"


@pytest.mark.parametrize("text", ["{{name}}様へ", "{{ name }} 様へ", "{{name}}さまへ", "{{name}}へ"])
def test_nobody_is_honoured_twice(text):
    assert fill(text, {"name": "山本 花子様"}) == "山本 花子様へ"


def test_what_a_customer_is_called_is_not_read_as_a_placeholder():
    assert fill("{{name}}{{link}}", {"name": "{{link}}", "link": "L"}) == "{{link}}L"


def test_a_name_fits_into_a_header():
    assert one_line("花子\r\nBcc: x\u2028\0=?utf-8?") == "花子 Bcc: x = ?utf-8?"


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_every_survey_has_words_that_can_be_sent(preset):
    words = presets.words_for(preset)
    assert checked_subject(words.subject, has_deadline=False) == words.subject
    assert checked_body(words.body, has_deadline=False) == words.body
    others = [presets.words_for(one) for one in ("", *PRESETS) if one != preset]
    assert words not in others
