"""reports: reads only. The first page, and NPS.

queries   today_of, nps_of …
routes    / (今日), /reports/nps
cli       flask reports nps
"""
