"""Ready-made surveys, by code, in the order in which they are offered."""

from app.surveys.presets.churn_b2c import CHURN_B2C
from app.surveys.presets.contract_b2b import CONTRACT_B2B
from app.surveys.presets.periodic_nps import NPS
from app.surveys.presets.preset import CONTACT_LABELS, Preset

PRESETS = {preset.code: preset for preset in (CHURN_B2C, CONTRACT_B2B, NPS)}

__all__ = ["CONTACT_LABELS", "PRESETS", "Preset"]
