"""docs/recipes.md stays true: its files are there, no recipe needs many of them, and its tables miss nothing."""

import re

import pytest

from app.backlog import exporters
from app.config import ROOT
from app.responses import values
from app.surveys.models import SECONDS, QuestionKind
from app.surveys.wording import KIND_LABELS
from forms import exports, respondent

TEXT = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
MOST = 6


def recipes():
    return [part.split("\n", 1) for part in TEXT.split("\n## ")[1:]]


def steps(body):
    return re.findall(r"^\d\. (.+)$", body, re.MULTILINE)


@pytest.mark.parametrize(("name", "body"), recipes(), ids=lambda text: text[:30])
def test_a_recipe_touches_at_most_six_files_and_all_are_there(name, body):
    assert 1 < len(steps(body)) <= MOST
    named = re.findall(r"`([\w./<>]+\.(?:py|html|po|md)|[\w/]+/)`", body)
    assert named
    assert [path for path in named if not list(ROOT.glob(path.replace("<feature>", "*")))] == []


def test_every_kind_of_question_has_all_that_the_recipe_names():
    kinds = set(QuestionKind)
    page = (ROOT / "app/templates/surveys/sheet/page.html").read_text(encoding="utf-8")
    assert set(SECONDS) == set(KIND_LABELS) == set(values._KINDS) == kinds
    assert kinds - set(map(QuestionKind, respondent._MAKERS)) == {QuestionKind.STATEMENT}
    drawn = set(re.findall(r'one\.kind == "(\w+)"', page))
    assert {"nps", "scale", "text", "number", "date"} <= drawn <= {kind.value for kind in kinds}


def test_every_form_of_export_has_a_name_on_the_screen():
    named = {choice.value for choice in exports.EXPORT_FORMS}
    assert named == set(exporters.known_forms())
