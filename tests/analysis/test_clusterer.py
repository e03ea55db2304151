"""Themes: what several people say alike, under a name in their own words; the rest stays alone."""

import numpy as np
from sklearn.base import clone

from analysis.clusterer import NARROW, ThemeClusterer, find_themes
from analysis.corpus import read_corpus
from analysis.labeler import name_theme
from analysis.types import Text

PARKING = [
    "駐車場が狭い",
    "駐車場が少ない",
    "駐車場がいつも満車",
    "車を停める駐車場が足りない",
    "駐車場に入れない",
]
TOILET = ["トイレが汚い", "トイレの掃除がされていない", "トイレが古くて汚い", "トイレが臭い"]
BUS = ["バスの本数が少ない", "バスが一時間に一本", "バスの時間が合わない", "バスがもっとあれば"]
ALONE = ["社長の顔が怖い", "鹿が出た", "昔の彼氏と行った", "隣の犬", "虹が見えた", "猫を飼い始めた"]


def texts(*groups: list[str]) -> list[Text]:
    return [Text(f"{g}-{i}", text) for g, group in enumerate(groups) for i, text in enumerate(group)]


def test_answers_that_say_the_same_form_a_theme_and_the_others_none():
    themes = find_themes(texts(PARKING, TOILET, BUS, ALONE))
    assert sorted(({member[0] for member in theme.members} for theme in themes), key=min) == [
        {"0"},
        {"1"},
        {"2"},
    ]
    assert [theme.size for theme in themes] == sorted((len(theme.members) for theme in themes), reverse=True)


def test_a_name_stands_literally_in_one_of_the_answers():
    written = {text.id: text.text for text in texts(PARKING, TOILET, BUS, ALONE)}
    themes = find_themes(texts(PARKING, TOILET, BUS, ALONE))
    assert all(any(theme.name in written[member] for member in theme.members) for theme in themes)
    assert "駐車場" in themes[0].name


def test_a_name_keeps_what_turns_its_meaning():
    assert name_theme(["予約が取れない", "電話予約が取れない", "予約が取れないので"]) == "予約が取れない"
    assert name_theme(["画面が使いにくい", "この画面は使いにくいです", "使いにくい画面"]).endswith(
        "使いにくい"
    )


def test_quotes_are_members():
    for theme in find_themes(texts(PARKING, TOILET)):
        assert set(theme.quotes) <= set(theme.members)
        assert 1 <= len(theme.quotes) <= 3


def test_the_same_answers_give_the_same_themes_in_any_order():
    once = find_themes(texts(PARKING, TOILET, ALONE))
    again = find_themes(list(reversed(texts(PARKING, TOILET, ALONE))))
    assert [(theme.id, set(theme.members)) for theme in once] == [
        (theme.id, set(theme.members)) for theme in again
    ]


def test_themes_keep_their_ids_as_answers_arrive():
    before = find_themes(texts(PARKING[:3], TOILET[:3]))
    after = find_themes(texts(PARKING, TOILET, BUS, ALONE), known=before)
    assert {theme.id for theme in before} <= {theme.id for theme in after}


def test_the_same_words_from_several_people_count_each_time_but_are_one_voice():
    assert find_themes([Text(str(i), "駐車場が狭い") for i in range(30)]) == []
    found = find_themes([*texts(PARKING), Text("x", PARKING[0]), Text("y", PARKING[0])])
    assert {"0-0", "x", "y"} <= set(found[0].members)
    assert found[0].size == len(found[0].members)
    assert len({"0-0", "x", "y"} & {*found[0].quotes, *found[0].borderline}) == 1


def test_few_answers_and_none():
    assert find_themes([]) == []
    assert find_themes([Text("1", "駐車場が狭い")]) == []
    assert [theme.size for theme in find_themes(texts(PARKING[:2], ALONE[:3]))] == [2]


def test_answers_that_say_nothing_are_no_theme():
    assert (
        find_themes(
            [Text(str(i), text) for i, text in enumerate(["特になし", "なし", "特に無し", "ない", "。"])]
        )
        == []
    )


def test_more_answers_than_are_clustered_at_once():
    kinds = ["駐車場", "トイレ", "バス", "階段", "案内板"]
    many = [
        Text(str(i), f"{kinds[i % 5]}が{'遠い近い狭い暗い寒い'[i % 9 : i % 9 + 2]}{i}番目")
        for i in range(3500)
    ]
    themes = find_themes(many)
    assert sum(theme.size for theme in themes) > 3000
    assert len({member for theme in themes for member in theme.members}) == sum(
        theme.size for theme in themes
    )


def test_the_stricter_the_gate_the_fewer_groups_pass():
    around = np.sort(np.random.default_rng(1).uniform(0, 2 * np.pi, 60))
    circle = np.column_stack([np.cos(around), np.sin(around)])
    open_, strict = (ThemeClusterer(distance=0.1, stable=stable).fit(circle) for stable in (0.0, 0.95))
    assert len(strict.stability_) < len(open_.stability_)
    assert strict.stability_.min() >= 0.95
    assert (strict.labels_ == -1).any()


def test_a_group_of_its_own_is_found_among_strangers():
    chance = np.random.default_rng(3)
    far = np.linalg.qr(chance.normal(size=(40, 40)))[0]
    near = np.eye(40)[0] + 0.05 * chance.normal(size=(6, 40))
    vectors = np.vstack([near / np.linalg.norm(near, axis=1, keepdims=True), far])
    clusterer = ThemeClusterer(smallest=3)
    assert clusterer.fit(vectors) is clusterer
    assert clusterer.labels_[:6].tolist() == [0] * 6
    assert (clusterer.labels_[6:] == -1).sum() >= 38
    np.testing.assert_array_equal(clone(clusterer).fit(vectors).labels_, clusterer.labels_)
    assert clone(clusterer).fit(vectors[:1]).labels_.tolist() == [-1]
    assert clone(clusterer).fit(vectors[:0]).labels_.tolist() == []


def test_inside_a_reason_a_smaller_distance_tells_apart_what_a_larger_one_takes_together():
    coded = [row for row in read_corpus() if row.labels[:1] == ("delivery",)]
    words = [Text(str(place), row.text) for place, row in enumerate(coded)]
    wide, narrow = find_themes(words), find_themes(words, distance=NARROW)
    assert len(narrow) >= 5
    assert np.mean([theme.size for theme in narrow]) < np.mean([theme.size for theme in wide])
    assert len({member for theme in narrow for member in theme.members}) == sum(
        theme.size for theme in narrow
    )
