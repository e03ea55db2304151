"""A form that changes what others may be changing too carries the revision it was filled from."""

import ast
import inspect
from types import ModuleType

from forms.base import Form

CHANGES_ONE_ROW = {"accounts.change_organisation", "customers.save_rule"}
# Forms without a revision, and why nothing can be lost by them.
ALLOWED = {
    "reasons.adopt_theme": "a theme is decided once: its state is the revision",
    "reasons.dismiss_theme": "as adopt_theme",
    "reasons.merge_theme": "as adopt_theme: a theme is merged once",
    "reasons.split_theme": "names the answers it parts; one that is gone from the theme is told",
    "reasons.apply_run": "a draft is decided once: its state is the revision",
    "reasons.undo_mine": "takes back one's own last decision, whatever it was",
    "reasons.code_blind": "one's own reading of an answer; nobody else writes it",
    "campaigns.preview_words": "shows the words, keeps nothing",
    "public_links.make_link": "adds a link; one of the same name is the same link",
    "calls.record_call": "adds what became of a call, changes none",
    "backlog.add_evidence": "adds what an item stands on, takes nothing away; what stands elsewhere is told",
    "reasons.revert_dictionary": "carries the number of the version that stood, which is its revision",
    "accounts.set_password": "a new secret; the one before is nobody's work",
}


def called_in(view):
    """The names a view uses, also through functions of its own module."""
    module = inspect.getmodule(view)
    seen, waiting = set(), [inspect.unwrap(view).__name__]
    found = set()
    while waiting:
        name = waiting.pop()
        function = getattr(module, name, None)
        if name in seen or not inspect.isfunction(function) or inspect.getmodule(function) is not module:
            continue
        seen.add(name)
        for node in ast.walk(ast.parse(inspect.getsource(function).strip())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found.add(node.func.id)
                waiting.append(node.func.id)
    return module, found


def forms_of(view):
    """The form classes a view fills from what was posted."""
    module, names = called_in(view)
    assert isinstance(module, ModuleType)
    found = [getattr(module, name, None) for name in names]
    return [one for one in found if inspect.isclass(one) and issubclass(one, Form)]


def with_fields(form):
    return [name for name in dir(form) if hasattr(getattr(form, name), "field_class")]


def test_a_form_that_changes_a_row_carries_its_revision(app):
    found = []
    for rule in app.url_map.iter_rules():
        changes = "POST" in rule.methods and (rule.arguments or rule.endpoint in CHANGES_ONE_ROW)
        view = app.view_functions[rule.endpoint]
        access = getattr(view, "access", None)
        if not changes or rule.endpoint in ALLOWED or access is None or access.kind != "member":
            continue
        forms = [form for form in forms_of(view) if with_fields(form)]
        if forms and not any("revision" in with_fields(form) for form in forms):
            found.append(f"{rule.endpoint}: {[form.__name__ for form in forms]}")
    assert found == []


def test_every_exception_is_a_route_that_is_there(app):
    assert set(app.view_functions) >= ALLOWED.keys() | CHANGES_ONE_ROW
