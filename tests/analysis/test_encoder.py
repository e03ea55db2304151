"""The sentence encoder behind its seam, and the deep model that reads what the quick one is not sure of."""

import pickle

import numpy as np
import pytest

from analysis.encoder import SentenceEncoder, shared_encoder
from analysis.model import Model
from analysis.pipeline import Reader
from analysis.types import CodedText, Text

TEXTS = (
    "送料が高くて続けられません",
    "同じことを三回も言わされた",
    "引っ越しました",
    "なんとなく",
    "前の店長さんは良かったけれど、いまは誰も声をかけてくれない",
    "よそのほうが近い",
)


@pytest.fixture(scope="module")
def encoder():
    return shared_encoder()


@pytest.fixture(scope="module")
def model():
    return Model.load()


def texts(*words):
    return [Text(str(number), word) for number, word in enumerate(words)]


def test_vectors_have_length_one_and_blanks_have_none(encoder):
    table = encoder([*TEXTS, "", " \n"])
    assert table.shape == (len(TEXTS) + 2, encoder.dimensions)
    np.testing.assert_allclose(np.linalg.norm(table[: len(TEXTS)], axis=1), 1.0, atol=1e-5)
    assert not table[len(TEXTS) :].any()


def test_a_text_has_its_vector_whoever_stands_beside_it(encoder):
    alone = np.vstack([encoder([text]) for text in TEXTS])
    np.testing.assert_allclose(encoder(TEXTS[::-1] * 2)[: len(TEXTS)][::-1], alone, atol=1e-5)


def test_what_means_the_same_lies_nearer_than_what_does_not(encoder):
    one, same, other = encoder(["値段が高い", "料金が負担になった", "店員の態度が悪い"])
    assert one @ same > one @ other


def test_an_encoder_travels_without_its_weights():
    there = pickle.loads(pickle.dumps(SentenceEncoder()))
    assert there.name == SentenceEncoder().name
    assert there(["はい"]).any()


def test_the_quick_model_keeps_what_it_is_sure_of_and_the_deep_one_reads_the_rest(model):
    quick = Reader(model.with_parts(deep=None)).read(texts(*TEXTS))
    model = model.with_parts(sure=sorted(read.confidence for read in quick)[len(TEXTS) // 2])
    deep = Reader(model.with_parts(sure=1.1)).read(texts(*TEXTS))
    both = Reader(model).read(texts(*TEXTS))
    for cheap, slow, read in zip(quick, deep, both, strict=True):
        expected = cheap if cheap.confidence >= model.sure else slow
        assert [guess.code for guess in read.reasons] == [guess.code for guess in expected.reasons]
        assert read.confidence == pytest.approx(expected.confidence, abs=1e-5)
    assert {read.confidence >= model.sure for read in quick} == {True, False}


def test_without_an_encoder_reading_still_works(model):
    reader = Reader(model)
    reader.encoder = None
    readings = reader.read(texts(*TEXTS))
    assert [reading.id for reading in readings] == [str(place) for place in range(len(TEXTS))]
    assert readings[0].reasons


def test_peoples_decisions_teach_both_models(model):
    words = [
        f"袋が{ending}" for ending in ("かさばる", "大きすぎる", "捨てにくい", "やぶれやすい", "重なって邪魔")
    ]
    coded = [CodedText(str(place), word, "reason", ("package",)) for place, word in enumerate(words * 4)]
    taught = Reader(model).learn(coded)
    for reader in (taught, Reader(taught.model.with_parts(sure=1.1))):
        (reading,) = reader.read(texts("袋が大きくてかさばる"))
        assert reading.reasons[0].code == "package"
    assert taught.model.deep.features is taught.model.features
