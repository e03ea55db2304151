"""Ready-made surveys, by code, in the order in which they are offered."""

from app.surveys.presets.after_event import AFTER_EVENT
from app.surveys.presets.churn_b2c import CHURN_B2C
from app.surveys.presets.contract_b2b import CONTRACT_B2B
from app.surveys.presets.dormant import DORMANT
from app.surveys.presets.onboarding import ONBOARDING
from app.surveys.presets.periodic_nps import NPS
from app.surveys.presets.preset import Preset
from app.surveys.presets.subscription import SUBSCRIPTION

_ALL = (CHURN_B2C, CONTRACT_B2B, SUBSCRIPTION, DORMANT, NPS, ONBOARDING, AFTER_EVENT)
PRESETS = {preset.code: preset for preset in _ALL}

__all__ = ["PRESETS", "Preset"]
