"""The demo's customers look real and cannot be reached."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from app.demo.people import people
from tests.app.demo.world import DAYS, world


@pytest.mark.parametrize("today", DAYS)
def test_there_are_three_thousand_customers_with_numbers_mails_and_phones_of_their_own(today: date) -> None:
    crowd, _, _ = world(today)
    assert len(crowd) == len({person.key for person in crowd}) == 3000
    addresses = [contact.email for person in crowd for contact in person.contacts]
    addresses += [person.email for person in crowd if person.email and person.kind == "person"]
    assert len(addresses) == len(set(addresses)) > 2800
    phones = [person.phone for person in crowd if person.phone]
    assert len(phones) == len(set(phones))


def test_no_mail_and_no_call_can_reach_anybody() -> None:
    for person in world(DAYS[0])[0]:
        for holder in (person, *person.contacts):
            assert not holder.email or re.fullmatch(r"[a-z0-9.-]+@([a-z0-9]+)\.example", holder.email), holder
            assert re.fullmatch(r"(0[789]0-0000-\d{4}|0120-000-\d{3})?", holder.phone), holder


def test_people_of_different_ages_bear_different_names() -> None:
    crowd = world(DAYS[0])[0]
    old = Counter(p.name.split()[1] for p in crowd if p.birth_year and p.birth_year <= 1954)
    young = Counter(p.name.split()[1] for p in crowd if p.birth_year and p.birth_year > 1988)
    assert len(old) > 35
    assert len(young) > 20
    assert not set(old) & set(young)
    assert all(re.fullmatch(r"[ァ-ヶー]+ [ァ-ヶー]+", p.kana) for p in crowd if p.kind == "person")


def test_most_have_agreed_to_be_asked_and_the_ledger_says_when_and_how() -> None:
    crowd = world(DAYS[0])[0]
    assert 0.82 < sum(person.may_be_mailed for person in crowd) / len(crowd) < 0.92
    assert sum(not person.consents for person in crowd) > 150
    assert sum(person.suppressed is not None for person in crowd) > 50
    for person in crowd:
        for entry in person.consents:
            assert entry.basis
            assert entry.evidence
            assert person.joined_on <= entry.at.date() <= DAYS[0]


def test_accounts_have_contacts_a_contract_and_a_yearly_fee() -> None:
    accounts = [person for person in world(DAYS[0])[0] if person.kind == "account"]
    assert len(accounts) == 64
    assert sum(len(account.contacts) for account in accounts) > 100
    for account in accounts:
        assert sum(contact.is_primary for contact in account.contacts) == 1
        assert account.contract_started_on < account.contract_ends_on
        assert account.yearly_fee >= 48_000
    assert 15 <= sum(account.contract_ends_on < DAYS[0] for account in accounts) <= 32


def test_the_same_day_and_seed_make_the_same_people_and_another_seed_others() -> None:
    again = people(DAYS[0])
    assert again == world(DAYS[0])[0]
    other = people(DAYS[0], seed=1)
    assert [replace(p, key="") for p in other[:50]] != [replace(p, key="") for p in again[:50]]
