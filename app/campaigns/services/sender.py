"""Who writes: the identity the law wants in every mail."""

from app.accounts.models import Organisation
from app.accounts.queries import organisation
from app.errors import OkaeriError
from app.i18n import gettext as _


class SenderIncomplete(OkaeriError):
    """Name, address, postal address or contact of the sender are missing."""


def sender() -> Organisation:
    """The organisation in whose name mail is sent. Raises SenderIncomplete."""
    own = organisation()
    if own is None or not own.may_send:
        raise SenderIncomplete(
            _(
                "差出人の名前・アドレス・住所・問い合わせ先がそろうまで、メールは送れません。設定で入力してください。"
            )
        )
    return own
