"""Routes of customers: /customers and below. Each file registers on the one blueprint when feature.py imports it."""

from flask import Blueprint

blueprint = Blueprint("customers", __name__)
