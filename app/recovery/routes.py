"""Routes of recovery."""

from flask import Blueprint

blueprint = Blueprint("recovery", __name__)
