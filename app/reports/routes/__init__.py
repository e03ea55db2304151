"""/ and /reports. Each file registers on the one blueprint when feature.py imports it."""

from flask import Blueprint

blueprint = Blueprint("reports", __name__)
