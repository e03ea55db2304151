"""The row 0 to 10 in a mail: a press opens the sheet with that point chosen, and stores nothing."""

from dataclasses import dataclass

from flask_babel import force_locale

from app.i18n import JAPANESE
from app.i18n import gettext as _
from app.surveys.compiled import CompiledQuestion, compiled_version
from app.surveys.models import QuestionKind
from app.surveys.piping import plain


@dataclass(frozen=True)
class PointRow:
    """The points of 0 to 10 as links, with the words at both ends. Pressing one only opens the sheet with it chosen."""

    title: str
    low: str
    high: str
    links: tuple[tuple[str, str], ...]

    @property
    def in_lines(self) -> str:
        """As plain text: a line a point."""
        first, last = 0, len(self.links) - 1
        ends = {first: self.low, last: self.high}
        with force_locale(JAPANESE):
            points = (
                _("%(point)s（%(words)s）", point=point, words=ends[place]) if place in ends else point
                for place, (point, _link) in enumerate(self.links)
            )
            lines = [f"{point}\n{link}" for point, (_point, link) in zip(points, self.links, strict=True)]
        return "\n".join([self.title, *lines])


def first_points(version_id: int) -> CompiledQuestion | None:
    """The question a survey begins with, if it is one of 0 to 10 that everybody is asked."""
    pages = compiled_version(version_id).pages({})
    first = pages[0].questions[0] if pages else None
    return first if first is not None and first.kind is QuestionKind.NPS else None


def row_of(question: CompiledQuestion, link: str) -> PointRow:
    """The points of this question as links to the sheet behind `link`."""
    with force_locale(JAPANESE):
        low = str(question.settings.get("low") or _("まったく思わない"))
        high = str(question.settings.get("high") or _("とても思う"))
    joint = "&" if "?" in link else "?"
    links = ((str(point), f"{link}{joint}q={question.code}&v={point}") for point in range(11))
    return PointRow(plain(question.title), plain(low), plain(high), tuple(links))
