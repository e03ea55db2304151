"""reports: reads only. The first page, the results of a survey, the NPS.

queries   nps_of, nps_by_month; mentions_by_month (which reasons rise); what waits, goes out and was read last
          segments: score and reasons by saved segment, kind of customer and RFM cell
routes    today: / (今日); surveys: /reports/surveys/<id> (結果); segments: …/segments; drawings: its charts, each a GET of its own
cli       flask reports nps
"""
