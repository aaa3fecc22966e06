"""What is changed of a filed item once everyone has agreed (SPEC §2.2 T18, T36–T38).

作废, 调整承办单位 (第八条), 调整事项要素 (第十九条), 恢复督办 (第十六条（六）). `placing` calls
`apply` when the last box is signed, on screen or on paper; the values are those of `Change.values`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, update

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import (
    Approval,
    ApprovalSlot,
    ArchiveRecord,
    Change,
    Closure,
    Feedback,
    Item,
    ItemMember,
    ItemUnit,
    Portfolio,
)
from portal.rulebook import (
    deadline_changes,
    deadlines,
    knowledge,
    policy,
    replanning,
    stored_lights,
    working_calendar,
)
from portal.rulebook.chains import RUNNING
from portal.rulebook.roles import Moment, in_force

DAY = timedelta(days=1)
DATES = frozenset(
    {"due_effective", "due_reset", "supplement_due", "deadline_date", "closed_on", "archived_on"}
)
PLANNED = frozenset({"level", "due_effective"})
"""Changing one of these changes the instalments and the lights."""


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a change keeps them: days as ISO text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def read(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same back again."""
    return {
        name: date.fromisoformat(value) if name in DATES and value else value
        for name, value in values.items()
    }


def present(item: Item, names: Iterable[str]) -> dict[str, Any]:
    """What the item holds now of the named values."""
    return {
        name: co_units(item) if name == "co_unit_ids" else getattr(item, name) for name in names
    }


def co_units(item: Item) -> list[int]:
    """The item's co-units now, by id."""
    return sorted(
        db.session.scalars(
            select(ItemUnit.unit_id).where(ItemUnit.item_id == item.id, ItemUnit.role == "co")
        )
    )


def as_filed(item: Item) -> dict[str, Any]:
    """The values annex 1 was signed with, as far as they were changed since (frozen at filing)."""
    filed: dict[str, Any] = {}
    changes = db.session.scalars(
        select(Change)
        .where(
            Change.item_id == item.id,
            Change.state == "agreed",
            Change.kind.in_(("reassign", "adjust")),
        )
        .order_by(Change.ended_at.desc(), Change.id.desc())
    )
    for change in changes:
        filed.update(read(change.before))
    return filed


def apply(item: Item, change: Change, moment: Moment) -> dict[str, Any]:
    """Change the item as all have agreed; what the event keeps of it."""
    values = read(change.values)
    replaced = {*values, "due_effective"} if change.kind == "reset" else values
    change.before = stored(present(item, replaced))
    _APPLY[change.kind](item, change, values, moment)
    db.session.flush()
    due = values.get("due_effective")
    return {"due": due.isoformat()} if due else {}


def _void(item: Item, _change: Change, _values: Mapping[str, Any], moment: Moment) -> None:
    """Nothing waits for a signature any more; the number stays used (SPEC §4 rule 4)."""
    end_runs(item, moment)


def end_runs(item: Item, moment: Moment) -> None:
    """Every running approval of the item ends: nothing waits for a signature any more."""
    runs = db.session.scalars(
        select(Approval).where(Approval.item_id == item.id, Approval.state == "open")
    ).all()
    for run in runs:
        run.state, run.ended_at = "withdrawn", moment.instant
    db.session.execute(
        update(ApprovalSlot)
        .where(ApprovalSlot.item_id == item.id, ApprovalSlot.state == "open")
        .values(state="waiting"),
        execution_options={"synchronize_session": "fetch"},
    )


def _reassign(item: Item, _change: Change, values: Mapping[str, Any], moment: Moment) -> None:
    """第八条: other units; the item waits for its new notice, its due day stays unless re-set."""
    lead, co = values["lead_unit_id"], values["co_unit_ids"]
    _set_shares(item, {lead: "lead", **dict.fromkeys(co, "co")})
    _set_columns(item, values)
    _show_due(item)
    if item.classification == "sensitive":
        knowledge.extend(item, moment, None)


def leader_of(unit_id: int, day: date) -> int | None:
    """第四条: the school leader in charge of a unit on a day."""
    return db.session.scalar(
        select(Portfolio.leader_id).where(Portfolio.unit_id == unit_id, in_force(Portfolio, day))
    )


def _set_shares(item: Item, wanted: Mapping[int, str]) -> None:
    shares = {
        share.unit_id: share
        for share in db.session.scalars(select(ItemUnit).where(ItemUnit.item_id == item.id))
    }
    for share in shares.values():  # one lead at a time: the old one goes first
        if share.role == "lead":
            share.role = "former"
    db.session.flush()
    for unit_id, share in shares.items():
        _begin_again(share, wanted.get(unit_id, "former"))
    db.session.add_all(
        ItemUnit(item_id=item.id, unit_id=unit_id, role=role, state="named")
        for unit_id, role in wanted.items()
        if unit_id not in shares
    )
    db.session.flush()
    _set_members(item, wanted)
    _release_reports(item, wanted)


def _begin_again(share: ItemUnit, role: str) -> None:
    """The new notice is signed for by every unit; who received the old one stands in the events."""
    share.role, share.state = role, "named"
    share.received_by_id = share.received_at = share.receipt_by = None
    share.inner_due = share.handed_in_at = share.coordination_since = None
    share.deemed, share.confirmed_by = False, ""


def _set_members(item: Item, wanted: Mapping[int, str]) -> None:
    """Handlers of a unit that stays stay; those of a relieved one keep what they took part in."""
    named = {"lead": "handler", "co": "co_handler"}
    members = db.session.scalars(select(ItemMember).where(ItemMember.item_id == item.id)).all()
    for member in members:
        role = wanted.get(member.unit_id)
        if role is None:
            member.role = "former"
        elif member.role == "former":
            db.session.delete(member)
        elif member.role != "helper":
            member.role = named[role]
    db.session.flush()


def _release_reports(item: Item, wanted: Mapping[int, str]) -> None:
    """A report that waited for the head of a relieved unit waits for nobody any more, and no
    unfinished one answers an instalment of the new plan."""
    db.session.execute(
        update(Feedback)
        .where(
            Feedback.item_id == item.id,
            Feedback.confirmed_at.is_(None),
            Feedback.unit_id.not_in(list(wanted)),
        )
        .values(state="fb_draft", point_id=None),
        execution_options={"synchronize_session": "fetch"},
    )


def _adjust(item: Item, _change: Change, values: Mapping[str, Any], moment: Moment) -> None:
    """第十九条: 动态调整. Lights and instalments are worked out again from the same base."""
    before = policy.of(item.policy_version).level(item.level)
    _set_columns(item, values)
    if item.state in RUNNING and values.keys() & PLANNED:
        _plan_again(item, before, item.due_reset or item.due_effective, moment.day)
    elif item.issued_on is not None:
        _show_due(item)


def _show_due(item: Item) -> None:
    """The day that lists show until the notice goes out again; its plan and lights come with it."""
    item.due = item.due_reset or item.due_effective


def _plan_again(item: Item, before: policy.Level, due: date | None, today: date) -> None:
    edition = policy.of(item.policy_version)
    level, base = edition.level(item.level), stored_lights.counts_from(item)
    if due is not None:
        replanning.plan_on(item, before, replanning.raw_of(item, level, base, due), due, today)
        return
    stored_lights.run_to(item, None, (), ahead=today + DAY)
    replanning.set_inner_dues(item, base)


def _reopen(item: Item, _change: Change, values: Mapping[str, Any], moment: Moment) -> None:
    """第十六条（六）: the item runs again under its number; what was filed stays as history, and a
    closing that a principal has yet to read (简易办结) is read no more."""
    end_runs(item, moment)
    _set_columns(item, values)
    take_up_again(item)
    stored_lights.forgive(item, _done_on(item) + DAY, moment.day)
    db.session.execute(
        update(ArchiveRecord)
        .where(ArchiveRecord.item_id == item.id, ArchiveRecord.superseded_at.is_(None))
        .values(superseded_at=moment.instant),
        execution_options={"synchronize_session": "fetch"},
    )
    due, today = values["due_effective"], moment.day
    level = policy.of(item.policy_version).level(item.level)
    points = deadlines.feedback_points(level, today, due, due, working_calendar.current())
    stored_lights.run_to(item, due, points, ahead=today)


def _done_on(item: Item) -> date:
    """The day of the hand-in accepted last: from then until 恢复督办 no report was owed."""
    query = select(func.max(Closure.completed_on)).where(
        Closure.item_id == item.id, Closure.outcome == "accepted"
    )
    return db.session.scalars(query).one() or date.max - DAY


def take_up_again(item: Item) -> None:
    """Work goes on after a result was refused, or 恢复督办: a co-unit that had handed in its part
    may report again; whether it must, the lead unit says when it applies anew."""
    shares = select(ItemUnit).where(ItemUnit.item_id == item.id, ItemUnit.state == "handed_in")
    for share in db.session.scalars(shares):
        share.state, share.handed_in_at = "received", None


def _reset(item: Item, change: Change, values: Mapping[str, Any], _moment: Moment) -> None:
    """重新确定期限: the new date rules lights and feedback. Refused in time it is also what on time
    is judged by; refused later, the old one is (SPEC §2.10, §3.7)."""
    decided_on = shanghai_day(change.proposed_at)
    if item.due_effective is not None:
        new = deadline_changes.reset(item.due_effective, values["due_reset"], decided_on)
        item.due_effective = new.effective
    item.due_reset = values["due_reset"]
    stored_lights.refresh(item)


def _set_columns(item: Item, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name != "co_unit_ids":
            setattr(item, name, value)


_APPLY = {
    "void": _void,
    "reassign": _reassign,
    "adjust": _adjust,
    "reset": _reset,
    "reopen": _reopen,
}
