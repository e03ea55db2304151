"""Answers are read as a careful colleague would read them, and every reading shows its grounds."""

import pickle
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.codebook import NONE, codes
from analysis.model import Model
from analysis.pipeline import Reader
from analysis.types import CodeDefinition, CodedText, Role, Text

READER = Reader()


def read(text: str, question: str = "reason"):
    return READER.read([Text("1", text, question)])[0]


def said(text: str, question: str = "reason") -> list[str]:
    return [guess.code for guess in read(text, question).reasons]


@pytest.mark.parametrize(
    ("text", "question", "code"),
    [
        ("値段が高すぎて続けられません", "reason", "price"),
        ("問い合わせても返事が来ない", "nps", "support"),
        ("まったく効果がなかったので", "reason", "quality"),
        ("種類を増やしてほしい", "improve", "features"),
        ("画面が見づらくて操作がわからない", "nps", "usability"),
        ("いつの間にか忘れていました", "reason", "forgotten"),
        ("他社に乗り換えました", "current", "competitor"),
        ("エクセル", "current", "competitor"),
        ("引っ越したため", "reason", "lifestyle"),
        ("箱がつぶれて届いた", "nps", "delivery"),
        ("解約しようとしたらしつこく引き止められた", "reason", "trust"),
        ("特になし", "reason", NONE),
        ("ああああ", "improve", NONE),
        ("。。。", "nps", NONE),
        ("", "reason", NONE),
        ("とても満足です。店員さんも親切でした", "nps", NONE),
    ],
)
def test_a_plain_answer_gets_its_reason_first(text, question, code):
    assert said(text, question)[:1] == [code]


def test_a_conceded_topic_is_not_a_reason():
    reading = read("料金には納得していましたが、電話がつながらないので解約しました。")
    assert [guess.code for guess in reading.reasons] == ["support"]
    assert reading.clauses[0].role is Role.CONCEDED
    assert reading.clauses[0].codes == ()


def test_several_reasons_each_rest_on_their_clause():
    reading = read("味は良かったけど、値段が高すぎるし、箱がつぶれて届いた")
    assert {guess.code for guess in reading.reasons} >= {"price", "delivery"}
    by_code = {code: clause.text for clause in reading.clauses for code in clause.codes}
    assert "高すぎる" in by_code["price"]
    assert "箱" in by_code["delivery"]
    assert reading.clauses[0].role is Role.PRAISE


def test_the_words_that_decided_stand_in_their_clause():
    for clause in read("送料が高いし、担当者の態度が悪い").clauses:
        assert clause.codes
        assert all(word in clause.text for word in clause.because)


@pytest.mark.parametrize(
    "text", ["レジの応対が親切だった", "街の人が困っているとき、親切にしてくれた。", "配達の方が親切"]
)
def test_a_compliment_is_never_a_reason(text):
    assert said(text, "nps") == [NONE]


def test_praise_alone_is_positive_and_a_complaint_negative():
    assert read("とても満足です。", "nps").polarity == "pos"
    assert read("店員の態度が悪い", "nps").polarity == "neg"


def test_clauses_are_cut_from_the_original_spelling():
    text = "　ﾈﾀﾞﾝｶﾞ高ｲ!!　でも、㈱おかえりの佐藤さん(090-1234-5678)は親切でした。"
    reading = read(text)
    assert all(text[clause.start : clause.end] == clause.text for clause in reading.clauses)
    assert [text[span.start : span.end] for span in reading.masked] == ["佐藤", "090-1234-5678"]


def test_every_code_has_a_chance_between_0_and_1():
    reading = read("値段が高い")
    assert set(reading.probabilities) == set(codes())
    assert all(0 <= chance <= 1 for chance in [*reading.probabilities.values(), reading.confidence])


def test_readings_come_in_the_order_of_the_answers_and_equal_answers_are_read_alike():
    texts = [Text(str(i), ["高い", "遅い", "高い"][i % 3]) for i in range(700)]
    readings = READER.read(texts)
    assert [reading.id for reading in readings] == [text.id for text in texts]
    assert readings[0].reasons == readings[2].reasons == readings[699].reasons
    assert READER.read([]) == []


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=200), st.sampled_from(["reason", "improve", "current", "nps", "other", "?"]))
def test_no_text_breaks_the_reader(text, question):
    reading = read(text, question)
    stated = [guess.code for guess in reading.reasons]
    assert reading.unexplained == (not stated)
    assert NONE not in stated or stated == [NONE]
    assert set(stated) - {NONE} == {code for clause in reading.clauses for code in clause.codes}
    assert all(text[clause.start : clause.end] == clause.text for clause in reading.clauses)


def test_a_long_answer_takes_time_by_its_length_only():
    def seconds(text: str) -> float:
        start = time.process_time()
        read(text)
        return time.process_time() - start

    read("慣らし")
    piece = "担当の田中さんが電話に出ないので、値段が高いし、もう使いません。"
    half, whole = (min(seconds(piece * n + str(run)) for run in range(3)) for n in (50, 100))
    assert whole < 3 * half + 0.05


def test_a_model_is_stored_without_loss(tmp_path):
    READER.model.save(tmp_path / "m.npz", tmp_path / "m.json")
    again = Reader(Model.load(tmp_path / "m.npz", tmp_path / "m.json"))
    texts = [Text(str(i), text) for i, text in enumerate(["値段が高い", "引っ越し", "特になし"])]
    assert again.read(texts) == READER.read(texts)


def test_a_reader_travels_between_processes():
    copy = pickle.loads(pickle.dumps(READER))
    assert copy.read([Text("1", "値段が高い")]) == READER.read([Text("1", "値段が高い")])


def test_a_missing_model_names_the_command_that_makes_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="python -m analysis build"):
        Model.load(tmp_path / "m.npz", tmp_path / "m.json")


def test_the_fingerprint_tells_two_readers_apart():
    taught = READER.learn([CodedText("1", "駐車場が狭い", "nps", ("features",))])
    assert taught.fingerprint != READER.fingerprint
    assert {"seed", "model", "dictionary", "corpus", "codes", "numpy"} <= set(READER.fingerprint)


def decisions(*pairs: tuple[str, str]) -> list[CodedText]:
    return [CodedText(str(i), text, "nps", (label,)) for i, (text, label) in enumerate(pairs)]


def test_people_outrank_the_machine():
    before = read("羽毛の件", "nps")
    coded = decisions(
        *[("羽毛の件", "delivery"), ("羽毛の件です", "delivery"), ("羽毛の件で", "delivery")] * 2
    )
    after = READER.learn(coded).read([Text("1", "羽毛の件", "nps")])[0]
    assert after.probabilities["delivery"] > before.probabilities["delivery"] + 0.3
    assert after.reasons[0].code == "delivery"
    assert read("羽毛の件", "nps") == before


def test_a_label_nobody_knew_becomes_a_code():
    parking = [
        "駐車場が狭い",
        "駐車場が満車",
        "駐車場がない",
        "駐車場が遠い",
        "駐車場の数が少ない",
        "駐車場に停められない",
    ]
    other = [
        ("値段が高い", "price"),
        ("店員が冷たい", "support"),
        ("味が薄い", "quality"),
        ("引っ越した", "lifestyle"),
    ]
    taught = READER.learn(decisions(*((text, "parking") for text in parking), *other))
    readings = taught.read([Text("1", "駐車場がいつもいっぱい", "nps"), Text("2", "値段が高すぎる", "nps")])
    assert "parking" in taught.fingerprint["codes"]
    assert [reading.reasons[0].code for reading in readings] == ["parking", "price"]
    assert "parking" not in READER.fingerprint["codes"]


def test_a_teams_own_code_learns_from_its_words_alone():
    own = CodeDefinition(
        "parking",
        "駐車場",
        "駐車場の広さや台数、停めにくさ",
        ("駐車場が狭い", "車を停める所がない", "いつも満車"),
    )
    taught = READER.learn([], [own])
    readings = taught.read(
        [Text("1", "駐車場が狭くて停められない", "nps"), Text("2", "値段が高すぎる", "nps")]
    )
    assert readings[0].reasons[0].code == "parking"
    assert readings[1].reasons[0].code == "price"


def test_learning_nothing_changes_nothing():
    assert READER.learn([]).read([Text("1", "値段が高い")]) == READER.read([Text("1", "値段が高い")])
