"""Checks of shape, with messages in the reader's language."""

import re

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, Email, Length, NumberRange, Regexp

REQUIRED = DataRequired(_l("入力してください。"))
EMAIL = Email(_l("メールアドレスの形になっていません。"), check_deliverability=False)


def longest(count: int) -> Length:
    """At most `count` characters."""
    return Length(max=count, message=_l("%(max)d文字までで入力してください。"))


def shortest(count: int) -> Length:
    """At least `count` characters."""
    return Length(min=count, message=_l("%(min)d文字以上で入力してください。"))


def between(low: float, high: float) -> NumberRange:
    """A number from `low` to `high`."""
    return NumberRange(low, high, _l("%(min)s から %(max)s までの数を入力してください。"))


# Header lines of a mail are made of these: a line break or NUL in them would start another header.
ONE_LINE = Regexp(r"^[^\r\n\0]*$", message=_l("改行は使えません。"))
# No database keeps NUL in a text.
NO_NUL = Regexp(r"^[^\0]*$", re.DOTALL, _l("保存できない文字が含まれています。入力しなおしてください。"))
