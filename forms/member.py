"""Forms of every member: signing in, and what members set for themselves."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo

from forms.base import Form
from forms.validators import NO_NUL, ONE_LINE, REQUIRED, longest, shortest

LANGUAGES = [SelectChoice("ja", "日本語"), SelectChoice("en", "English")]
TIME_ZONES = [
    SelectChoice("Asia/Tokyo", _l("日本")),
    SelectChoice("Asia/Seoul", _l("ソウル")),
    SelectChoice("Asia/Shanghai", _l("上海・台北・香港")),
    SelectChoice("Asia/Singapore", _l("シンガポール")),
    SelectChoice("Asia/Bangkok", _l("バンコク・ハノイ")),
    SelectChoice("Asia/Kolkata", _l("インド")),
    SelectChoice("Australia/Sydney", _l("シドニー")),
    SelectChoice("Europe/London", _l("ロンドン")),
    SelectChoice("Europe/Paris", _l("パリ・ベルリン")),
    SelectChoice("America/New_York", _l("ニューヨーク")),
    SelectChoice("America/Los_Angeles", _l("ロサンゼルス")),
    SelectChoice("UTC", _l("協定世界時（UTC）")),
]


def new_password(label: Any = None) -> Any:
    """A field for a password to be set: long enough, and no other rule."""
    return PasswordField(label or _l("パスワード"), [REQUIRED, shortest(12), longest(200)])


def password_again(name: str) -> Any:
    """The same once more, since nobody sees what is typed."""
    same = EqualTo(name, _l("上のパスワードと違います。"))
    return PasswordField(_l("パスワードをもう一度"), [REQUIRED, same])


class SignInForm(Form):
    email = EmailField(_l("メールアドレス"), [REQUIRED, longest(254), NO_NUL])
    password = PasswordField(_l("パスワード"), [REQUIRED, longest(200)])


class CodeForm(Form):
    """Six digits from a phone, or a recovery code."""

    code = StringField(_l("確認コード"), [REQUIRED, longest(40), NO_NUL])


class OwnForm(Form):
    name = StringField(_l("お名前"), [REQUIRED, longest(120), ONE_LINE])
    locale = SelectField(_l("画面のことば"), choices=LANGUAGES)
    time_zone = SelectField(_l("時刻の地域"), choices=TIME_ZONES)


class ProveForm(Form):
    """The member's password once more, for what could lock them out."""

    current = PasswordField(_l("いまのパスワード"), [REQUIRED, longest(200)])


class ChangePasswordForm(ProveForm):
    password = new_password(_l("新しいパスワード"))
    again = password_again("password")
