"""Routes of campaigns: /campaigns and below, /u/<token>. Each file registers on the one blueprint when feature.py imports it."""

from flask import Blueprint

blueprint = Blueprint("campaigns", __name__)
