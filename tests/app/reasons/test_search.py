"""Voices are found by dictionary forms and by pieces of words; what is hidden, erased or reworded is not found."""

import pytest
import sqlalchemy as sa

from app import jobs
from app.accounts.models import Role
from app.customers.models import CustomerState, Segment
from app.db import db, unit_of_work
from app.reasons import engine, services
from app.reasons.models_voices import RivalMention, SearchFill, SearchText
from app.reasons.queries import VoiceFilters, voices
from app.reasons.queries.readable import answers_to_read
from app.reasons.services.search import start_fill
from app.responses import erasing
from app.responses.models import Answer, Response
from tests import factories
from tests.app.reasons.conftest import LATER, add, read, read_as
from tests.conftest import NOW
from tests.factories_reasons import sheet, survey

TEXTS = (
    "申込みの画面が使いにくい。",
    "送料が１，０００円もして高い。ポストに届かないことがあった。",
    "担当の佐藤さんは親切でした。Wi-Fiの設定がむずかしい。",
    "ｻﾎﾟｰﾄの電話がつながらない。",
)


@pytest.fixture
def shop(app):
    """Four sheets that were read, one with a name that is hidden: their ids."""
    with app.app_context(), unit_of_work():
        services.seed_codebook(NOW)
        autumn = add(survey(name="秋の調査"))
        sheets = [add(sheet(autumn, reason=text)) for text in TEXTS]
        for one, text in zip(sheets, TEXTS, strict=True):
            read_as(one, (text, "support"), hidden="佐藤" if "佐藤" in text else "")
        return [one.id for one in sheets]


def found(shop, search, unmasked=False):
    """Which of the four the search finds."""
    rows = voices(VoiceFilters(search=search), unmasked=unmasked).rows
    return [number for number, one in enumerate(shop) if one in {voice.response.id for voice in rows}]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("申し込み", [0]),  # another spelling, by its dictionary form
        ("画", [0]),  # a single character inside a word
        ("面が使", [0]),  # a piece across words
        ("届く", [1]),  # another form of the verb
        ("1,000円", [1]),  # full-width and half-width alike
        ("サポート", [3]),
        ("wi-fi", [2]),
        ("送料　高い", [1]),  # several words: all of them
        ("送料 電話", []),
        ('"送料が"', [1]),
        ('"送料は"', []),  # in quotes the words stand as they are
        ("“電話がつながら", [3]),  # a quote left open
        ("%", []),
        ('"', []),
        ("AND NOT (", []),
        ("*", []),
    ],
)
def test_a_search_understands_japanese(app, shop, search, expected):
    with app.app_context():
        assert found(shop, search) == expected


def test_what_is_hidden_is_found_by_those_who_may_see_it_alone(app, shop):
    with app.app_context():
        for search in ("佐藤", "佐", "担当の佐藤さん", '"の佐藤"', "の佐"):
            assert found(shop, search) == [], search
            assert found(shop, search, unmasked=True) == [2], search
        # Words on both sides of a gap do not stand in a row.
        assert found(shop, '"担当のさんは"') == []
        assert found(shop, "親切", unmasked=True) == found(shop, "親切") == [2]


def test_erased_and_reworded_answers_are_gone_in_the_same_transaction(app, shop):
    with app.app_context(), unit_of_work():
        assert erasing.erase_response(shop[0], None, LATER)
        assert found(shop, "画面") == []
        changed = db.session.scalars(sa.select(Answer).where(Answer.response_id == shop[1])).one()
        changed.text = "箱がつぶれていた。"
        db.session.flush()
        assert found(shop, "送料") == []
        read(db.session.get_one(Response, shop[1]), at=LATER)
        assert found(shop, "送料") == []
        assert found(shop, "つぶれる") == [1]
        db.session.execute(sa.delete(Answer).where(Answer.response_id == shop[3]))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SearchText)) == 2


def test_voices_read_before_there_was_a_search_are_filled_in(app, shop, sign_in):
    with app.app_context(), unit_of_work():
        db.session.execute(sa.delete(SearchText))
        assert found(shop, "送料") == []
        fill = start_fill(NOW)
        assert (fill.total_count, fill.done_count) == (4, 0)
    page = sign_in(Role.VIEWER).get("/voices").text
    assert "声をことばで探せるようにしています" in page
    assert "0 / 4" in page
    with app.app_context():
        jobs.drain()
        assert found(shop, "送料") == [1]
        assert found(shop, "佐藤") == []
        assert found(shop, "佐藤", unmasked=True) == [2]
        assert db.session.scalars(sa.select(SearchFill)).one().finished_at is not None
    assert "声をことばで探せる" not in sign_in(Role.VIEWER).get("/voices").text


def test_voices_are_narrowed_by_all_that_is_known_and_each_filter_can_be_taken_out(app, shop, sign_in):
    with app.app_context(), unit_of_work():
        autumn = db.session.get_one(Response, shop[0]).survey
        lapsed = add(factories.customer(name="山本 花子", state=CustomerState.LAPSED))
        rival = add(sheet(autumn, improve="「茶々丸」さんに替えました。", customer=lapsed))
        [readable] = answers_to_read([rival.answers[0].id], again=False)
        whole = engine.FoundClause(
            0, len(readable.words.text), engine.ClauseRole.COUNTED, ("competitor",), ()
        )
        finding = engine.Found(
            readable.words.answer_id,
            (("competitor", 0.9),),
            0.9,
            engine.Polarity.NEG,
            False,
            (),
            (whole,),
            ((1, 4),),
        )
        services.store_findings([readable], [finding], None, NOW)
        segment = add(Segment(name="離れた方", filters={"states": ["lapsed"]}, created_at=NOW))
        day = rival.submitted_at.date().isoformat()
        queries = (
            f"segment={segment.id}", "rival=any", "rival=茶々丸", f"question=improve&survey={autumn.id}",
            f"customer={lapsed.id}",
        )  # fmt: skip
        assert db.session.scalars(sa.select(RivalMention.name)).all() == ["茶々丸"]
    viewer = sign_in(Role.VIEWER)
    for query in queries:
        page = viewer.get(f"/voices?{query}").text
        items = page.split('id="voice"')[0]
        assert "替えました" in items, query
        assert "画面" not in items, query
        assert "の条件を外す" in page, query
    for query in ("segment=999", "rival=よそ", "question=nps", "until=2020-01-01", "since=2030-01-01"):
        assert "この条件に合う声はありません" in viewer.get(f"/voices?{query}").text, query
    assert "替えました" in viewer.get(f"/voices?since={day}&until=2030-01-01").text
    for query in ("since=nonsense", "until=0001-01-01", "segment=x"):
        assert viewer.get(f"/voices?{query}").status_code == 200
    assert "山本 花子" not in viewer.get(f"/voices?{queries[-1]}").text
    assert "山本 花子さま" in sign_in(Role.EDITOR).get(f"/voices?{queries[-1]}").text


def test_a_row_begins_with_the_clause_that_was_found_by_its_dictionary_form(app, shop, sign_in):
    with app.app_context(), unit_of_work():
        autumn = db.session.get_one(Response, shop[0]).survey
        long = add(sheet(autumn, reason="新茶は楽しみでした。案内のはがきが届きませんでした。"))
        read_as(long, ("新茶は楽しみでした。", None), ("案内のはがきが届きませんでした。", "forgotten"))
    row = sign_in(Role.VIEWER).get("/voices?q=届く").text.split("voice-cut")[1].split("</p>")[0]
    assert "…案内のはがきが" in row
    assert "新茶" not in row
