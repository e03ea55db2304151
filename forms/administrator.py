"""Forms of administrators, and signing in."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from forms.base import Form
from forms.validators import EMAIL, NO_NUL, ONE_LINE, REQUIRED, longest, shortest

ROLES = [
    SelectChoice("administrator", _l("管理者")),
    SelectChoice("editor", _l("CX編集")),
    SelectChoice("viewer", _l("CX閲覧")),
    SelectChoice("product", _l("製品")),
    SelectChoice("operator", _l("架電")),
    SelectChoice("auditor", _l("監査")),
]

# Mail servers without SMTPUTF8 know no other senders.
ASCII = Regexp(r"^[\x20-\x7e]*$", message=_l("半角の英数字と記号のアドレスを入力してください。"))


class SignInForm(Form):
    email = EmailField(_l("メールアドレス"), [REQUIRED, longest(254), NO_NUL])
    password = PasswordField(_l("パスワード"), [REQUIRED, longest(200)])


class OrganisationForm(Form):
    name = StringField(_l("会社・お店の名前"), [REQUIRED, longest(120), ONE_LINE])
    sender_name = StringField(_l("メールの差出人名"), [REQUIRED, longest(120), ONE_LINE])
    sender_address = EmailField(_l("差出人のメールアドレス"), [REQUIRED, EMAIL, ASCII, longest(254)])
    postal_address = StringField(_l("住所"), [REQUIRED, longest(300), ONE_LINE])
    contact = StringField(_l("問い合わせ先（電話かメール）"), [REQUIRED, longest(200), ONE_LINE])
    privacy_url = StringField(_l("個人情報の取り扱いのページ"), [longest(300), ONE_LINE])


class MemberForm(Form):
    name = StringField(_l("お名前"), [REQUIRED, longest(120), ONE_LINE])
    email = EmailField(_l("メールアドレス"), [REQUIRED, EMAIL, longest(254)])
    role = SelectField(_l("役割"), choices=ROLES, default="viewer")
    password = PasswordField(_l("はじめのパスワード"), [REQUIRED, shortest(12), longest(200)])


class ChangeMemberForm(Form):
    role = SelectField(_l("役割"), choices=ROLES)
    active = BooleanField(_l("使えます"))
