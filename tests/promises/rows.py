"""Every number of the promises, and where it is tried: by a test here (its number is its mark), or elsewhere, or not yet."""

from typing import NamedTuple


class Row(NamedTuple):
    """`where`: the place that tries it, where that is not a test of this folder; `not_yet`: why nothing does."""

    number: str
    promise: str
    where: str = ""
    not_yet: str = ""


ROWS = (
    Row("1", "200 kills of the web tier (SQLite) and 100 of PostgreSQL: nothing acknowledged is lost, doubled or left without the work that follows", "faults: web, postgres"),
    Row("2", "an fsync before each of 100 acknowledgements", "faults: sync"),
    Row("3", "three seeded bugs are caught in every run", "faults: flaws"),
    Row("4", "200 kills of two mail workers over 1,500 messages: nobody gets a mail twice, every message ends in one state", "faults: mail"),
    Row("5", "Redis lost, PostgreSQL restarted, disk full, SQLite locked: 503 or 429 only, back within 5 s", "faults: outages"),
    Row("6a", "5,000 concurrent duplicate POSTs on 100 links give 100 responses"),
    Row("6b", "GET, HEAD and OPTIONS on every route, with ten agents, change no row"),
    Row("6c", "200 links opened in a browser that runs scripts and presses nothing give no answer"),
    Row("7a", "an import killed at any point goes on where it stood, once", "make test: tests/faults"),
    Row("7b", "a killed migration ends old or new; backups taken under load restore whole", not_yet="no backup command stands yet; migrations are run both ways by tests/house"),
    Row("8", "route × role: every route declares who may, and lets in nobody else; foreign and missing look the same", "make test: tests/house/test_edges.py, tests/app/accounts"),
    Row("9", "40 script payloads in every stored field, on every page, in a real browser: none runs, nothing is asked of third parties"),
    Row("10", "exports: no cell a spreadsheet would run, headers and full-width signs included"),
    Row("11", "mail headers: CR, LF, NUL and encoded-word tricks are refused; the bytes hold exactly the expected headers"),
    Row("12", "calls out: 60 address tricks reach no inner address", not_yet="the product calls nobody but its mail server: there is nothing to try"),
    Row("13", "sort, filter and id parameters take listed names only", "tried with 17a: every query parameter is among its fields"),
    Row("14a", "10,000 guesses of a letter's code: none hits, then 429"),
    Row("14b", "links carry at least 128 random bits; unknown ones look alike"),
    Row("15", "a weak, missing or short secret, or debug in production, refuses to start; cookies, argon2, limits, TOTP, CSRF", "make test: tests/app/test_security.py, tests/app/accounts"),
    Row("16", "no secret and no personal detail in logs, addresses, job payloads or error pages"),
    Row("17a", "10,000 hostile inputs over every input point: no 5xx, none over 2 s, memory bounded"),
    Row("17b", "emoji, 髙, 𠮷, ①㈱ survive store, page, CSV, XLSX, JSON and mail; what CP932 loses is named before"),
    Row("18", "normalisers are linear: time ratio below 3 when the input doubles"),
    Row("19", "files: BOM, strict UTF-8, strict CP932, else refused; never silent garbage; zip bombs refused"),
    Row("20a", "a mail without the sender's identity, address, contact or opt-out cannot be made to go out"),
    Row("20b", "one-click opt-out; suppression outlives a new import", "make test: tests/app/campaigns, tests/app/customers"),
    Row("21a", "10,000 simulated campaigns: nobody suppressed, opted out, unconsenting or capped gets a mail"),
    Row("21b", "10,000 schedules over clock jumps, leap days and zones: none outside 8:00–21:00 in Tokyo"),
    Row("21c", "anonymous surveys: submitting cuts the tie; no column, time, order or log line of 500 sheets tells whose is whose"),
    Row("22", "erasure leaves 0 of 50 canaries; the disclosure bundle holds every personal column", not_yet="answers can be erased (make test: tests/app/responses/test_own_answers.py); erasing a whole customer and disclosure do not stand yet"),
    Row("23a", "WCAG 2.2 AA: no axe violation on any page of the staff, on a desk and on a phone"),
    Row("23b", "every ready-made survey is answered by keyboard alone, with and without scripts, free of barriers"),
    Row("23c", "a customer's own pages: free of barriers at 320 px and at 200 % zoom, nothing to press smaller than 44 px"),
)  # fmt: skip
