"""Okaeri. `create_app` is the table of contents, in reading order."""

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from app import db, errors, filters, i18n, jobs, logs, mailbox, pages, points, security, status, worker
from app.accounts import access, sessions
from app.config import ROOT, Settings

FEATURES = (
    "accounts",
    "customers",
    "surveys",
    "campaigns",
    "responses",
    "reasons",
    "backlog",
    "recovery",
    "reports",
    "demo",
)


def create_app(settings: Settings | None = None, testing: bool = False) -> Flask:
    """Build the application from settings (the environment's, unless given)."""
    settings = settings or Settings.from_environment()
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__)
    app.extensions["settings"] = settings
    app.url_map.converters["int"] = security.RowNumber
    app.config.from_mapping(
        TESTING=testing,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": not testing},  # rows hold what people wrote
        MAX_CONTENT_LENGTH=settings.max_form,
        MAX_FORM_MEMORY_SIZE=settings.max_form,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        WTF_CSRF_TIME_LIMIT=None,
        # Its check of the Referer would refuse every sheet over https: those pages send none, so that no link leaks.
        # What it guards against, a cookie planted by a neighbouring host, __Host- already excludes.
        WTF_CSRF_SSL_STRICT=False,
        **security.cookie_settings(settings),
    )
    logs.init_app(app)
    db.init_app(app)
    Migrate(app, db.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    points.init_app(app)
    jobs.init_app(app, testing)
    i18n.init_app(app)
    sessions.init_app(app)
    security.init_app(app)
    CSRFProtect(app)
    access.init_app(app)
    filters.init_app(app)
    pages.init_app(app)
    errors.init_app(app)
    status.init_app(app)
    mailbox.init_app(app)
    worker.init_app(app)
    _add_features(app)
    return app


def _add_features(app: Flask) -> None:
    """Import each feature from left to right and let it register its routes, jobs and commands."""
    from importlib import import_module

    for feature in FEATURES:
        import_module(f"app.{feature}.feature").init_app(app)
