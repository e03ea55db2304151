"""What may be done with surveys. One file per thing; everything is called from here."""

from app.surveys.services.conditions import (
    MOST_WORDINGS,
    screen_of,
    set_condition,
    set_page_condition,
    set_wording,
    show_attributes,
)
from app.surveys.services.copying import copy_survey, free_name
from app.surveys.services.creating import NameTaken, create_survey, drafted
from app.surveys.services.editing import (
    QuestionTexts,
    add_question,
    edit_question,
    move_question,
    put_question_back,
    removal_of_question,
    remove_question,
)
from app.surveys.services.exchanging import definition_from, export_survey, import_survey, is_definition
from app.surveys.services.publishing import (
    CannotPublish,
    close_survey,
    findings_of,
    publish_survey,
    reopen_survey,
)
from app.surveys.services.texts import TextsNotFit, edit_texts

__all__ = [
    "MOST_WORDINGS",
    "CannotPublish",
    "NameTaken",
    "QuestionTexts",
    "TextsNotFit",
    "add_question",
    "close_survey",
    "copy_survey",
    "create_survey",
    "definition_from",
    "drafted",
    "edit_question",
    "edit_texts",
    "export_survey",
    "findings_of",
    "free_name",
    "import_survey",
    "is_definition",
    "move_question",
    "publish_survey",
    "put_question_back",
    "removal_of_question",
    "remove_question",
    "reopen_survey",
    "screen_of",
    "set_condition",
    "set_page_condition",
    "set_wording",
    "show_attributes",
]
