"""The WSGI door: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import sys

from app import create_app
from app.config import BadSettings

try:
    app = create_app()
except BadSettings as refused:
    sys.stderr.write(f"okaeri: {refused}\n")
    # Gunicorn starts a worker anew for ever, unless it ends with 3: it could not begin.
    raise SystemExit(3 if "gunicorn" in sys.modules else 2) from None
