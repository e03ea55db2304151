"""A theme keeps its identity while answers arrive, and no two themes share one."""

from analysis.matcher import match_themes
from analysis.types import Theme


def theme(name: str, members: str, centroid: tuple[float, ...]) -> Theme:
    return Theme(name, name, len(members), tuple(members), tuple(members[:3]), centroid)


def test_a_theme_that_grew_keeps_its_id():
    known = [theme("old", "abc", (1.0, 0.0)), theme("other", "xyz", (0.0, 1.0))]
    fresh = [theme("p", "xyzw", (0.1, 0.995)), theme("q", "abcde", (0.995, 0.1))]
    assert [found.id for found in match_themes(fresh, known)] == ["other", "old"]


def test_a_new_theme_gets_a_new_id():
    known = [theme("old", "abc", (1.0, 0.0))]
    assert [found.id for found in match_themes([theme("new", "def", (0.0, 1.0))], known)] == ["new"]


def test_one_known_theme_is_continued_only_once():
    known = [theme("old", "abcdef", (1.0, 0.0))]
    halves = [theme("p", "abcd", (1.0, 0.0)), theme("q", "ef", (0.99, 0.14))]
    assert [found.id for found in match_themes(halves, known)] == ["old", "q"]


def test_where_all_answers_are_new_the_meaning_alone_decides():
    known = [theme("old", "abc", (1.0, 0.0))]
    assert match_themes([theme("p", "xyz", (0.9, 0.436))], known)[0].id == "old"


def test_nothing_known_and_nothing_found():
    assert match_themes([], [theme("old", "abc", (1.0,))]) == []
    assert match_themes([theme("p", "a", (1.0,))], [])[0].id == "p"
