"""The files the tea house's shop system hands over: customers and orders as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from app.demo.people import Person
from app.demo.purchases import Purchase

CUSTOMER_HEADER = (
    *(
        "会員番号",
        "区分",
        "会社名",
        "氏名",
        "フリガナ",
        "部署",
        "メールアドレス",
        "電話番号",
        "郵便番号",
        "住所",
        "入会日",
    ),
    *("契約開始日", "契約終了日", "年額", "ご利用", "都道府県", "生年", "業種", "入会経路"),
)
CUSTOMER_COLUMNS = {
    "key": "会員番号",
    "kind": "区分",
    "company": "会社名",
    "name": "氏名",
    "kana": "フリガナ",
    "department": "部署",
    "email": "メールアドレス",
    "phone": "電話番号",
    "postal_code": "郵便番号",
    "address": "住所",
    "joined_on": "入会日",
    "contract_started_on": "契約開始日",
    "contract_ends_on": "契約終了日",
    "yearly_fee": "年額",
    "attributes": ["ご利用", "都道府県", "生年", "業種", "入会経路"],
}
ORDER_HEADER = ("会員番号", "注文番号", "購入日", "金額", "商品")
ORDER_COLUMNS = {
    "key": "会員番号",
    "order_key": "注文番号",
    "bought_on": "購入日",
    "amount": "金額",
    "item": "商品",
}


def customers_csv(crowd: Iterable[Person]) -> bytes:
    """One row per person, one per contact of an account; UTF-8 with the mark Excel expects."""
    return _csv(CUSTOMER_HEADER, (row for person in crowd for row in _rows(person)))


def orders_csv(lines: Iterable[Purchase]) -> bytes:
    """One row per order or cancellation."""
    return _csv(ORDER_HEADER, ((o.customer, o.order, o.bought_on, o.amount, o.item) for o in lines))


def _csv(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue().encode("utf-8-sig")


def _rows(person: Person) -> Iterable[list[Any]]:
    attributes = [person.attributes.get(name, "") for name in CUSTOMER_COLUMNS["attributes"]]
    home = [person.postal_code, person.address, person.joined_on]
    if person.kind == "person":
        yield [
            person.key,
            "個人",
            "",
            person.name,
            person.kana,
            "",
            person.email,
            person.phone,
            *home,
            "",
            "",
            "",
            *attributes,
        ]
    contract = [person.contract_started_on, person.contract_ends_on, person.yearly_fee]
    for one in person.contacts:
        yield [
            *(person.key, "法人", person.name, one.name, "", one.department, one.email, one.phone),
            *(*home, *contract, *attributes),
        ]
