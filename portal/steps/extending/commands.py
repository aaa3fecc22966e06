"""Asking for more time or for 免于督办, signing and refusing it; each one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal.attachments.checking import Sound
from portal.attachments.commands import keep
from portal.clock import shanghai_instant
from portal.extensions import db
from portal.models import Extension, Item
from portal.rulebook import extending, workflow
from portal.rulebook.deadlines import DeadlineError
from portal.rulebook.entries import Entry
from portal.rulebook.guards import SpokenRequest
from portal.rulebook.kept_texts import salted, salted_with
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent

AGREED = "同意。"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is written: kind (extend, exempt), why, how far the work is, so many more `days` or a
    `new_due`, whether it is late for 不可抗力, who named the day (a key of `guards.NAMED_BY`)."""

    kind: str
    reason: str
    progress: str
    days: int | None = None
    new_due: date | None = None
    late_ground: bool = False
    named_by: str = ""


def extend(
    viewer: Viewer,
    item: Item,
    asked: Asked,
    intent: Intent,
    *,
    declared: bool,
    files: Sequence[Sound] = (),
) -> None:
    """第十九条: the unit asks in writing. A head's own request needs no second signature."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("extend",), item):
        return
    extension = _new(viewer, item, viewer.moment.instant)
    _write(viewer, item, extension, asked)
    _send(viewer, "extend", item, extension, asked, intent, declared, files)


def write(
    viewer: Viewer,
    item: Item,
    extension: Extension,
    asked: Asked,
    intent: Intent,
    *,
    declared: bool,
    files: Sequence[Sound] = (),
) -> None:
    """SPEC §2.9: the written form of a request made by word; in time, the call is what counts."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("write_extension",), item):
        return
    db.session.refresh(extension)
    if extension.state == "ext_draft":  # else the act is refused: nothing of it is written
        _write(viewer, item, extension, asked)
    _send(viewer, "write_extension", item, extension, asked, intent, declared, files)


def enter(
    viewer: Viewer,
    item: Item,
    asked: Asked,
    entry: Entry,
    intent: Intent,
    *,
    declared: bool,
    files: Sequence[Sound] = (),
) -> None:
    """SPEC §8.4: the request came as a sheet that the unit's head has signed; it also fills the
    head's box, and its day is what the cut-off judges. The first of `files` is the sheet. Of a
    request made by word it is the written form."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("enter_extension",), item):
        return
    at = shanghai_instant(entry.paper_on or viewer.moment.day)
    extension = spoken(item) or _new(viewer, item, at)
    _write(viewer, item, extension, asked, at, entry.signer_id)
    _send(viewer, "enter_extension", item, extension, asked, intent, declared, files, entry)


def spoken(item: Item) -> Extension | None:
    """The request made by word whose written form is still to come."""
    pending = extending.pending_of(item)
    return pending if pending is not None and pending.state == "ext_draft" else None


def note_oral(viewer: Viewer, item: Item, call: SpokenRequest | None, intent: Intent) -> None:
    """SPEC §2.9: of level 1 the office writes down who asked the leader by telephone, and when."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("note_oral_extension",), item):
        return
    at = call.at if call is not None else viewer.moment.instant
    extension = _new(viewer, item, at)

    def effect() -> dict[str, Any]:
        if call is None:
            raise ValueError("the guards ask for the call")
        extension.oral_at, extension.written_until = at, extending.written_until(item, at)
        extension.oral_by_id, extension.oral_leader_id = call.person_id, call.leader_id
        return {
            "spoken": {
                "person_id": call.person_id,
                "leader_id": call.leader_id,
                "at": at.isoformat(),
            }
        }

    workflow.perform(
        viewer,
        "note_oral_extension",
        item,
        intent,
        subject=extension,
        values={"call": call},
        effect=effect,
    )
    db.session.commit()


def agree(viewer: Viewer, item: Item, act: str, extension: Extension, intent: Intent) -> None:
    """Sign the box that `act` signs; with the last one the day moves, or the item ends."""
    intent = replace(intent, opinion=intent.opinion or AGREED)
    workflow.perform(viewer, act, item, intent, subject=extension)
    db.session.commit()


def refuse(viewer: Viewer, item: Item, extension: Extension, intent: Intent) -> None:
    """不同意, with a reason; the old day stands and lateness counts from it."""
    workflow.perform(viewer, "refuse_extension", item, intent, subject=extension)
    db.session.commit()


def withdraw(viewer: Viewer, item: Item, extension: Extension, intent: Intent) -> None:
    """撤回 by the unit's head, until 党政办 has it."""
    workflow.perform(viewer, "withdraw_extension", item, intent, subject=extension)
    db.session.commit()


def _new(viewer: Viewer, item: Item, at: datetime) -> Extension:
    terms = extending.terms_of(item)
    last = db.session.scalar(select(func.max(Extension.seq)).where(Extension.item_id == item.id))
    extension = Extension(
        item_id=item.id,
        seq=(last or 0) + 1,
        kind="extend",
        state="ext_draft",
        salt=salted("")[0],
        due_before=terms.due,
        granted=terms.granted,
        applied_by_id=viewer.person_id,
        applied_at=at,
        cutoff=terms.cutoff,
        timely=terms.timely(at),
    )
    db.session.add(extension)
    db.session.flush()
    return extension


def _write(
    viewer: Viewer,
    item: Item,
    extension: Extension,
    asked: Asked,
    at: datetime | None = None,
    by_id: int | None = None,
) -> None:
    """`at` and `by_id`: of which moment and from whom it is, where somebody else types it in."""
    if viewer.person_id is None:
        raise ValueError("the clock asks for nothing")
    terms, written = extending.terms_of(item), at or viewer.moment.instant
    called = extension.oral_at
    if called is not None and extension.written_until is not None:
        extension.applied_at = called if written <= extension.written_until else written
    extension.kind = asked.kind
    extension.reason, extension.progress = asked.reason, asked.progress
    extension.late_ground = asked.late_ground
    extension.of_superior = asked.kind == "extend" and asked.named_by == "superior"
    extension.due_before, extension.granted = terms.due, terms.granted
    extension.cutoff, extension.timely = terms.cutoff, terms.timely(extension.applied_at)
    extension.applied_by_id = by_id or viewer.person_id
    if asked.kind == "extend":
        extension.asked_due = _day(item, asked)
        if asked.days is not None and asked.new_due is None:
            extension.asked_days = asked.days


def _day(item: Item, asked: Asked) -> date | None:
    try:
        return extending.asked_day(item, days=asked.days, explicit=asked.new_due)
    except DeadlineError:  # no later than the day that holds: the guard says so
        return asked.new_due


def _send(
    viewer: Viewer,
    act: str,
    item: Item,
    extension: Extension,
    asked: Asked,
    intent: Intent,
    declared: bool,
    files: Sequence[Sound],
    entry: Entry | None = None,
) -> None:
    def effect() -> dict[str, Any]:
        kept = keep(viewer, item, files, "extension", unit_id=item.lead_unit_id, of=extension)
        if entry is not None:
            values["scan_id"] = kept[0]
        text = f"{extension.reason}\n{extension.progress}"
        due = extension.asked_due
        return {
            "attachment_ids": kept,
            "extension": {"text": extension.id, "digest": salted_with(extension.salt, text)},
            "asked": due.isoformat() if due and extension.kind == "extend" else extension.kind,
            "timely": extension.timely,
            **({} if entry is None else entry.facts()),
        }

    values: dict[str, Any] = {
        "declared": declared,
        "reason": asked.reason,
        "progress": asked.progress,
        "named_by": asked.named_by,
        "files": len(files),
    }
    if entry is not None:  # the sheet itself proves nothing
        proofs = max(len(files) - 1, 0)
        values = entry.values(len(files), **{**values, "files": proofs})
    workflow.perform(viewer, act, item, intent, subject=extension, values=values, effect=effect)
    db.session.commit()
