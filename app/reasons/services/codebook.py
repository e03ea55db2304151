"""The codebook: the eleven reasons everybody starts with, and what a team makes of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app import edits
from app.accounts.models import Member
from app.db import db
from app.errors import BadInput, EditClash
from app.i18n import counted as _n
from app.i18n import gettext as _
from app.reasons import engine
from app.reasons.models import Reason, ReasonOrigin, Recoverability
from app.reasons.models_codebook import CodebookVersion
from app.reasons.services.retelling import tell_of_reasons
from app.reasons.services.versions import changed, hold_codebook, keep_seeding, keep_version

LONGEST_LABEL, LONGEST_SEAL, LONGEST_OWNER = 80, 1, 80
LONGEST_DEFINITION, LONGEST_EXAMPLE, MOST_EXAMPLES = 1000, 200, 20
ENTRY, USE = "entry", "use"
FIELDS = (
    "label", "seal", "parent_id", "definition", "examples", "counter_examples", "owner", "recoverability"
)  # fmt: skip


def seed_codebook(at: datetime) -> None:
    """Add the shipped reasons that are not there yet; a team's own labels and seals stay as they are."""
    known = set(db.session.scalars(sa.select(Reason.code)))
    rows = [
        {
            "code": entry.code,
            "label": entry.label,
            "seal": entry.seal,
            "definition": entry.definition,
            "recoverability": Recoverability(entry.recoverability),
            "origin": ReasonOrigin.CODEBOOK,
            "position": place,
            "active": True,
            "examples": [],
            "counter_examples": [],
            "created_at": at,
        }
        for place, entry in enumerate(engine.codebook())
        if entry.code not in known
    ]
    if rows:
        dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        db.session.execute(dialect.insert(Reason).values(rows).on_conflict_do_nothing())
        keep_seeding(at)


def standing_entry(reason: Reason) -> dict[str, Any]:
    """What can be changed about an entry."""
    return {name: getattr(reason, name) for name in FIELDS}


def add_to_codebook(values: Mapping[str, Any], member: Member, at: datetime, note: str = "") -> Reason:
    """Add a reason of the team's own. Raises BadInput where a value does not fit."""
    hold_codebook()
    wanted = fitting_entry(values, None)
    reason = new_reason(ReasonOrigin.MEMBER, at)
    write_entry(reason, wanted)
    keep_version("added", reason, member, at, note)
    return reason


def change_reason(
    reason: Reason,
    values: Mapping[str, Any],
    member: Member,
    at: datetime,
    revision: int | None = None,
    note: str = "",
) -> CodebookVersion | None:
    """Write an entry anew; None where it stands so already. The code stays. Raises BadInput, Overtaken."""
    hold_codebook()
    edits.hold(reason)
    wanted, standing = fitting_entry(values, reason), standing_entry(reason)
    if not edits.settle(reason, ENTRY, wanted, standing, revision, member):
        return None
    write_entry(reason, wanted)
    edits.keep_edit(reason, ENTRY, standing, wanted, member, at)
    version = keep_version("changed", reason, member, at, note, **changed(standing, wanted))
    if change_needs_telling(standing, wanted):
        tell_of_reasons([reason.id], at)
    return version


def change_needs_telling(standing: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Do customers' facts change with this? They name the reason above, too."""
    return bool(standing["parent_id"] != wanted["parent_id"])


def retire_reason(
    reason: Reason, member: Member, at: datetime, revision: int | None = None, note: str = ""
) -> CodebookVersion | None:
    """Take a reason out of use: what is coded with it stays, nothing new is. Raises BadInput, Overtaken."""
    hold_codebook()
    edits.hold(reason)
    if not reason.active:
        return None
    edits.check_unchanged(reason, revision, member)
    check_removable(reason)
    below = sa.select(sa.func.count()).where(Reason.parent_id == reason.id, Reason.active)
    if count := db.session.scalar(below):
        raise BadInput(words_of_those_below(count))
    return _use(reason, False, "retired", member, at, note)


def return_reason(
    reason: Reason, member: Member, at: datetime, revision: int | None = None, note: str = ""
) -> CodebookVersion | None:
    """Bring a retired reason back into use. Raises BadInput where its name or its place is taken meanwhile."""
    hold_codebook()
    edits.hold(reason)
    if reason.active:
        return None
    if reason.merged_into_id is not None:
        raise EditClash(_("まとめられた理由です。まとめたことを元に戻すと、また使えます。"))
    edits.check_unchanged(reason, revision, member)
    fitting_entry(standing_entry(reason), reason)
    return _use(reason, True, "revived", member, at, note)


def words_of_those_below(count: int) -> str:
    """Why a reason with others below it cannot go."""
    return _n("下に%(count)s件の理由があります。先に、ほかの理由の下へ移してください。", count, count=count)


def _use(reason: Reason, active: bool, verb: str, member: Member, at: datetime, note: str) -> CodebookVersion:
    before, after = {"active": reason.active}, {"active": active}
    reason.active = active
    edits.keep_edit(reason, USE, before, after, member, at)
    return keep_version(verb, reason, member, at, note, before=before, after=after)


def check_removable(reason: Reason) -> None:
    """Raises BadInput for the entry that stands for no reason at all."""
    if reason.code == engine.NONE:
        raise BadInput(
            _("「%(label)s」は、理由の書かれていない声のために、いつも使います。", label=reason.label)
        )


def new_reason(origin: ReasonOrigin, at: datetime, code: str = "") -> Reason:
    """An entry at the end of the codebook, to be written. Its code stays for ever: "own-12" unless given."""
    last = db.session.scalar(sa.select(sa.func.max(Reason.position))) or 0
    number = (db.session.scalar(sa.select(sa.func.max(Reason.id))) or 0) + 1
    reason = Reason(
        code=code or f"own-{number}", origin=origin, position=last + 1, active=True, created_at=at
    )
    db.session.add(reason)
    return reason


def write_entry(reason: Reason, wanted: Mapping[str, Any]) -> None:
    """Write values that were found fitting."""
    for name, value in wanted.items():
        setattr(reason, name, value)
    with db.session.no_autoflush:
        reason.parent = db.session.get(Reason, wanted["parent_id"]) if wanted["parent_id"] else None
    db.session.flush()


def fitting_entry(values: Mapping[str, Any], reason: Reason | None) -> dict[str, Any]:
    """The values as they may be written for a reason (None: a new one). Raises BadInput with the sentence."""
    wanted: dict[str, Any] = {
        "label": " ".join(str(values["label"]).split()),
        "seal": str(values.get("seal") or "").strip(),
        "parent_id": values.get("parent_id"),
        "definition": str(values.get("definition") or "").replace("\r\n", "\n").strip(),
        "examples": _lines(values.get("examples") or ()),
        "counter_examples": _lines(values.get("counter_examples") or ()),
        "owner": " ".join(str(values.get("owner") or "").split()),
        "recoverability": Recoverability(values.get("recoverability") or Recoverability.MIDDLE),
    }
    wanted["seal"] = wanted["seal"] or wanted["label"][:1]
    _check_lengths(wanted)
    with db.session.no_autoflush:
        _check_label(wanted["label"], reason)
        if wanted["parent_id"] is not None:
            _check_parent(db.session.get(Reason, wanted["parent_id"]), reason)
    return wanted


def _lines(found: Any) -> list[str]:
    return list(dict.fromkeys(line for one in found if (line := " ".join(str(one).split()))))


def _check_lengths(wanted: Mapping[str, Any]) -> None:
    if not wanted["label"]:
        raise BadInput(_("理由の名前を入力してください。"))
    if len(wanted["label"]) > LONGEST_LABEL:
        raise BadInput(_("理由の名前は%(count)s文字までです。", count=LONGEST_LABEL))
    if len(wanted["seal"]) > LONGEST_SEAL:
        raise BadInput(_("印の字は1文字です。"))
    if len(wanted["definition"]) > LONGEST_DEFINITION:
        raise BadInput(_("定義は%(count)s文字までです。", count=LONGEST_DEFINITION))
    if len(wanted["owner"]) > LONGEST_OWNER:
        raise BadInput(_("担当の部署は%(count)s文字までです。", count=LONGEST_OWNER))
    for name in ("examples", "counter_examples"):
        if len(wanted[name]) > MOST_EXAMPLES or any(len(one) > LONGEST_EXAMPLE for one in wanted[name]):
            raise BadInput(
                _("例は%(most)s件まで、1件%(count)s文字までです。", most=MOST_EXAMPLES, count=LONGEST_EXAMPLE)
            )


def _check_label(label: str, reason: Reason | None) -> None:
    same = sa.select(Reason.id).where(Reason.label == label, Reason.active)
    if reason is not None and reason.id is not None:
        same = same.where(Reason.id != reason.id)
    if db.session.scalar(same) is not None:
        raise BadInput(_("「%(label)s」という理由は、もうあります。", label=label))


def _check_parent(parent: Reason | None, reason: Reason | None) -> None:
    if parent is None or not parent.active or parent.code == engine.NONE or parent is reason:
        raise BadInput(_("選ばれた上の理由は、使えません。"))
    if parent.parent_id is not None:
        raise BadInput(_("理由は2段までです。上の理由には、いちばん上の段のものを選んでください。"))
    if reason is None or reason.id is None:
        return
    if reason.code == engine.NONE:
        raise BadInput(_("「%(label)s」は、ほかの理由の下に置けません。", label=reason.label))
    below = sa.select(sa.func.count()).where(Reason.parent_id == reason.id, Reason.active)
    if db.session.scalar(below):
        raise BadInput(_("理由は2段までです。先に、この理由の下にあるものを移してください。"))
