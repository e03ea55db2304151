"""The organisation's dictionary: found in its answers, tried before it is in force, read with, and taken back."""

import re

import pytest

from app.accounts.models import Role
from app.db import db, unit_of_work
from app.edits import Overtaken
from app.errors import BadInput, EditClash
from app.reasons import engine, lexicon, services
from app.reasons.engine import Words
from app.reasons.fill_jobs import fill_search
from app.reasons.jobs import run_analysis
from app.reasons.models import AnalysisRun
from app.reasons.models_dictionary import DictionaryEntry, DictionaryVersion
from app.reasons.models_voices import RivalMention, SearchFill
from app.reasons.queries import dictionary as queries
from app.reasons.services import trying
from app.surveys.models import Survey, SurveyState
from tests import factories
from tests.app.reasons.conftest import LATER, add, read_as
from tests.conftest import NOW
from tests.factories_reasons import sheet, survey

DAY = dict.fromkeys(("started_at", "saved_at", "submitted_at"), NOW.replace(hour=15, minute=0))
TEA = ("ティーバッグがかさばる", "ティーバッグの袋が開けにくい", "あのティーバッグは割高")


@pytest.fixture(autouse=True)
def nothing_left():
    """What a process reads with outlives the database of a test."""
    yield
    lexicon.take_up(lexicon.OwnDictionary())


@pytest.fixture
def shop(app):
    """Three that say a word cut in two, one who names 茶々丸, five of an anonymous survey, and a name that is hidden."""
    with app.app_context(), unit_of_work():
        services.seed_codebook(NOW)
        autumn, nameless = add(survey()), add(survey(anonymous=True, state=SurveyState.CLOSED))
        for text in TEA:
            read_as(add(sheet(autumn, reason=text)), (text, "price"))
        named = add(sheet(autumn, reason="送料が高い。茶々丸は安いのに、と高橋さん"))
        read_as(named, ("送料が高い。", "price"), hidden="高橋")
        hidden = [
            add(sheet(nameless, reason="ティーバッグが苦い", anonymous=True, **DAY)) for _one in range(5)
        ]
        for one in hidden:
            read_as(one, ("ティーバッグが苦い", "quality"))
        return add(factories.member(name="森")).id, autumn.id


def member(shop):
    return db.session.get_one(factories.member().__class__, shop[0])


def word(surface, kind, target=""):
    return {"surface": surface, "kind": kind, "target": target}


def lemmas(text):
    return engine.lemmas_of(text)


def test_a_word_goes_from_the_check_through_the_trial_into_force_and_back(app, shop, sign_in):
    page = sign_in(Role.EDITOR)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.get("/reasons/dictionary").text)[1]

    def post(path, **values):
        return page.post(
            f"/reasons/dictionary{path}", data={"csrf_token": token, **values}, follow_redirects=True
        )

    assert "まだ点検していません" in page.get("/reasons/dictionary").text
    found = post("/check").text
    assert "いまは ティー | バッグ と区切っています" in found
    assert "3枚の回答" in found  # the anonymous ones are left out
    assert "割高" in found
    assert "反映するまで、読み取りは変わりません" in post("/words/new", **word("ﾃｨｰﾊﾞｯｸﾞ", "word")).text
    post("/words/new", **word("茶々丸", "competitor"))
    assert "もう登録されています" in post("/words/new", **word("ティーバッグ", "stop")).text
    assert "一語として読まれていません" in post("/words/new", **word("お茶屋", "synonym", "お茶の店")).text
    assert "一文字のことば" in post("/words/new", **word("茶", "word")).text
    assert "空白・カンマ" in post("/words/new", **word("茶,店", "word")).text
    trial = page.get("/reasons/dictionary/trial").text
    assert "ティー | バッグ" in trial
    assert "変えることばを含む声は4件" in trial
    assert re.search(r"競合の名前が加わる声.{0,120}?>1<", trial, re.DOTALL)
    shown = dict(re.findall(r'name="(number|content)" type="hidden" value="([^"]*)"', trial))
    refused = page.post("/reasons/dictionary/apply", data={"csrf_token": token, **shown, "content": "x"})
    assert refused.status_code == 409
    assert "辞書が変わりました" in refused.text
    assert "第1版を使いはじめました" in post("/apply", **shown, note="袋の話が多い").text
    with app.app_context():
        assert db.session.scalars(db.select(DictionaryVersion.note)).all() == ["袋の話が多い"]
        fill_search(db.session.scalars(db.select(SearchFill.id)).one())
        assert db.session.scalars(db.select(RivalMention.name)).all() == ["茶々丸"]
        assert lemmas("ティーバッグ") == ["ティーバッグ"]
    assert "送料が高い" in page.get("/voices?rival=茶々丸").text
    assert "ティーバッグ" in page.get("/reasons/dictionary/versions/1").text
    assert "第2版を使いはじめました" in post("/versions/0/revert", number="1").text
    with app.app_context():
        assert queries.entries() == []
        services.take_dictionary()
        assert lemmas("ティーバッグ") == ["ティー", "バッグ"]
    assert "第3版" in post("/versions/1/revert", number="2").text
    assert post("/versions/1/revert", number="2").status_code == 409
    assert page.get("/reasons/dictionary/versions/9").status_code == 404
    viewer = sign_in(Role.VIEWER)
    assert viewer.get("/reasons/dictionary").status_code == 200
    assert viewer.get("/reasons/dictionary/trial").status_code == 403


def test_a_run_reads_with_the_version_in_force_and_notes_it(app, shop):
    with app.app_context():
        with unit_of_work():
            before = engine.shipped().read([Words(1, TEA[0])])
            services.keep_word(word("ティーバッグ", "word"), member(shop), NOW)
            assert services.apply_words(member(shop), NOW).number == 1
            assert services.apply_words(member(shop), NOW) is None  # pressed twice
            old = engine.shipped()
            run = services.start_run(db.session.get_one(Survey, shop[1]), None, LATER)
        run_analysis(run.id)
        db.session.expire_all()
        noted = db.session.get_one(AnalysisRun, run.id).fingerprint["own_dictionary"]
        assert noted == {"number": 1, "hash": queries.newest_version().hash}
        assert old.fingerprint["own_dictionary"] == {"number": 0, "hash": ""}
        assert old.read([Words(1, TEA[0])]) == before  # a reader keeps the dictionary it began with


def test_two_people_at_the_dictionary_never_overwrite_each_other(app, shop):
    with app.app_context(), unit_of_work():
        first, second = member(shop), add(factories.member(name="林"))
        entry = services.keep_word(word("抹茶ラテ", "word"), first, NOW)
        seen = entry.revision
        services.keep_word(word("抹茶ラテ", "product"), first, NOW, entry, seen)
        with pytest.raises(Overtaken, match="森さん"):
            services.keep_word(word("抹茶ラテ", "stop"), second, NOW, entry, seen)
        with pytest.raises(Overtaken):
            services.remove_word(entry, second, NOW, seen)
        shown = lexicon.hash_of_words(queries.words_edited())
        services.keep_word(word("茶々丸", "competitor"), second, NOW)
        with pytest.raises(EditClash, match="辞書が変わりました"):
            services.apply_words(first, NOW, 0, shown)
        services.drop_changes(first, NOW)
        assert db.session.query(DictionaryEntry).count() == 0


def test_the_check_shows_nothing_hidden_and_nothing_decided(app, shop):
    with app.app_context(), unit_of_work():
        services.keep_word(word("ティーバッグ", "plain"), member(shop), NOW)
        check = trying.look_through(member(shop), NOW)
        assert (check.looked_count, check.found) == (4, [])
        assert queries.words_edited() == ()  # left as it is: without effect
        assert services.apply_words(member(shop), NOW) is None
        shown = [one.text for found in queries.examples_of({"茶々丸": range(99)}).values() for one in found]
        assert len(shown) == 4
        assert not any("高橋" in text for text in shown)
        with pytest.raises(BadInput, match="同じことばどうし"):
            services.keep_word(word("送料", "synonym", "送料"), member(shop), NOW)
