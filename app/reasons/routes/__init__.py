"""/voices and /reasons. One module per screen; all on one blueprint."""

from app.reasons.routes import overview, review, runs, themes, voices, works
from app.reasons.routes.shared import blueprint

__all__ = ["blueprint", "overview", "review", "runs", "themes", "voices", "works"]
