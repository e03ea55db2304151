"""What no reason explains becomes proposed themes; people adopt, dismiss and take back."""

import pytest

from app.db import db
from app.errors import BadInput, EditClash
from app.reasons import services
from app.reasons.engine import FoundTheme
from app.reasons.models import Coding, Reading, ReadingState, Theme, ThemeState
from app.reasons.queries.themes import known_themes, open_words
from tests import factories
from tests.app.reasons.conftest import LATER, add, reason
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("context")
PANELS = [
    "茶畑にソーラーパネルが並んで、がっかりしました。",
    "ソーラーパネルだらけの茶畑を見て悲しくなった。",
    "あの茶畑がソーラーパネルに変わってしまった。",
    "茶畑のソーラーパネルの話を新聞で読みました。",
]
UNSURE = 0.4


@pytest.fixture
def member(context):
    return add(factories.member(name="森"))


@pytest.fixture
def unnamed(heard, member):
    """Four answers about the same thing that a person said has no name yet."""
    readings = [heard(text) for text in PANELS]
    for reading in readings:
        services.set_codings(reading, [], None, member, NOW)
    return readings


@pytest.fixture
def theme(autumn, unnamed):
    (found,) = services.propose_themes(autumn, NOW)
    return found


def test_answers_that_say_the_same_thing_become_one_theme_in_peoples_words(theme):
    assert len(theme.members) == 4
    assert any(theme.name in text for text in PANELS)
    assert sorted(member.typical for member in theme.members) == [0, 1, 2, 3]


@pytest.fixture
def mistaken(heard):
    """The same four answers as a run took them for a known reason, without being sure."""
    found = [heard(text, (text, "quality")) for text in PANELS]
    for coding in db.session.scalars(db.select(Coding)):
        coding.probability = UNSURE
    db.session.commit()
    return found


def test_what_a_run_took_for_a_known_reason_without_being_sure_may_be_a_theme(autumn, mistaken):
    (found,) = services.propose_themes(autumn, NOW)
    assert {member.answer_id for member in found.members} == {one.answer_id for one in mistaken}


def test_what_a_known_reason_says_well_is_no_theme(autumn, mistaken):
    for coding in db.session.scalars(db.select(Coding)):
        coding.probability = 0.8
    assert services.propose_themes(autumn, NOW) == []


def test_adopting_replaces_what_a_run_guessed_and_taking_back_brings_it_again(autumn, mistaken, member):
    (found,) = services.propose_themes(autumn, NOW)
    made = services.adopt_theme(found, "茶畑のソーラーパネル", "畑", None, member, LATER)
    db.session.expire_all()
    assert [one.main_reason_id for one in mistaken] == [made.id] * 4
    services.undo_theme(found, member, LATER)
    db.session.expire_all()
    assert [one.main_reason.code for one in mistaken] == ["quality"] * 4


def test_adopting_signs_nothing_that_nobody_looked_at(autumn, heard, member):
    two = [heard(f"{text}値段も高い。", (text, "quality"), ("値段も高い。", "price")) for text in PANELS]
    for coding in db.session.scalars(db.select(Coding)):
        coding.probability = UNSURE
    db.session.commit()
    (found,) = services.propose_themes(autumn, NOW)
    made = services.adopt_theme(found, "茶畑のソーラーパネル", "畑", None, member, LATER)
    db.session.expire_all()
    for one in two:
        assert [coding.reason_id for clause in one.clauses for coding in clause.codings] == [made.id]


def test_what_a_person_confirmed_is_no_theme(autumn, mistaken, member):
    for one in mistaken:
        services.confirm_reading(one, member, NOW)
    assert services.propose_themes(autumn, NOW) == []


def test_a_theme_keeps_its_id_and_name_from_run_to_run(autumn, theme, heard, member):
    services.set_codings(heard("茶畑がソーラーパネルになったのが残念。"), [], None, member, NOW)
    (again,) = services.propose_themes(autumn, LATER)
    assert (again.id, again.name, len(again.members), again.proposed_at) == (theme.id, theme.name, 5, NOW)


def test_a_theme_that_is_explained_meanwhile_goes(autumn, theme, unnamed, member):
    for reading in unnamed:
        services.set_codings(reading, [(reading.clauses[0].id, [reason("trust").id])], None, member, LATER)
    assert services.propose_themes(autumn, LATER) == []
    assert theme.state is ThemeState.GONE


def test_adopting_makes_a_reason_and_codes_the_voices_as_the_members_decision(theme, unnamed, member):
    made = services.adopt_theme(theme, "茶畑のソーラーパネル", "畑", reason("trust"), member, LATER)
    db.session.expire_all()
    assert (made.label, made.seal, made.parent.code) == ("茶畑のソーラーパネル", "畑", "trust")
    assert (made.recoverability, theme.state) == (made.parent.recoverability, ThemeState.ADOPTED)
    for reading in unnamed:
        coded = [coding for clause in reading.clauses for coding in clause.codings]
        assert [(coding.reason_id, coding.member_id) for coding in coded] == [(made.id, member.id)]
        assert (reading.main_reason_id, reading.unexplained, reading.state) == (
            made.id,
            False,
            ReadingState.CONFIRMED,
        )


def test_a_voice_that_got_a_reason_meanwhile_keeps_it(theme, unnamed, member):
    first = unnamed[0]
    services.set_codings(first, [(first.clauses[0].id, [reason("price").id])], None, member, NOW)
    services.adopt_theme(theme, "茶畑のソーラーパネル", "", None, member, LATER)
    db.session.expire_all()
    assert first.main_reason.code == "price"


def test_adopting_is_taken_back_with_all_it_did_and_can_be_done_again(theme, unnamed, member):
    made = services.adopt_theme(theme, "茶畑のソーラーパネル", "", None, member, LATER)
    services.undo_theme(theme, member, LATER)
    db.session.expire_all()
    assert (theme.state, made.active, db.session.query(Coding).count()) == (ThemeState.PROPOSED, False, 0)
    assert all(reading.unexplained for reading in unnamed)
    again = services.adopt_theme(theme, "ソーラーパネル", "", None, member, LATER)
    assert (again.id, again.label, again.active) == (made.id, "ソーラーパネル", True)


def test_a_reason_that_is_used_elsewhere_is_not_taken_back(theme, heard, member):
    made = services.adopt_theme(theme, "茶畑のソーラーパネル", "", None, member, LATER)
    other = heard("送料が高い。", ("送料が高い。", "price"))
    services.add_reason(other, made, None, member, LATER)
    with pytest.raises(EditClash, match="1件"):
        services.undo_theme(theme, member, LATER)


def test_a_dismissed_theme_is_not_proposed_again(autumn, theme, member):
    services.dismiss_theme(theme, member, LATER)
    assert services.propose_themes(autumn, LATER) == []
    assert theme.state is ThemeState.DISMISSED
    services.undo_theme(theme, member, LATER)
    assert services.propose_themes(autumn, LATER) == [theme]


def test_two_people_cannot_decide_on_the_same_theme(theme, member):
    services.dismiss_theme(theme, member, LATER)
    with pytest.raises(EditClash, match="森さん"):
        services.adopt_theme(theme, "茶畑", "", None, add(factories.member()), LATER)


@pytest.mark.parametrize("label", ["", "価格・費用対効果"])
def test_a_reason_needs_a_name_of_its_own(theme, member, label):
    with pytest.raises(BadInput):
        services.adopt_theme(theme, label, "", None, member, LATER)


def test_there_are_two_levels_of_reasons_and_not_three(autumn, theme, member):
    below = services.adopt_theme(theme, "茶畑のソーラーパネル", "", reason("trust"), member, LATER)
    other = add(Theme(survey_id=autumn.id, name="別の話", proposed_at=NOW))
    with pytest.raises(BadInput, match="2段"):
        services.adopt_theme(other, "別の話", "", below, member, LATER)


def test_what_was_decided_while_themes_were_sought_is_respected(autumn, unnamed, member):
    words, known = open_words(autumn.id), known_themes(autumn.id)
    ids = tuple(one.answer_id for one in words)
    first = unnamed[0]
    services.set_codings(first, [(first.clauses[0].id, [reason("price").id])], None, member, NOW)
    found = FoundTheme(None, "ソーラーパネル", ids, ids[:3], (1.0,))
    (theme,) = services.store_themes(autumn.id, words, [found], NOW)
    assert known == []
    assert len(theme.members) == 3
    assert db.session.query(Reading).filter_by(unexplained=True).count() == 3
