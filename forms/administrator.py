"""Forms of administrators: the organisation and its members."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from forms.base import Form, RevisionForm
from forms.member import LANGUAGES, TIME_ZONES, new_password, password_again
from forms.validators import EMAIL, ONE_LINE, REQUIRED, longest

ROLES = [
    SelectChoice("administrator", _l("管理者")),
    SelectChoice("editor", _l("CX編集")),
    SelectChoice("viewer", _l("CX閲覧")),
    SelectChoice("product", _l("製品")),
    SelectChoice("operator", _l("架電")),
    SelectChoice("auditor", _l("監査")),
]

# A link customers press: other schemes could run something.
WEB = Regexp(r"^(https?://\S+)?$", message=_l("https:// で始まるアドレスを入力してください。"))
# Mail servers without SMTPUTF8 know no other senders.
ASCII = Regexp(r"^[\x20-\x7e]*$", message=_l("半角の英数字と記号のアドレスを入力してください。"))


class Identity:
    """Who writes to customers: the law wants it in every mail."""

    name = StringField(_l("会社・お店の名前"), [REQUIRED, longest(120), ONE_LINE])
    sender_name = StringField(_l("メールの差出人名"), [REQUIRED, longest(120), ONE_LINE])
    sender_address = EmailField(_l("差出人のメールアドレス"), [REQUIRED, EMAIL, ASCII, longest(254)])
    postal_address = StringField(_l("住所"), [REQUIRED, longest(300), ONE_LINE])
    contact = StringField(_l("問い合わせ先（電話かメール）"), [REQUIRED, longest(200), ONE_LINE])
    privacy_url = StringField(_l("個人情報の取り扱いのページ"), [longest(300), ONE_LINE, WEB])


class OrganisationForm(Identity, RevisionForm):
    pass


class SetUpForm(Identity, Form):
    """The first start: the organisation, and who sets it up."""

    own_name = StringField(_l("お名前"), [REQUIRED, longest(120), ONE_LINE])
    own_email = EmailField(_l("サインインに使うメールアドレス"), [REQUIRED, EMAIL, longest(254)])
    password = new_password()
    again = password_again("password")
    locale = SelectField(_l("画面のことば"), choices=LANGUAGES, default="ja")
    time_zone = SelectField(_l("時刻の地域"), choices=TIME_ZONES, default="Asia/Tokyo")


class MemberForm(Form):
    name = StringField(_l("お名前"), [REQUIRED, longest(120), ONE_LINE])
    email = EmailField(_l("メールアドレス"), [REQUIRED, EMAIL, longest(254)])
    role = SelectField(_l("役割"), choices=ROLES, default="viewer")
    password = new_password(_l("はじめのパスワード"))


class ChangeMemberForm(RevisionForm):
    role = SelectField(_l("役割"), choices=ROLES)
    active = BooleanField(_l("使えます"))


class NewPasswordForm(Form):
    """An administrator helps somebody who has forgotten it."""

    password = new_password(_l("新しいパスワード"))
