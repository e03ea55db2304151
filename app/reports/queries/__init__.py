"""What the reports say. One file per thing; everything is asked for here."""

from app.reports.queries.mentions import MentionsByMonth, ReasonMonths, Rise, mentions_by_month
from app.reports.queries.nps import MonthlyNps, SurveyNps, nps_by_month, nps_of
from app.reports.queries.standing import (
    ThemeSize,
    WaitingApproval,
    any_survey_published,
    approvals_waiting,
    campaigns_lately,
    newest_run_of,
    survey_called,
    theme_sizes,
)

__all__ = [
    "MentionsByMonth",
    "MonthlyNps",
    "ReasonMonths",
    "Rise",
    "SurveyNps",
    "ThemeSize",
    "WaitingApproval",
    "any_survey_published",
    "approvals_waiting",
    "campaigns_lately",
    "mentions_by_month",
    "newest_run_of",
    "nps_by_month",
    "nps_of",
    "survey_called",
    "theme_sizes",
]
