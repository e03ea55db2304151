"""surveys: what is asked. Presets, questions, branching, published versions that never change.

models      Survey, SurveyVersion, Question
presets     ready-made surveys in natural Japanese
conditions  when a question is asked, evaluated on the server
compiled    a version as a plain object, kept; which questions and screens are visible
made_up     as whom a survey is tried out in the preview and in trials
naming      what customers read instead of the internal name
choices     choices written one per line, with codes that stay
checks      what is looked at before publishing; finding: one thing to mend, a must or advice
versions    what is different between two versions, as sentences
exchange    surveys as SurveyJS JSON, both ways
wording     conditions, time and retention in words
services    create_survey, import_survey, edit_texts, add_question …, publish_survey, close_survey
routes      /surveys; question_routes: its questions; exchange_routes: in and out as a file; preview: the sheet as it will look, storing nothing
"""
