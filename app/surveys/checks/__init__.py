"""What is looked at before a survey is published. One file per idea; each gives findings in the order of the questions.

shape     what a survey cannot do without: questions, titles, codes, choices
reaching  questions nobody is asked, conditions on what comes later, dead ends
walking   the finite answers a condition can tell apart
wording   two things at once, leading, pushy
leaving   a list of reasons that lets nobody out
length    too many questions, too long
personal  personal details asked for before it was said what for
"""

from collections.abc import Sequence

from app.surveys.checks import leaving, length, personal, reaching, shape, wording
from app.surveys.checks.personal import PERSONAL
from app.surveys.checks.shape import WITH_CHOICES
from app.surveys.compiled import CompiledQuestion
from app.surveys.finding import Finding, Weight

__all__ = ["PERSONAL", "WITH_CHOICES", "Finding", "Weight", "findings", "must_be_mended"]


def findings(questions: Sequence[CompiledQuestion], purpose: str) -> list[Finding]:
    """Everything found in these questions, what keeps from publishing first."""
    found = [
        *shape.findings(questions),
        *reaching.findings(questions),
        *personal.findings(questions, purpose),
        *leaving.findings(questions),
        *wording.findings(questions),
        *length.findings(questions),
    ]
    return sorted(found, key=lambda one: one.weight is Weight.ADVICE)


def must_be_mended(found: Sequence[Finding]) -> list[Finding]:
    """Those that keep from publishing."""
    return [one for one in found if one.weight is Weight.MUST]
