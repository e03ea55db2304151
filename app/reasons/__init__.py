"""reasons: what the words mean. Reading, coding by people, themes nobody listed.

models    Reason, AnalysisRun, Reading, Clause, Coding, ReviewEvent, Theme, ThemeMember
engine    the only door to analysis/, and what people have taught it
queries   readable (what is still to be read), words (what may be shown), voices, mentions, review, themes, runs
services  reading, telling (customers' facts and states), review, edits, snapshots, themes, runs, learning, codebook
jobs      read_response, read_survey, run_analysis, propose_themes, and their sweep
routes    /voices, /reasons
"""
