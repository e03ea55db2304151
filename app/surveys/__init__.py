"""surveys: what is asked. Presets, questions, branching, published versions that never change.

models    Survey, SurveyVersion, Question
presets   ready-made surveys in natural Japanese
compiled  a published version as a plain object, cached; which questions are visible
services  create_survey, edit_question, publish_survey, close_survey
routes    /surveys
"""
