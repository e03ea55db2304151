"""3,000 invented customers of a tea house: persons and accounts, their consents and suppressions."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from jaconv import kana2alphabet, kata2hira

from app.demo.calendar import Calendar, at

TEXTS = Path(__file__).parent / "texts"
PERSON_COUNT = 2936
PLANS = {"subscription": "定期便", "single": "単品", "gift": "贈答"}
TRADES = {"cafe": "飲食店", "office": "事業所", "ryokan": "宿泊施設"}
FEES = {"cafe": (96, 480), "office": (48, 240), "ryokan": (180, 960)}  # thousand yen a year
DESKS = {
    "cafe": ("店主", "仕入れ", "店長"),
    "office": ("総務", "経理", "庶務"),
    "ryokan": ("支配人", "仕入れ", "売店"),
}
TOWNS = (
    *("霧見町", "茶の実台", "朝凪町", "若楓町", "雲雀台", "日和町", "小春町"),
    *("琴音町", "松葉台", "水面町", "山吹台", "初音台", "木洩町", "風待町", "露草町"),
)
JOINED_BY = {
    "新聞広告": 22,
    "知人の紹介": 20,
    "ネット検索": 26,
    "催事": 12,
    "贈り物を受け取って": 14,
    "ふるさと納税": 6,
}
MAIL_HOSTS = ("mail.example", "home.example", "keitai.example", "post.example")
WORDING = {
    "order": "注文画面の同意欄「お客さまの声を伺うアンケートのご案内を受け取ります」",
    "card": "入会はがきの同意欄「アンケートのご案内を希望します」",
    "account": "契約書 第12条「サービス改善のための調査のご案内」",
}


@dataclass(frozen=True)
class Consent:
    """One entry of the consent ledger."""

    channel: str
    granted: bool
    basis: str
    evidence: str
    at: datetime


@dataclass(frozen=True)
class Contact:
    name: str
    department: str
    email: str
    phone: str
    is_primary: bool


@dataclass(frozen=True)
class Person:
    """One customer. `plan` is subscription, single or gift, for accounts cafe, office or ryokan.

    suppressed: the cause and instant of a suppression of the mail address, if there is one.
    """

    key: str
    kind: str
    name: str
    kana: str
    email: str
    phone: str
    postal_code: str
    address: str
    joined_on: date
    plan: str
    birth_year: int | None
    attributes: dict[str, Any]
    consents: tuple[Consent, ...]
    suppressed: tuple[str, datetime] | None = None
    contacts: tuple[Contact, ...] = ()
    contract_started_on: date | None = None
    contract_ends_on: date | None = None
    yearly_fee: int | None = None

    @property
    def may_be_mailed(self) -> bool:
        """Is there an address, a consent in force and no suppression, as of the end of the story?"""
        granted = bool(self.consents) and max(self.consents, key=lambda consent: consent.at).granted
        return bool(self.email) and granted and self.suppressed is None


@dataclass
class _Registry:
    """What must not be given out twice."""

    rng: Random
    calendar: Calendar
    mails: set[str] = field(default_factory=set)
    phones: int = 0

    def mail(self, kana: str, host: str) -> str:
        family, given = (kana2alphabet(kata2hira(part)) for part in kana.split())
        base = self.rng.choice((f"{given}.{family}", f"{family}-{given[0]}", f"{given}{family[:3]}", family))
        number = self.rng.choice(("", str(self.rng.randrange(10, 99))))
        address = f"{base}{number}@{host}"
        while address in self.mails:
            address = f"{base}{self.rng.randrange(100, 9999)}@{host}"
        self.mails.add(address)
        return address

    def phone(self) -> str:
        """A mobile number of the blocks …-0000-…, which are not given to anybody."""
        self.phones += 1
        prefix = ("090", "080", "070")[self.phones % 3]
        return f"{prefix}-0000-{(self.phones * 7919) % 10000:04d}"


@cache
def _names() -> dict[str, Any]:
    names: dict[str, Any] = json.loads((TEXTS / "names.json").read_text(encoding="utf-8"))
    return names


@cache
def _places() -> tuple[list[tuple[str, str, str]], list[int]]:
    rows = [line.split("\t") for line in (TEXTS / "places.tsv").read_text(encoding="utf-8").splitlines()]
    weights = list(accumulate(int(row[3]) for row in rows))
    return [(row[0], row[1], row[2]) for row in rows], weights


def people(today: date, seed: int = 0) -> list[Person]:
    """All customers in the order of their numbers; the same for the same `today` and `seed`."""
    registry = _Registry(Random(f"people {seed}"), Calendar(today))
    joined = sorted(_joined_on(registry) for _ in range(PERSON_COUNT))
    persons = [_person(registry, number, day) for number, day in enumerate(joined, 1)]
    return persons + list(_accounts(registry))


def _joined_on(registry: _Registry) -> date:
    rng, history = registry.rng, 3 * 365
    old = rng.random() < 0.52
    ago = history + rng.expovariate(1 / 1300) if old else rng.uniform(15, history)
    return registry.calendar.today - timedelta(days=int(min(ago, 18 * 365)))


def _weighted(rng: Random, choices: Iterable[str], weights: Iterable[int]) -> str:
    return rng.choices(list(choices), list(weights))[0]


def _human_name(rng: Random, birth_year: int, female: bool) -> tuple[str, str]:
    """A full name and its kana, as common among people born then."""
    surnames = _names()["surnames"]
    family = surnames[min(int(rng.expovariate(1 / 45)), len(surnames) - 1)]
    generation = next((limit for limit in _names()["given"] if birth_year <= int(limit)), "2006")
    given = rng.choice(_names()["given"][generation]["f" if female else "m"])
    (family_kanji, family_kana), (given_kanji, given_kana) = family.split(), given.split()
    return f"{family_kanji} {given_kanji}", f"{family_kana} {given_kana}"


def _place(rng: Random) -> tuple[str, str, str]:
    """Prefecture, postal code and address; codes ending in 0000 name a whole city."""
    places, weights = _places()
    prefecture, city, code = rng.choices(places, cum_weights=weights)[0]
    house = f"{rng.randint(1, 6)}-{rng.randint(1, 24)}-{rng.randint(1, 18)}"
    flat = f" {rng.randint(1, 9)}0{rng.randint(1, 8)}号" if rng.random() < 0.3 else ""
    return prefecture, f"{code}-0000", f"{prefecture}{city}{rng.choice(TOWNS)}{house}{flat}"


def _person(registry: _Registry, number: int, joined_on: date) -> Person:
    rng, calendar = registry.rng, registry.calendar
    plan = _weighted(rng, PLANS, (38, 46, 16))
    age = int(min(88, max(23, rng.gauss(61 if plan == "gift" else 55, 14))))
    birth_year = calendar.today.year - age
    name, kana = _human_name(rng, birth_year, rng.random() < 0.68)
    has_mail = rng.random() < (0.99 if age < 65 else 0.94)
    prefecture, postal_code, address = _place(rng)
    consents = _consents(rng, calendar, joined_on, f"A{number:05d}")
    suppressed = None
    if has_mail and rng.random() < 0.03:
        cause = _weighted(rng, ("opt_out", "bounce", "complaint"), (5, 4, 1))
        suppressed = (cause, at(calendar.today - timedelta(days=rng.randint(50, 900)), rng.randint(8, 21)))
    return Person(
        key=f"A{number:05d}",
        kind="person",
        name=name,
        kana=kana,
        email=registry.mail(kana, rng.choice(MAIL_HOSTS)) if has_mail else "",
        phone=registry.phone() if rng.random() < 0.9 else "",
        postal_code=postal_code,
        address=address,
        joined_on=joined_on,
        plan=plan,
        birth_year=birth_year,
        attributes={
            "ご利用": PLANS[plan],
            "都道府県": prefecture,
            "生年": birth_year,
            "入会経路": _weighted(rng, JOINED_BY, JOINED_BY.values()),
        },
        consents=consents,
        suppressed=suppressed,
    )


def _consents(rng: Random, calendar: Calendar, joined_on: date, key: str) -> tuple[Consent, ...]:
    """Most agreed when they joined; some never did; a few took it back later."""
    if rng.random() < 0.055:
        return ()
    by_card = rng.random() < 0.35
    wording = WORDING["card" if by_card else "order"]
    given_at = at(joined_on, rng.randint(8, 21), rng.randrange(60))
    stamp = f"{joined_on:%Y-%m-%d} {given_at:%H:%M}"
    evidence = f"はがき控え {key[1:]}番" if by_card else f"注文記録 {key} {stamp}"
    first = Consent("mail", True, wording, evidence, given_at)
    if rng.random() > 0.025:
        return (first,)
    later = joined_on + timedelta(days=rng.randint(10, max(11, (calendar.today - joined_on).days - 5)))
    taken_back = min(later, calendar.today - timedelta(days=3))
    return first, Consent(
        "mail", False, "お電話でのお申し出", f"受電記録 {taken_back:%Y-%m-%d}", at(taken_back, 14)
    )


def _accounts(registry: _Registry) -> Iterable[Person]:
    number = 0
    for trade, names in _names()["accounts"].items():
        for place, name in enumerate(names):
            number += 1
            yield _account(
                registry, f"B{number:03d}", trade, name, _contract_end(registry, place, len(names))
            )


def _contract_end(registry: _Registry, place: int, count: int) -> date:
    """Two contracts in five have ended, evenly over two and a half years; the others end within a year."""
    rng, today = registry.rng, registry.calendar.today
    if place % 5 in (1, 3):
        return today - timedelta(days=80 + 800 * place // count + rng.randrange(20))
    return today + timedelta(days=rng.randint(8, 364))


def _account(registry: _Registry, key: str, trade: str, name: str, ends_on: date) -> Person:
    rng = registry.rng
    prefecture, postal_code, address = _place(rng)
    started_on = date(ends_on.year - rng.randint(1, 7), ends_on.month, min(ends_on.day, 28))
    low, high = FEES[trade]
    fee = round(rng.triangular(low, high, low * 1.4) / 6) * 6000
    contacts = tuple(_contact(registry, key, desk) for desk in DESKS[trade][: rng.choice((1, 2, 2, 3))])
    given_at = at(started_on, 11)
    consent = Consent("mail", True, WORDING["account"], f"契約書 {key} {started_on:%Y-%m-%d}", given_at)
    return Person(
        key=key,
        kind="account",
        name=name,
        kana="",
        email=contacts[0].email,
        phone=f"0120-000-{int(key[1:]):03d}",
        postal_code=postal_code,
        address=address,
        joined_on=started_on,
        plan=trade,
        birth_year=None,
        attributes={"ご利用": "業務用", "都道府県": prefecture, "業種": TRADES[trade], "入会経路": "営業"},
        consents=(consent,) if rng.random() < 0.92 else (),
        contacts=contacts,
        contract_started_on=started_on,
        contract_ends_on=ends_on,
        yearly_fee=fee,
    )


def _contact(registry: _Registry, key: str, desk: str) -> Contact:
    rng = registry.rng
    name, kana = _human_name(rng, registry.calendar.today.year - rng.randint(28, 62), rng.random() < 0.5)
    mail = registry.mail(kana, f"{key.lower()}.example")
    return Contact(name, desk, mail, registry.phone(), is_primary=desk in ("店主", "総務", "支配人"))
