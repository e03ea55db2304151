"""Words as people would list them, with what the dictionary knows of each."""

import pickle

import pytest

from analysis.corpus import read_corpus
from analysis.dictionary import compile_dictionary, compiled_dictionary, own_words, word_list
from analysis.normalize import normalize
from analysis.tokenizer import Tokenizer

read = Tokenizer()


@pytest.mark.parametrize("word", [surface for surface, _ in own_words()])
def test_our_own_words_stay_whole(word):
    assert [token.surface for token in read(f"昨日、{word}だった")].count(word) == 1


def test_loan_words_lose_their_source_and_unknown_words_keep_their_surface():
    lemmas = {token.surface: token.lemma for token in read("髙橋のアプリ")}
    assert lemmas["アプリ"] == "アプリ"
    assert lemmas["髙橋"] == "髙橋"


def test_every_token_knows_its_place():
    text = "値段が高い。 でも\nコスパは良かった"
    assert all(text[token.start : token.end] == token.surface for token in read(text))


def test_words_without_meaning_of_their_own_are_no_content():
    content = [token.surface for token in read("忘れることが3回もあったようです") if token.is_content]
    assert content == ["忘れる"]


def test_a_tokenizer_travels_between_processes_without_its_tagger():
    read("いま作る")
    copy = pickle.loads(pickle.dumps(read))
    assert [token.surface for token in copy("コスパが悪い")] == ["コスパ", "が", "悪い"]


def test_the_shipped_dictionary_is_the_one_the_word_list_makes(tmp_path):
    compile_dictionary(tmp_path / "words.dic")
    assert (tmp_path / "words.dic").read_bytes() == compiled_dictionary().read_bytes()


def test_a_word_list_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        word_list("nothing")


def test_the_short_line_of_a_word_stands_for_what_the_dictionary_says_of_it():
    """A word is looked up where it first occurs; wherever it occurs again it must be the same entry."""
    fresh, known = Tokenizer(), Tokenizer()
    texts = [normalize(row.text).text for row in read_corpus("t")]
    for text in texts:
        known(text)
    for text in texts:
        fresh._words.clear()
        assert [vars_of(token) for token in known(text)] == [vars_of(token) for token in fresh(text)]


def vars_of(token) -> tuple:
    return token.surface, token.lemma, token.pos, token.detail, token.form, token.start, token.end
