"""What people are called, write and know stays out of logs, addresses, jobs and error pages."""

import pickle

import pytest

from app import jobs
from app.customers.models import Customer
from app.db import db, unit_of_work
from tests import factories_customers, factories_surveys
from tests.app.campaigns.world import send, started
from tests.stock import SECRET

REDISPLAYED = (401, 422)  # a form that comes back with what was typed into it, to the one who typed it
SECRETS = ("kanaria-password-4711", SECRET)


def canaries(count):
    """Names, addresses, numbers and words nobody else has."""
    return [
        word
        for number in range(count)
        for word in (
            f"金糸雀{number:03d}",
            f"kanaria{number:03d}@okyaku.example",
            f"090-9999-{number:04d}",
            f"かなりあの声{number:03d}",
        )
    ]


def customers_file(words):
    rows = [
        [f"KN{place:03d}", *words[place * 4 : place * 4 + 2], "2024/5/1", "○"]
        for place in range(len(words) // 4)
    ]
    return factories_customers.csv_file(
        *rows, ["KN999", words[0], "no address " + words[1], "2026/2/30", "○"]
    )


@pytest.fixture
def heard(app, client, capfd, monkeypatch):
    """Everything that leaves the house by a side door: log lines, job payloads, addresses, error pages."""
    parts = []
    enqueue = app.extensions["huey"].enqueue
    monkeypatch.setattr(
        app.extensions["huey"],
        "enqueue",
        lambda task: (parts.append(repr(pickle.dumps(task.args))), enqueue(task))[1],
    )

    @app.after_request
    def listen(response):
        parts.append(response.headers.get("Location", ""))
        if response.status_code >= 400 and response.status_code not in REDISPLAYED:
            parts.append(response.get_data(as_text=True))
        return response

    return lambda: "\n".join([*parts, *capfd.readouterr()])


@pytest.mark.promise(
    "16", "no secret and no personal detail in logs, addresses, job payloads or error pages", small=True
)
def test_no_canary_sings_outside(app, client, sign_in, sink, heard, tried):
    words = canaries(50)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client.post("/sign-in", data={"email": words[1], "password": SECRETS[0]})
    browser = sign_in()
    with app.app_context():
        factories_customers.imported(customers_file(words))
        with unit_of_work():
            tokens = [
                factories_surveys.invitation(customer=one).token
                for one in db.session.query(Customer).limit(5)
            ]
    for place, token in enumerate(tokens):
        client.post(f"/s/{token}")
        client.post(f"/s/{token}/1", data={"q_nps": "4", "q_reason_text": words[place * 4 + 3]})
        client.post(f"/s/{token}/3", data={"q_reason_text": words[place * 4 + 3] + "\0"})
    with app.app_context():
        sink.refusals[words[1]] = f"550 no such person {words[1]}"
        send(started(1), sink.port)
        jobs.drain()
    for path in (f"/customers?q={words[0]}x", "/voices/999999", f"/customers/{words[0]}", "/backlog/999999"):
        browser.get(path)

    def fail():
        raise RuntimeError(f"{words[0]} {words[1]} {SECRETS[1]}")

    fail.access = app.view_functions["accounts.show_sign_in"].access
    app.view_functions["accounts.show_sign_in"] = fail
    assert client.get("/sign-in").status_code == 500
    outside = heard()
    assert "failed" in outside
    assert [word for word in (*words, *SECRETS) if word in outside] == []
    assert client.get("/c").headers["Referrer-Policy"] == "same-origin"
    tried(
        f"{len(words) + len(SECRETS)} canaries through sign-in, import, answers, sending, reading and a failure",
        zeros=len(words) + len(SECRETS),
    )
