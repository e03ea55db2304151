"""An answer falls into clauses, and a clause that denies, concedes or praises is not a reason."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.normalize import LIMIT
from analysis.parsing import parse, taken_apart
from analysis.tokenizer import shared_tokenizer
from analysis.types import Role
from tests.analysis.test_normalize import seconds


def pieces(text: str, question: str = "reason") -> list[tuple[str, Role]]:
    return [(clause.text, clause.role) for clause in parse(text, question).clauses]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("値段が高いし、電話も出ない。", ["値段が高いし、", "電話も出ない。"]),
        ("届くのが遅くて、箱も潰れていた", ["届くのが遅くて、", "箱も潰れていた"]),
        ("値段、対応、味", ["値段、", "対応、", "味"]),
        ("忙しいので行けない\nまた今度", ["忙しいので", "行けない", "また今度"]),
        ("使いにくいけれど安い。しかし遅い!", ["使いにくいけれど", "安い。", "しかし遅い!"]),
        ("電話が、つながらない", ["電話が、つながらない"]),
        ("使いにくいですし高すぎる", ["使いにくいですし", "高すぎる"]),
        ("もっと早く届けてほしい", ["もっと早く届けてほしい"]),
    ],
)
def test_clauses_are_cut_where_one_thought_ends(text, parts):
    assert [part for part, _ in pieces(text)] == parts


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("料金には納得していましたが、電話がつながらない", [Role.CONCEDED, Role.PLAIN]),
        ("送料が上がったのは構わないのです。梱包がひどい", [Role.CONCEDED, Role.PLAIN]),
        ("高いから辞めたわけではない", [Role.NEGATED, Role.NEGATED]),
        ("値段じゃなくて、対応です", [Role.NEGATED, Role.PLAIN]),
        ("味は良かったけど高すぎる", [Role.PRAISE, Role.PLAIN]),
        ("店員さんが親切で、駅から近い。でも混んでいる", [Role.PRAISE, Role.PLAIN, Role.PLAIN]),
        ("もっと安ければ嬉しい", [Role.PLAIN]),
        ("他の店のほうが親切", [Role.PLAIN]),
    ],
)
def test_only_plain_clauses_may_state_a_reason(text, roles):
    assert [role for _, role in pieces(text)] == roles


def test_praise_under_the_question_what_they_use_today_is_praise_of_somebody_else():
    assert pieces("近所の店が親切です", "nps") == [("近所の店が親切です", Role.PRAISE)]
    assert pieces("近所の店が親切です", "current") == [("近所の店が親切です", Role.PLAIN)]


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="高い遅がけどので、。!? \n・いですし安くてない", max_size=60))
def test_clauses_cover_every_character_once(text):
    parsed = parse(text)
    joined = "".join(clause.text for clause in parsed.clauses)
    assert "".join(joined.split()) == "".join(parsed.normal.text.split())


@pytest.mark.parametrize("piece", ["高いので、", "が、", "。", "理由ではない", "\n", "良いし", "ないので"])
def test_no_text_makes_parsing_slow(piece):
    half, whole = (piece * (size // len(piece)) for size in (LIMIT // 2, LIMIT))
    fresh = partial(taken_apart.__wrapped__, question="reason", tokenizer=shared_tokenizer())
    assert seconds(fresh, whole) < 3 * seconds(fresh, half) + 0.05
