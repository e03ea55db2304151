"""reasons: what the words mean. Reading, coding by people, themes nobody listed.

models    Reason, AnalysisRun, Reading, Clause, Coding, ReviewEvent, Theme, ThemeMember
engine    the only door to analysis/
services  read_answers, confirm_reading, code_clause, reject_coding, propose_themes, adopt_theme, dismiss_theme
queries   voices, reasons_by_mentions, next_to_review …
jobs      read_response, read_survey, and their sweep
routes    /voices, /reasons
"""
