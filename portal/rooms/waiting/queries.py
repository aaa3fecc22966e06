"""The boxes that wait for a leader's or the office's signature, with the post and the days, and
both clocks of their items. Never counted, published or shown to anybody else (SPEC §2.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from portal.accounts.queries import post_labels
from portal.errors import NotFound
from portal.extensions import db
from portal.item.lines import Line, lines, read_lines
from portal.models import Approval, ApprovalSlot, Item, Person
from portal.rulebook import policy, two_clocks, working_calendar
from portal.rulebook.approvals import label_of
from portal.rulebook.holding import holders
from portal.rulebook.roles import LABELS, Role
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.two_clocks import Clocks, Wait

OF_THE_UNIT = (Role.UNIT_HEAD.value,)
"""A signature of the unit itself is the unit's own time."""
PAGE = 50
READERS = frozenset({Role.OFFICE_STAFF.value, Role.OFFICE_HEAD.value})


class Signer(NamedTuple):
    """Who is asked: name and post."""

    name: str
    post: str


class Held(NamedTuple):
    """One box: which step of which item, since when, so many working days. `long` is 久未签批,
    `remind` that the signer is due a reminder."""

    line: Line
    step: str
    since: datetime
    days: int
    remind: bool
    long: bool
    clocks: Clocks | None


class Group(NamedTuple):
    """What waits for the same people at the same office."""

    role: str
    signers: tuple[Signer, ...]
    rows: tuple[Held, ...]


def must_be_office(viewer: Viewer) -> None:
    """NotFound for everybody but 党政办: waiting times of leaders are nobody else's business."""
    if not viewer.roles & READERS:
        raise NotFound


class Found(NamedTuple):
    """A page of what waits, by who is asked; how many boxes there are in all, the first and the
    last of the page."""

    groups: list[Group]
    page: int
    pages: int
    first: int
    last: int
    total: int


def find(viewer: Viewer, page: int) -> Found:
    """The page asked for, or the last one; what has waited longest comes first."""
    must_be_office(viewer)
    waiting = (
        visible(viewer, ApprovalSlot)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .where(
            ApprovalSlot.state == "open",
            Approval.state == "open",
            ApprovalSlot.role.not_in(OF_THE_UNIT),
        )
    )
    total = db.session.scalar(waiting.with_only_columns(func.count())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(page, pages)
    first = (page - 1) * PAGE
    asked = waiting.order_by(ApprovalSlot.opened_at, ApprovalSlot.id).offset(first).limit(PAGE)
    slots = db.session.scalars(asked).all()
    return Found(_groups(viewer, slots), page, pages, first + 1, first + len(slots), total)


def _groups(viewer: Viewer, slots: Sequence[ApprovalSlot]) -> list[Group]:
    ids = {slot.item_id for slot in slots}
    items = {
        item.id: item for item in db.session.scalars(visible(viewer, Item).where(Item.id.in_(ids)))
    }
    held, clocks = _lines(viewer, ids), clocks_of(viewer, items.values())
    found: dict[tuple[str, tuple[int, ...]], list[Held]] = defaultdict(list)
    asked: dict[tuple[str, int], tuple[int, ...]] = {}  # by role and unit: asked once for each
    for slot in slots:
        if slot.item_id in held and slot.item_id in items:
            item = items[slot.item_id]
            whose = (slot.role, slot.unit_id or item.lead_unit_id)
            if whose not in asked:
                asked[whose] = _asked(viewer, item, slot)
            key = (slot.role, asked[whose])
            found[key].append(_row(viewer, item, slot, held[item.id], clocks.get(item.id)))
    people = {person for _role, ids in found for person in ids}
    named = _named(people, viewer.moment.day)
    return [
        Group(LABELS[Role(role)], tuple(named[id_] for id_ in ids), tuple(rows))
        for (role, ids), rows in found.items()
    ]


def clocks_of(viewer: Viewer, items: Iterable[Item]) -> dict[int, Clocks]:
    """Both clocks of the items that were handed out, by the item's id."""
    running = [item for item in items if item.issued_on is not None]
    waits: dict[int, list[Wait]] = defaultdict(list)
    # What was asked and never signed waited until its run ended: 退回, 撤回, 取消催办.
    asked = (
        visible(viewer, ApprovalSlot)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .add_columns(func.coalesce(ApprovalSlot.decided_at, Approval.ended_at).label("ended_at"))
        .where(
            ApprovalSlot.item_id.in_([item.id for item in running]),
            ApprovalSlot.opened_at.is_not(None),
            ApprovalSlot.role.not_in(OF_THE_UNIT),
        )
    )
    for slot, ended_at in db.session.execute(asked):
        if slot.opened_at is not None:
            waits[slot.item_id].append(Wait(slot.opened_at, ended_at))
    today, calendar = viewer.moment.day, working_calendar.current()
    return {
        item.id: two_clocks.clocks(
            item.issued_on, item.closed_on or today, waits[item.id], viewer.moment.instant, calendar
        )
        for item in running
        if item.issued_on is not None
    }


def _row(viewer: Viewer, item: Item, slot: ApprovalSlot, line: Line, clocks: Clocks | None) -> Held:
    since = slot.opened_at or item.state_since
    edition = policy.of(item.policy_version)
    calendar = working_calendar.current()
    days = two_clocks.waited_days(since, viewer.moment.instant, calendar)
    return Held(
        line,
        label_of(slot.step),
        since,
        days,
        two_clocks.is_silent(item.level, since, viewer.moment.instant, calendar, edition),
        days > edition.limit("approval_overdue"),
        clocks,
    )


def _asked(viewer: Viewer, item: Item, slot: ApprovalSlot) -> tuple[int, ...]:
    asked = holders(Role(slot.role), viewer.moment, item=item, unit=slot.unit_id, directly=True)
    return tuple(asked)


def _lines(viewer: Viewer, ids: Collection[int]) -> dict[int, Line]:
    rows = db.session.execute(lines(viewer).where(Item.id.in_(ids))).all()
    return {line.item_id: line for line in read_lines(rows, viewer.moment.day)}


def _named(ids: Collection[int], day: date) -> dict[int, Signer]:
    posts = post_labels(list(ids), day)
    names = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: Signer(row.name, posts.get(row.id, "")) for row in names}
