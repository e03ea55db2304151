"""Surveys as SurveyJS JSON, both ways.

expressions   visibleIf as a tree
rules         trees and our conditions, each from the other
texts         languages, HTML
piped         answers inside texts
leftovers     what could not be taken
kinds         type by type
reading       JSON → texts and questions
writing       a version → JSON
rehearsal     what somebody with given answers would be asked
"""

from app.surveys.exchange.leftovers import Leftover
from app.surveys.exchange.reading import Definition, read_definition
from app.surveys.exchange.rehearsal import Rehearsal, rehearse
from app.surveys.exchange.writing import write_definition

__all__ = ["Definition", "Leftover", "Rehearsal", "read_definition", "rehearse", "write_definition"]
