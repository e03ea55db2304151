"""backlog: what to mend, in which order, and what was decided.

models     BacklogItem, Evidence, Decision, Export
queries    ranked_items (priority in yen), evidence_of …
services   promote_reason, promote_theme, set_effort, decide, release
exporters  CSV, XLSX, PDF and other forms; no spreadsheet runs them
taking_home, tracker_files  exports and presets as they are kept; states of other trackers by file
routes     /backlog
"""
