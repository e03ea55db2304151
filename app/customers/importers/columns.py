"""Which columns an import of customers or purchases knows, and what they are usually called."""

import re
from dataclasses import dataclass
from typing import Any

from app.customers.addresses import plain
from app.customers.models import ImportKind
from app.errors import BadInput
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l

REASON = "取り込めなかった理由"


@dataclass(frozen=True)
class Field:
    """One thing a column can hold. `names`: usual headings, without blanks and signs, in small letters."""

    name: str
    label: Any
    names: str
    required: bool = False

    @property
    def headings(self) -> list[str]:
        return self.names.split()


CUSTOMER_FIELDS = (
    Field(
        "key",
        _l("顧客番号"),
        "顧客番号 顧客id 顧客コード 会員番号 会員id お客様番号 お客さま番号 得意先コード 取引先番号 取引先コード customerid customerkey customer id",
        required=True,
    ),
    Field("kind", _l("法人・個人"), "法人個人 個人法人 法人個人区分 顧客区分 区分 種別 kind"),
    Field("name", _l("氏名"), "氏名 お名前 名前 顧客名 会員名 担当者 担当者名 ご担当者 name fullname"),
    Field("kana", _l("フリガナ"), "フリガナ ふりがな カナ 氏名カナ カナ氏名 氏名フリガナ kana"),
    Field("company", _l("会社名"), "会社名 法人名 企業名 取引先名 得意先名 店名 company companyname"),
    Field("department", _l("部署"), "部署 部署名 所属 department"),
    Field(
        "email", _l("メールアドレス"), "メールアドレス メール eメール emailアドレス email mail mailaddress"
    ),
    Field("phone", _l("電話番号"), "電話番号 電話 tel 携帯番号 携帯電話 連絡先 phone"),
    Field("postal_code", _l("郵便番号"), "郵便番号 〒 郵便 zip zipcode postalcode"),
    Field("address", _l("住所"), "住所 ご住所 所在地 address"),
    Field(
        "joined_on",
        _l("登録日"),
        "登録日 会員登録日 入会日 加入日 契約開始 初回登録日 joinedon createdat registered",
    ),
    Field(
        "contract_started_on", _l("契約開始日"), "契約開始日 契約日 契約開始年月日 利用開始日 contractstart"
    ),
    Field(
        "contract_ends_on",
        _l("契約終了日"),
        "契約終了日 契約満了日 契約期限 満了日 更新日 契約更新日 contractend",
    ),
    Field("yearly_fee", _l("年額"), "年額 年間契約額 契約金額 年間金額 契約額 年額費用 yearlyfee"),
    Field("cancelled_on", _l("解約日"), "解約日 退会日 停止日 cancelledon canceldate"),
    Field("grievance", _l("苦情の記録"), "苦情 苦情の記録 苦情有無 クレーム クレーム有無 grievance"),
    Field(
        "consent_mail",
        _l("メールの同意"),
        "同意 メール同意 メール配信同意 メールの同意 dm同意 メルマガ メルマガ同意 メール配信 optin consent",
    ),
    Field("consent_letter", _l("郵送の同意"), "郵送同意 郵送の同意 郵送dm 郵送可否"),
    Field("consent_phone", _l("電話の同意"), "電話同意 電話の同意 架電可否"),
    Field("consent_on", _l("同意日"), "同意日 同意日時 同意取得日 consentdate"),
)
PURCHASE_FIELDS = (
    Field("key", _l("顧客番号"), CUSTOMER_FIELDS[0].names, required=True),
    Field(
        "order_key",
        _l("注文番号"),
        "注文番号 受注番号 注文id 伝票番号 オーダー番号 orderid orderkey invoiceno invoice order",
    ),
    Field(
        "bought_on",
        _l("購入日"),
        "購入日 注文日 受注日 購入日時 注文日時 売上日 取引日 日付 date orderdate invoicedate boughton",
        required=True,
    ),
    Field(
        "amount",
        _l("金額"),
        "金額 購入金額 注文金額 合計金額 合計 売上金額 売上 購入額 amount total price sales value revenue",
        required=True,
    ),
    Field("item", _l("商品"), "商品 商品名 品名 内容 item product description"),
)
FIELDS = {ImportKind.CUSTOMERS: CUSTOMER_FIELDS, ImportKind.PURCHASES: PURCHASE_FIELDS}


def _bare(heading: str) -> str:
    return re.sub(r"[\s_\-（）()・/／【】\[\]「」:：*＊※.]", "", plain(heading[:200]).lower())


def guess_columns(kind: ImportKind, header: list[str]) -> dict[str, Any]:
    """Match the columns of a header by their names: {field: column, "attributes": []}."""
    bare = {_bare(column): column for column in reversed(header)}
    mapping: dict[str, Any] = {"attributes": []}
    for field in FIELDS[kind]:
        found = next((bare[name] for name in field.headings if name in bare), None)
        if found is not None and found not in mapping.values():
            mapping[field.name] = found
    for field in FIELDS[kind]:
        if field.name not in mapping and not field.name.startswith("consent"):
            parts = [name for name in field.headings if len(name) >= 4]
            found = next((column for key, column in bare.items() for name in parts if name in key), None)
            if found is not None and found not in mapping.values():
                mapping[field.name] = found
    return mapping


def check_columns(kind: ImportKind, header: list[str], mapping: dict[str, Any]) -> dict[str, Any]:
    """The usable part of a mapping. Raises BadInput where a column is missing, unknown or used twice."""
    fields = {field.name: field for field in FIELDS[kind]}
    used = {name: column for name, column in mapping.items() if name in fields and column}
    attributes = [column for column in mapping.get("attributes") or [] if column]
    columns = [*used.values(), *attributes]
    for column in columns:
        if column not in header:
            raise BadInput(_("「%(column)s」という列は、このファイルにありません。", column=column))
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        raise BadInput(_("「%(column)s」の列が、二つのことに使われています。", column=twice))
    for field in fields.values():
        if field.required and field.name not in used:
            raise BadInput(_("「%(field)s」にあたる列を選んでください。", field=field.label))
    return {**used, "attributes": attributes}
