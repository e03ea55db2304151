"""What the server of forks imports once: the whole product, with the shipped reader loaded."""

from importlib import import_module

import tests.faults.worker  # noqa: F401 - so that a fork finds it in memory
from app import FEATURES
from app.reasons import engine

for feature in FEATURES:
    import_module(f"app.{feature}.feature")
engine.shipped().warm()
