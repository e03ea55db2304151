"""An organisation's dictionary beside ours: what it makes one word, what it reads alike, and whom it names."""

import pytest

from analysis.own_words import (
    NOTHING_OWN,
    OwnDictionary,
    OwnWord,
    compiled_words,
    hash_of_words,
    spelled_word,
)
from analysis.pipeline import Reader
from analysis.tokenizer import Tokenizer, class_of, shared_tokenizer, use_dictionary
from analysis.types import Text

PLAIN, READER = Tokenizer(), Reader()
WORDS = (
    OwnWord("ポイント", "word"),
    OwnWord("ポイントアップ", "word"),
    OwnWord("サブスク定期便", "word"),  # two words of ours
    OwnWord("値上がり", "synonym", "値上げ"),
    OwnWord("お世話になっております", "stop"),
    OwnWord("店", "stop"),
    OwnWord("e-Tea", "competitor"),
    OwnWord("やすらぎの丘", "product"),
)


def split(text):
    return [(one.surface, one.lemma, class_of(one)) for one in PLAIN(text)]


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> OwnDictionary:
    return compiled_words(WORDS, 3, tmp_path_factory.mktemp("own"), split)


@pytest.fixture
def in_use(own):
    use_dictionary(own)
    yield own
    use_dictionary(NOTHING_OWN)


def test_every_kind_of_entry_is_cut_and_read_as_registered(own):
    read = Tokenizer(own)
    cut = {
        "ポイントアップの日": [
            "ポイントアップ",
            "の",
            "日",
        ],  # the longer of two entries, one inside the other
        "サブスク定期便です": ["サブスク定期便", "です"],
        "お世話になっておりますが": ["お世話になっております", "が"],
        "E-TEAにした": ["E-TEA", "に", "し", "た"],  # however its letters are written
        "コスパが悪い": ["コスパ", "が", "悪い"],  # ours stands beside it
    }
    assert {text: [one.surface for one in read(text)] for text in cut} == cut
    (rise, *_), (greeting, *_), (shop, *_) = read("値上がりが"), read("お世話になっております"), read("店が")
    assert (rise.lemma, rise.is_content) == ("値上げ", True)
    assert (greeting.is_content, shop.is_content, PLAIN("店が")[0].is_content) == (False, False, True)
    assert read("E-TEAにした")[0].lemma == "e-Tea"


def test_without_entries_nothing_is_compiled_and_everything_is_cut_as_before(tmp_path):
    empty = compiled_words((), 4, tmp_path / "none", split)
    assert (empty.compiled, empty.hash, empty.number) == (None, "", 4)
    assert not (tmp_path / "none").exists()
    text = "ポイントアップの日に値上がりしたコスパ"
    assert [vars_of(one) for one in Tokenizer(empty)(text)] == [vars_of(one) for one in PLAIN(text)]


def vars_of(token):
    return token.surface, token.lemma, token.pos, token.detail, token.is_content


def test_the_same_entries_are_compiled_once_and_have_one_hash(own, tmp_path):
    again = compiled_words(reversed(WORDS), 5, own.compiled.parent, split)
    assert (again.compiled, again.hash) == (own.compiled, own.hash)
    assert hash_of_words(WORDS[1:]) != own.hash
    assert len(list(own.compiled.parent.iterdir())) == 1


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("ﾎﾟｲﾝﾄ", "ポイント"),
        ("Ｔｅａ", "Tea"),
        ("二 語", ""),
        ("a,b", ""),
        ('"', ""),
        ("茶\n", "茶"),
        ("長い" * 21, ""),
        ("", ""),
    ],
)
def test_a_word_is_spelled_as_texts_are_read_or_refused(text, spelled):
    assert spelled_word(text) == spelled


def test_a_registered_competitor_is_named_anywhere_and_an_own_product_never(in_use):
    def rivals(text, question="current"):
        (reading,) = READER.read([Text("a", text, question)])
        return [text[span.start : span.end] for span in reading.rivals]

    assert rivals("送料が高い。ｅ－Ｔｅａは安いのに", "reason") == ["ｅ－Ｔｅａ"]
    assert rivals("隣町の「やすらぎの丘」さんに乗り換えました") == []
    assert rivals("いまは「まめ箱レンタル」とe-Teaを使っています") == ["まめ箱レンタル", "e-Tea"]
    use_dictionary(NOTHING_OWN)
    assert rivals("隣町の「やすらぎの丘」さんに乗り換えました") == ["やすらぎの丘"]
    assert shared_tokenizer().own is NOTHING_OWN
