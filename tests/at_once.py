"""Two people at one thing: signed-in browsers of named members, and what the forms on their screens carry."""

import re

from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Role
from app.db import db, unit_of_work
from tests import factories


def browser_of(app: Flask, name: str, role: Role = Role.EDITOR) -> FlaskClient:
    """The signed-in browser of a new member of this name."""
    with app.app_context(), unit_of_work():
        member = factories.member(name=name, role=role)
        db.session.add(member)
        db.session.flush()
        email = member.email
    browser = app.test_client()
    browser.post("/sign-in", data={"email": email, "password": factories.PASSWORD})
    return browser


def revision_on(browser: FlaskClient, path: str, place: int = 0) -> str:
    """The revision the form on this page carries (the `place`th, where there are several)."""
    return re.findall(r'name="revision"[^>]*value="(\d+)"', browser.get(path).text)[place]


def revision_in(page: str) -> str:
    """The revision the first form of a page carries."""
    found = re.search(r'name="revision"[^>]*value="(\d+)"', page)
    assert found is not None, page
    return found[1]
