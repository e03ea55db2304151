"""Two minutes, not ten: how many questions and how long, for whoever is asked most."""

from collections.abc import Iterator, Sequence

from app.i18n import gettext as _
from app.surveys.checks.walking import Undecided, walks
from app.surveys.compiled import CompiledQuestion
from app.surveys.finding import Finding, advice
from app.surveys.models import SECONDS

MOST_ASKED, LONGEST_SECONDS = 12, 180


def findings(questions: Sequence[CompiledQuestion]) -> Iterator[Finding]:
    asked, seconds = longest_walk(questions)
    if asked > MOST_ASKED:
        sentence = _("設問が、多い方には%(count)s問出ます。", count=asked)
        mend = _("%(most)s問までにすると、終わりまで答えてもらいやすくなります。", most=MOST_ASKED)
        yield advice(sentence, mend)
    if seconds > LONGEST_SECONDS:
        minutes, rest = divmod(seconds, 60)
        sentence = _("答えるのに、長い方で約%(minutes)s分%(rest)s秒かかります。", minutes=minutes, rest=rest)
        yield advice(sentence, _("3分をこえると、とちゅうでやめる方が増えます。設問を減らしてください。"))


def longest_walk(questions: Sequence[CompiledQuestion]) -> tuple[int, int]:
    """(questions, seconds) for whoever is asked most; where that cannot be told, what everybody is asked."""
    always = [one for one in questions if not one.is_conditional]
    branches = [one for one in questions if one.is_conditional]
    longest = _counted(always)
    if not branches:
        return longest
    try:
        for walk in walks(questions, branches):
            count, seconds = _counted([*always, *(one for one in branches if one.is_for(*walk))])
            longest = max(longest[0], count), max(longest[1], seconds)
    except Undecided:
        return _counted(always)
    return longest


def _counted(questions: Sequence[CompiledQuestion]) -> tuple[int, int]:
    return sum(one.is_asked for one in questions), sum(SECONDS[one.kind] for one in questions)
