"""backlog: what to mend, in which order, and what was decided.

models     BacklogItem, Evidence, Decision, Export
queries    ranked_items (priority in yen), evidence_of …
services   promote_reason, promote_theme, set_effort, decide, release
exporters  CSV and XLSX that spreadsheets open right and never run
routes     /backlog
"""
