"""A re-run shows what it would change before it changes anything; what people decided is never touched."""

import pytest
from flask import has_app_context

from app import clock, jobs
from app.accounts.models import Role
from app.db import db, unit_of_work
from app.reasons import services
from app.reasons.drafts import DraftFate, ReadingDraft
from app.reasons.models import (
    AnalysisRun,
    DraftState,
    Reading,
    ReviewEvent,
    RunState,
)
from app.reasons.models_voices import RivalMention, SearchText
from app.reasons.queries.drafts import difference_of, quality_of
from app.reasons.services.search import put_search_rows, search_row
from app.reasons.services.snapshots import snapshot
from app.surveys.models import Survey, SurveyState
from tests import factories
from tests.app.reasons.conftest import add, read_as, reading_of, reason
from tests.conftest import NOW
from tests.factories_reasons import sheet, survey

DAY = dict.fromkeys(("started_at", "saved_at", "submitted_at"), NOW.replace(hour=15, minute=0))
COSTLY = "送料が高くなったのでやめました。"
RUDE = "電話の応対がひどかった。"


@pytest.fixture
def told(app):
    """A survey whose readings are wrong: four of the costs stand as quality, one of the rudeness as price; ids."""
    with app.app_context(), unit_of_work():
        services.seed_codebook(clock.now())
        made = add(survey(name="秋の調査"))
        sheets = [add(sheet(made, reason=f"{number}月から{COSTLY}")) for number in range(4)]
        sheets.append(add(sheet(made, reason=RUDE)))
        for one in sheets[:4]:
            read_as(one, (COSTLY, "quality"))
        read_as(sheets[4], (RUDE, "price"))
        return made.id, [reading_of(one).id for one in sheets]


@pytest.fixture
def drain(drain, app):
    """As ever, after what the test looked at last is let go: SQLite has one writer."""

    def let_go_and_drain():
        if has_app_context():
            db.session.rollback()
        return drain()

    return let_go_and_drain


def start(survey_id):
    with unit_of_work():
        return services.start_run(db.session.get(Survey, survey_id), None, clock.now()).id


def run_now(run_id):
    db.session.expire_all()
    return db.session.get(AnalysisRun, run_id)


def codes(ids):
    db.session.expire_all()
    return [db.session.get(Reading, number).main_reason.code for number in ids]


def decide(act, run_id, *rest):
    with unit_of_work():
        act(run_now(run_id), add(factories.member()), clock.now(), *rest)


@pytest.mark.usefixtures("context")
def test_a_rerun_changes_nothing_until_it_is_applied_and_never_what_people_decided(told, drain):
    survey_id, ids = told
    with unit_of_work():
        member = add(factories.member())
        services.confirm_reading(db.session.get(Reading, ids[0]), member, clock.now())
        undone = db.session.get(Reading, ids[3])
        db.session.add(RivalMention(reading_id=ids[3], name="茶々丸"))
        undone.masked = [[0, 2, "name"]]
        put_search_rows([search_row(undone.answer_id, undone.answer.text, undone.masked)])
        found_by = db.session.get(SearchText, undone.answer_id).whole
        assert found_by, "what is hidden is kept apart"
    before = [snapshot(db.session.get(Reading, number)) for number in ids]
    run_id = start(survey_id)
    drain()
    assert [snapshot(db.session.get(Reading, number)) for number in ids] == before
    run, found = run_now(run_id), difference_of(run_now(run_id))
    assert (run.state, run.draft, run.done_count) == (RunState.DONE, DraftState.READY, 4)
    moves = {(one.before.code, one.after.code): one.count for one in found.moves}
    assert moves == {("quality", "price"): 3, ("price", "support"): 1}
    assert (found.moved, found.against) == (4, 1)
    assert (quality_of(run).n, quality_of(run).before.count, quality_of(run).after.count) == (1, 1, 0)
    assert (quality_of(run).worse, quality_of(run).small, quality_of(run).folds) == (1, True, 0)

    with unit_of_work():
        services.confirm_reading(db.session.get(Reading, ids[1]), member, clock.now())
    assert difference_of(run_now(run_id)).overtaken == 1
    chosen = [(reason("quality").id, reason("price").id)]
    decide(services.apply_draft, run_id, chosen, False)
    drain()
    assert codes(ids) == ["quality", "quality", "price", "price", "price"]
    assert run_now(run_id).draft is DraftState.APPLIED
    assert difference_of(run_now(run_id)).fates == {
        DraftFate.APPLIED: 2, DraftFate.KEPT: 1, DraftFate.WAITING: 1,
    }  # fmt: skip

    with unit_of_work():
        services.confirm_reading(db.session.get(Reading, ids[2]), member, clock.now())
    decide(services.return_draft, run_id)
    drain()
    assert codes(ids) == ["quality", "quality", "price", "quality", "price"]
    assert snapshot(db.session.get(Reading, ids[3]))["codings"][0]["reason_id"] == reason("quality").id
    undone = db.session.get(Reading, ids[3])
    assert (undone.read_at, undone.masked) == (NOW, [[0, 2, "name"]])
    assert [one.name for one in db.session.query(RivalMention)] == ["茶々丸"], "rivals are as they were"
    assert db.session.get(SearchText, undone.answer_id).whole == found_by, "and what it is found by"
    assert db.session.query(ReviewEvent).count() == 3
    again = start(survey_id)
    drain()
    assert run_now(run_id).draft is DraftState.RETURNED
    assert difference_of(run_now(again)).moved == 2
    with unit_of_work():
        assert services.cancel_run(run_now(again), clock.now()) is False


@pytest.mark.usefixtures("context")
def test_the_same_answers_give_the_same_result_and_a_cancelled_rerun_leaves_no_trace(
    told, drain, monkeypatch
):
    survey_id, ids = told
    first = start(survey_id)
    drain()
    second = start(survey_id)
    assert run_now(first).draft is DraftState.DROPPED, "a new run finds another draft"
    monkeypatch.setattr("app.reasons.services.runs.BATCH_SIZE", 2)
    drain()
    hashes = {run_now(number).result_hash for number in (first, second)}
    assert len(hashes) == 1
    assert len(hashes.pop()) == 64
    assert db.session.query(ReadingDraft).filter_by(run_id=first).count() == 0
    decide(services.drop_draft, second)
    drain()
    assert db.session.query(ReadingDraft).count() == 0

    third = start(survey_id)
    stored = services.store_batch

    def store_and_cancel(*args):
        going = stored(*args)
        services.cancel_run(run_now(third), clock.now())
        return going

    monkeypatch.setattr(services, "store_batch", store_and_cancel)
    drain()
    assert (run_now(third).state, run_now(third).draft) == (RunState.CANCELLED, DraftState.NONE)
    assert db.session.query(ReadingDraft).count() == 0
    assert codes(ids) == ["quality"] * 4 + ["price"]


@pytest.mark.usefixtures("context")
def test_an_import_has_only_new_answers_read_and_a_draft_killed_on_its_way_goes_on(told, drain, monkeypatch):
    survey_id, ids = told
    with unit_of_work():
        db.session.add(sheet(db.session.get(Survey, survey_id), reason=RUDE))
    jobs.run("read_survey", survey_id)
    drain()
    narrow = db.session.query(AnalysisRun).one()
    assert (narrow.state, narrow.draft, narrow.done_count) == (RunState.DONE, DraftState.NONE, 1)
    assert db.session.query(Reading).count() == 6

    run_id = start(survey_id)
    drain()
    monkeypatch.setattr("app.reasons.services.applying.LOT", 2)
    decide(services.apply_draft, run_id)
    settled = services.settle_lot
    calls = []

    def die_in_the_second_lot(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return settled(*args)

    monkeypatch.setattr(services, "settle_lot", die_in_the_second_lot)
    with pytest.raises(KeyboardInterrupt):
        jobs.run("settle_draft", run_id)
    monkeypatch.setattr(services, "settle_lot", settled)
    assert run_now(run_id).settled_count == 2
    with unit_of_work():
        run_now(run_id).touched_at = clock.now() - services.STILL_AFTER * 2
    jobs.run_sweep()
    drain()
    run = run_now(run_id)
    assert (run.draft, run.settled_count, run.draft_count) == (DraftState.APPLIED, 6, 6)
    assert codes(ids) == ["price"] * 4 + ["support"]


@pytest.mark.usefixtures("context")
def test_a_reader_is_tried_on_decisions_it_has_not_learnt(told, drain):
    survey_id, _ids = told
    words = "お茶畑にソーラーパネルが並んで、がっかりした。"
    with unit_of_work():
        member, made = add(factories.member()), db.session.get(Survey, survey_id)
        for number in range(21):
            one = add(sheet(made, reason=words if number < 20 else COSTLY))
            read_as(one, (words if number < 20 else COSTLY, "quality"))
            reading = reading_of(one)
            code = "trust" if number < 20 else "price"
            services.set_codings(
                reading, [(reading.clauses[0].id, [reason(code).id])], None, member, clock.now()
            )
    run_id = start(survey_id)
    drain()
    quality = quality_of(run_now(run_id))
    assert run_now(run_id).fingerprint["decisions"] == 21
    assert (quality.n, quality.before.count, quality.folds) == (21, 0, 5)
    # Words that were all left out together are not known: learnt by heart they would all have been right.
    assert quality.after.count == 1
    assert difference_of(run_now(run_id)).against == 20


def test_the_difference_is_shown_and_applied_by_people(app, told, sign_in, drain):
    survey_id, ids = told
    with app.app_context():
        with unit_of_work():
            services.confirm_reading(db.session.get(Reading, ids[0]), add(factories.member()), clock.now())
        run_id = start(survey_id)
    drain()
    editor, page = sign_in(Role.EDITOR), f"/reasons/runs/{run_id}"
    with app.app_context():
        quality, price = reason("quality").id, reason("price").id
        digest = run_now(run_id).result_hash
    shown = editor.get(page).text
    for words in (
        "4件の理由が変わります",
        "まだ何も変わっていません",
        "まだ分かりません",
        digest,
        "人の決定とちがう読み取り",
    ):
        assert words in shown
    assert digest[:8] in editor.get("/reasons/runs").text
    voices = editor.get(f"{page}/voices?move={quality}-{price}").text
    assert voices.count('class="sheet sheet-pad drafted"') == 3
    assert "送料が高くなった" in editor.get(f"{page}/voices?kind=against").text
    assert editor.get(f"{page}/voices?mood=neg-mixed").status_code == 200
    for wrong in ("?move=x-1", "?move=1", "?mood=neg-sad", "?kind=moved", ""):
        assert editor.get(f"{page}/voices{wrong}").status_code == 404
    viewer = sign_in(Role.VIEWER)
    assert "すべて反映する" not in viewer.get(page).text
    assert viewer.post(f"{page}/apply", data={"what": "all"}).status_code == 403
    assert editor.post(f"{page}/apply", data={"what": "part", "move": "9-9"}).status_code == 422
    sent = {"what": "part", "move": [f"{quality}-{price}", "turned"]}
    assert editor.post(f"{page}/apply", data=sent).status_code == 303
    assert "反映しています" in editor.get(page).text
    assert "読みなおしを反映しています" in editor.get("/reasons").text
    assert editor.post(f"{page}/drop").status_code == 409
    assert editor.post("/reasons/runs", data={"survey": survey_id}).status_code == 409
    drain()
    assert editor.get(f"{page}/progress", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "3件の読み取りを新しくしました" in editor.get(page).text
    assert editor.post(f"{page}/return").status_code == 303
    drain()
    assert "3件の読み取りを前に戻しました" in editor.get(page).text
    assert editor.post(f"{page}/return").status_code == 409
    assert editor.get("/reasons/runs/999").status_code == 404


def test_few_without_names_are_neither_counted_apart_nor_shown(app, sign_in, drain):
    with app.app_context():
        with unit_of_work():
            services.seed_codebook(clock.now())
            made = add(survey(anonymous=True, state=SurveyState.CLOSED))
            said = [(COSTLY, "quality")] * 6 + [(RUDE, "price")] * 2
            sheets = [add(sheet(made, reason=text, anonymous=True, **DAY)) for text, _code in said]
            for one, part in zip(sheets, said, strict=True):
                read_as(one, part)
            made_id = made.id
        run_id = start(made_id)
    drain()
    with app.app_context():
        found = difference_of(run_now(run_id))
        assert ([one.count for one in found.moves], [one.count for one in found.few]) == ([6], [2])
        keys = [one.key for one in (*found.moves, *found.few)]
    browser, page = sign_in(Role.EDITOR), f"/reasons/runs/{run_id}"
    assert "5件未満" in browser.get(page).text
    assert "送料" in browser.get(f"{page}/voices?move={keys[0]}").text
    assert "応対" not in browser.get(f"{page}/voices?move={keys[1]}").text
    browser.post(f"{page}/apply", data={"what": "part", "move": "few"})
    drain()
    with app.app_context():
        assert db.session.query(ReadingDraft).filter_by(fate=DraftFate.APPLIED).count() == 2
