"""News is what no reason explains, what the corpus does not know, or what is far more frequent here than anywhere."""

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.clusterer import find_themes
from analysis.corpus import read_corpus
from analysis.embedding import Background, build_background, embed, shared_background
from analysis.encoder import shared_encoder
from analysis.novelty import explained, is_news, lift
from analysis.pipeline import Reader
from analysis.types import Text
from bench.themes import labels_of, scores

HERE = Path(__file__).parent


def rows_of(name: str) -> tuple[list[Text], list[str | None]]:
    rows = [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [Text(row["id"], row["text"]) for row in rows], [row["theme"] for row in rows]


def around(direction: int, count: int) -> np.ndarray:
    near = np.eye(30)[direction] + 0.1 * np.random.default_rng(direction).normal(size=(count, 30))
    return near / np.linalg.norm(near, axis=1, keepdims=True)


@pytest.fixture
def background() -> Background:
    """Half of everything people say is about direction 0."""
    rows = np.vstack([around(0, 50), np.linalg.qr(np.random.default_rng(9).normal(size=(30, 30)))[0]])
    return Background("none", np.zeros(30), np.zeros(30), rows, np.linspace(0, 1, 101))


def test_what_everybody_says_and_a_reason_explains_is_no_news(background):
    assert not is_news(around(0, 10), np.full(10, 0.9), 40, background)


def test_what_no_reason_explains_is_news_however_familiar_it_sounds(background):
    assert is_news(around(0, 10), np.full(10, 0.1), 40, background)


def test_what_is_far_more_frequent_here_is_news_however_well_it_is_explained(background):
    assert lift(around(0, 20), 40, background) < 1.5
    assert lift(around(3, 20), 40, background) > 8
    assert is_news(around(3, 20), np.full(20, 0.99), 40, background)


def test_without_a_background_the_readings_alone_decide():
    assert is_news(around(1, 5), np.full(5, 0.3), 10, None)
    assert not is_news(around(1, 5), np.full(5, 0.9), 10, None)


def test_the_shipped_background_belongs_to_the_installed_encoder_and_is_made_again_byte_for_byte(tmp_path):
    small = read_corpus()[:40], read_corpus("t")[:20]
    for name in ("one", "other"):
        build_background(shared_encoder(), *small).save(tmp_path / f"{name}.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()
    assert shared_background().encoder == shared_encoder().name
    ordinary, strange = embed(["値段が高い", "飴玉の中に古い楽譜が埋まっていた"])
    familiarity = shared_background().familiarity(np.stack([ordinary, strange]))
    assert familiarity[0] > 0.9 > familiarity[1] + 0.1


def test_most_emerging_themes_of_a_shop_are_found_among_its_other_answers():
    texts, gold = rows_of("themes_furniture")
    known = {reading.id: explained(reading) for reading in Reader().read(texts)}
    found = scores(gold, labels_of(texts, find_themes(texts, explained=known)))
    assert found["found"] >= 5
    assert found["F1"] >= 0.6
    assert found["purity"] >= 0.75


def test_a_theme_that_a_reason_explains_to_everybody_is_left_out_and_one_that_none_explains_is_not():
    texts = [
        Text(str(i), words)
        for i, words in enumerate(["値段が高い", "値段が高くなった", "値段が高すぎる", "値段がちょっと高い"])
    ]
    assert find_themes(texts, explained=dict.fromkeys("0123", 0.0)) != []
    assert find_themes(texts, explained=dict.fromkeys("0123", 0.99)) == []
