"""Routes of reasons."""

from flask import Blueprint

blueprint = Blueprint("reasons", __name__)
