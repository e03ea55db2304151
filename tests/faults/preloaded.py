"""What the server of forks holds once: the whole product, its addresses compiled, with the shipped reader loaded."""

import tempfile
from pathlib import Path

import tests.faults.worker  # noqa: F401 - so that a fork finds it in memory
from app import create_app
from app.reasons import engine
from tests import thrift
from tests.stock import settings_for

thrift.compile_addresses_once()
with tempfile.TemporaryDirectory() as folder:
    create_app(settings_for(Path(folder)))
engine.shipped().warm()
thrift.keep_what_is_imported()
