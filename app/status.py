"""Health: alive, and ready to work."""

import sqlalchemy as sa
from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.access import public
from app.db import db

blueprint = Blueprint("status", __name__)


@blueprint.get("/healthz")
@public
def show_health() -> ResponseReturnValue:
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def show_readiness() -> ResponseReturnValue:
    try:
        db.session.execute(sa.text("select version_num from alembic_version"))
    except SQLAlchemyError as error:
        return jsonify(status="unavailable", database=type(error).__name__), 503
    return jsonify(status="ok", database="ok")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
