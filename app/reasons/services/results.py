"""What a run found, as plain JSON, and the hash that tells whether two runs found the same."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.reasons.engine import Found, FoundClause
from app.reasons.models import ClauseRole, Polarity
from app.reasons.queries.readable import Readable, hash_of


def plain(found: Found) -> dict[str, Any]:
    """A finding as JSON."""
    taken: dict[str, Any] = json.loads(json.dumps(asdict(found)))
    return taken


def found_in(taken: dict[str, Any]) -> Found:
    """The finding that `plain` took."""
    clauses = tuple(_clause(one) for one in taken["clauses"])
    rest = {name: _frozen(value) for name, value in taken.items() if name not in ("clauses", "polarity")}
    return Found(**rest, polarity=Polarity(taken["polarity"]), clauses=clauses)


def _clause(taken: dict[str, Any]) -> FoundClause:
    rest = {name: _frozen(value) for name, value in taken.items() if name != "role"}
    return FoundClause(**rest, role=ClauseRole(taken["role"]))


def chained(before: str, readables: Sequence[Readable], found: Sequence[Found]) -> str:
    """The hash of a run, carried on over the next answers in the order of their numbers: hex SHA-256.

    It is over words and what is said of them, not over numbers of rows, so that the same answers read in another
    database have the same; and not over probabilities, whose last digits depend on how the answers were cut into batches.
    """
    for one, finding in zip(readables, found, strict=True):
        line = json.dumps(_said(one, finding), ensure_ascii=False, sort_keys=True)
        before = hashlib.sha256(f"{before}\n{line}".encode("utf-8", "surrogatepass")).hexdigest()
    return before


def _said(one: Readable, found: Found) -> dict[str, Any]:
    said = plain(found) | {
        "answer_id": [hash_of(one.words.text), one.words.asked, one.only_praise],
        "reasons": [code for code, _chance in found.reasons],
    }
    del said["confidence"]
    for clause in said["clauses"]:
        clause["because"] = sorted(clause["because"])
    return said


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
