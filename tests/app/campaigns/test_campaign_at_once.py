"""Two people at one campaign: nothing is overwritten unseen, and nobody approves what they had a hand in."""

from threading import Thread

import pytest

from app.accounts.models import Role
from app.campaigns.models import Campaign, CampaignState
from app.db import db, unit_of_work
from tests import factories_campaigns as made
from tests.at_once import browser_of, revision_in, revision_on


@pytest.fixture
def pair(app):
    return browser_of(app, "森 健一"), browser_of(app, "佐藤 花", Role.ADMINISTRATOR)


@pytest.fixture
def path(app):
    with app.app_context(), unit_of_work():
        made.lapsed()
        return f"/campaigns/{made.campaign().id}"


def words(subject, revision, body="{{link}}"):
    return {"subject": subject, "body": body, "revision": revision}


def campaign():
    return db.session.query(Campaign).one()


def test_the_second_writer_sees_both_texts_and_saves_theirs_over_it(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, f"{path}/words")
    assert mori.post(f"{path}/words", data=words("森の件名", seen)).status_code == 303
    told = sato.post(f"{path}/words", data=words("佐藤の件名", seen, "佐藤の本文\n{{link}}"))
    assert told.status_code == 409
    for text in ("森 健一さんが先に変えました", "森の件名", "佐藤の件名", "佐藤の本文"):
        assert text in told.text, text
    again = words("佐藤の件名", revision_in(told.text), "佐藤の本文\n{{link}}")
    assert [sato.post(f"{path}/words", data=again).status_code for _ in "ab"] == [303, 303]
    with app.app_context():
        assert campaign().steps[0].subject == "佐藤の件名"


def test_of_two_who_save_in_the_same_moment_exactly_one_is_told(path, pair):
    seen, statuses = revision_on(pair[0], f"{path}/words"), []

    def save(browser, subject):
        statuses.append(browser.post(f"{path}/words", data=words(subject, seen)).status_code)

    threads = [Thread(target=save, args=(one, f"件名{place}")) for place, one in enumerate(pair)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(statuses) == [303, 409]


def test_audience_words_and_holdout_are_changed_side_by_side(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, f"{path}/words")
    assert mori.post(f"{path}/words", data=words("森の件名", seen)).status_code == 303
    assert sato.post(f"{path}/holdout", data={"percent": "20", "revision": seen}).status_code == 303
    with app.app_context():
        ids = {"segment": campaign().segment_id, "survey": campaign().survey_id}
    form = {**ids, "name": "新しい名前", "content": "advert", "revision": seen}
    assert mori.post(f"{path}/audience", data=form).status_code == 303
    with app.app_context():
        one = campaign()
        assert (one.steps[0].subject, one.holdout_percent, one.name) == ("森の件名", 20, "新しい名前")
    told = sato.post(f"{path}/audience", data={**form, "name": "別の名前"})
    assert (told.status_code, "新しい名前" in told.text, "別の名前" in told.text) == (409, True, True)


def test_who_writes_while_it_is_approved_keeps_what_was_typed(path, pair):
    mori, sato = pair
    seen = revision_on(mori, f"{path}/words")
    read = {"revision": revision_on(sato, f"{path}/approval")}
    assert sato.post(f"{path}/approve", data=read).status_code == 303
    told = mori.post(f"{path}/words", data=words("遅れた件名", seen))
    assert told.status_code == 409
    assert "佐藤 花さんが先に承認しました" in told.text
    assert "遅れた件名" in told.text


def test_everybody_who_changed_it_is_kept_out_of_approving(app, path, pair):
    mori, sato = pair
    mori.post(f"{path}/words", data=words("森の件名", revision_on(mori, f"{path}/words")))
    sato.post(f"{path}/holdout", data={"percent": "20", "revision": revision_on(sato, f"{path}/approval")})
    third = browser_of(app, "高橋 実")
    for browser, status in ((mori, 403), (sato, 403), (third, 303)):
        read = {"revision": revision_on(browser, f"{path}/approval")}
        assert browser.post(f"{path}/approve", data=read).status_code == status
    with app.app_context():
        assert campaign().state is CampaignState.APPROVED


def test_what_changed_since_it_was_read_is_neither_approved_nor_thrown_away(app, path, pair):
    mori, sato = pair
    read = {"revision": revision_on(sato, f"{path}/approval")}
    mori.post(f"{path}/words", data=words("森の件名", revision_on(mori, f"{path}/words")))
    for act in ("approve", "discard"):
        told = sato.post(f"{path}/{act}", data=read)
        assert told.status_code == 409
        assert "森 健一さんが先に変えました" in told.text
    with app.app_context():
        assert campaign().state is CampaignState.DRAFT


def test_a_button_pressed_twice_acts_once(app, path, pair):
    mori, sato = pair
    assert [mori.post(f"{path}/ask").status_code for _ in "ab"] == [303, 303]
    read = {"revision": revision_on(sato, f"{path}/approval")}
    assert [sato.post(f"{path}/approve", data=read).status_code for _ in "ab"] == [303, 303]
    read = {"revision": revision_on(sato, f"{path}/approval")}
    assert [sato.post(f"{path}/start", data=read).status_code for _ in "ab"] == [303, 303]
    assert "error-summary" not in sato.get(path).text
    assert [sato.post(f"{path}/stop").status_code for _ in "ab"] == [303, 303]
    with app.app_context():
        assert campaign().state is CampaignState.STOPPED


def test_who_edits_a_discarded_draft_is_told_by_whom_and_keeps_the_text(app, path, pair):
    mori, sato = pair
    seen = revision_on(mori, f"{path}/words")
    gone = {"revision": revision_on(sato, f"{path}/approval")}
    assert [sato.post(f"{path}/discard", data=gone).status_code for _ in "ab"] == [303, 303]
    told = mori.post(f"{path}/words", data=words("長く考えた件名", seen, "長く考えた本文"))
    assert told.status_code == 409
    for text in ("佐藤 花さんが", "長く考えた件名", "長く考えた本文"):
        assert text in told.text, text


def test_a_number_given_again_does_not_inherit_who_changed_the_one_before(app, path, pair):
    mori, sato = pair
    mori.post(f"{path}/words", data=words("森の件名", revision_on(mori, f"{path}/words")))
    sato.post(f"{path}/discard", data={"revision": revision_on(sato, f"{path}/approval")})
    with app.app_context(), unit_of_work():
        number = made.campaign(id=int(path.rsplit("/", 1)[1])).id
    read = {"revision": revision_on(mori, f"/campaigns/{number}/approval")}
    assert mori.post(f"/campaigns/{number}/approve", data=read).status_code == 303
