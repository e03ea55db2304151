"""Imports under way, as every staff page tells of them."""

from collections.abc import Iterator

from app import clock, pages
from app.accounts.access import Right
from app.customers.queries import imports_open
from app.customers.routes.desk import DESKS
from app.i18n import gettext as _


@pages.shows_works
def imports_under_way() -> Iterator[pages.Work]:
    """Files that are being taken, which can be stopped, and files that are being taken back."""
    for batch in imports_open():
        desk = DESKS[batch.kind]
        url = desk.url("show_import", batch)
        if batch.is_being_undone:
            yield pages.Work(_("「%(file)s」を取り消しています", file=batch.file_name), 0, 0, url, Right.EDIT)
            continue
        yield pages.Work(
            label=_("「%(file)s」を取り込んでいます", file=batch.file_name),
            done=batch.done_count,
            total=batch.total_count,
            url=url,
            right=Right.EDIT,
            left=pages.time_left(batch.done_count, batch.total_count, batch.started_at, clock.now()),
            cancel_url=desk.url("cancel_import", batch),
        )
