"""/voices and /reasons. One module per screen; all on one blueprint."""

from app.reasons.routes import (
    codebook,
    dictionary,
    drafts,
    overview,
    quality,
    review,
    runs,
    theme_parts,
    themes,
    views,
    voices,
    works,
)
from app.reasons.routes.shared import blueprint

__all__ = [
    "blueprint",
    "codebook",
    "dictionary",
    "drafts",
    "overview",
    "quality",
    "review",
    "runs",
    "theme_parts",
    "themes",
    "views",
    "voices",
    "works",
]
