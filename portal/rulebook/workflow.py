"""第十二至十九条: what is offered to a person, what waits, and doing one act.

`perform` is the only writer of any `state` column. It locks the item, finds the rule,
checks role and conditions, moves the state, and writes exactly one event.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, or_, select, union_all

from portal.errors import NotFound, NotOffered, Stale
from portal.extensions import db
from portal.models import (
    Approval,
    ApprovalSlot,
    ArchiveRecord,
    Event,
    Feedback,
    Item,
    ItemUnit,
    Opinion,
    Person,
)
from portal.rulebook import approvals, policy
from portal.rulebook.chains import CHAINS
from portal.rulebook.guards import Situation
from portal.rulebook.lights import is_waiting
from portal.rulebook.roles import Capacity, Moment, Role, capacities, holders, holds
from portal.rulebook.rules import BY_ACT, RULES, Rule
from portal.rulebook.scope import Viewer, readers_of, visible

Effect = Callable[[], Mapping[str, Any] | None]
Act = Rule
"""A row of the table of acts, for the pages that show it and may not import the table."""
CLOSING = CHAINS["closing"]
WAITING_CLOSING = (*(step.state for step in CLOSING.steps[1:]), CLOSING.agreed)
"""Handed in by the head and waiting for others."""
PARTS: dict[str, Any] = {
    "item_unit": ItemUnit,
    "feedback": Feedback,
    "archive_record": ArchiveRecord,
}


@dataclass(frozen=True)
class Intent:
    """What the person sent: the version seen (None: not shown one), the act's own key, a text."""

    seen: int | None
    key: uuid.UUID
    opinion: str = ""

    def also(self, act: str) -> Intent:
        """The intent of a second act in the same form, with a key of its own."""
        return Intent(None, uuid.uuid5(self.key, act), "")


@dataclass(frozen=True)
class Offer:
    """An act this person may do now, in which capacities, and on which part."""

    rule: Rule
    capacities: tuple[Capacity, ...]
    subject: Any = None

    @property
    def act(self) -> str:
        """The act's identifier in the table."""
        return self.rule.act


class Waiting(NamedTuple):
    """One row of 待办: an act that waits for the person, on which item, since when."""

    act: str
    item_id: int
    since: datetime

    @property
    def word(self) -> str:
        """What is to be done, e.g. 「审签」."""
        return BY_ACT[self.act].waits


def salted(text: str) -> tuple[str, str]:
    """A fresh salt and the salted digest of a text, both hexadecimal."""
    salt = secrets.token_hex(16)
    return salt, hashlib.sha256((salt + text).encode()).hexdigest()


# Doing


def create(viewer: Viewer, item: Item, intent: Intent) -> Event:
    """第十二条: a first draft. Adds the item, its readers and the event; raises NotOffered.

    The same intent sent twice gives the first event again.
    """
    earlier = event_of(intent.key)
    if earlier is not None:
        return earlier
    rule = BY_ACT["create"]
    unit = item.drafter_unit_id or item.lead_unit_id
    held = _held(viewer, rule.by, item, unit)
    if not held:
        raise NotOffered("您没有拟稿的权限。", article=rule.article)
    item.state, item.state_since = "draft", viewer.moment.instant
    item.readers = readers_of(item)
    db.session.add(item)
    db.session.flush()
    return _record(viewer, rule, item, None, intent, held[0], None, None, {})


def perform(
    viewer: Viewer,
    act: str,
    item: Item,
    intent: Intent,
    *,
    subject: Any = None,
    values: Mapping[str, Any] | None = None,
    effect: Effect | None = None,
) -> Event:
    """Do one act; returns its event (the first one again when the same intent comes twice).

    `effect` changes what the act is about, after every check and before the event; what it
    returns is kept as the event's facts. Raises Stale, NotOffered, Unmet.
    """
    rule = BY_ACT[act]
    lock(viewer, item)
    earlier = event_of(intent.key)
    if earlier is not None:
        return earlier
    if intent.seen is not None and intent.seen != item.version:
        raise _stale(item, intent)
    if subject is not None:
        db.session.flush()
        db.session.refresh(subject, with_for_update=True)
    _check_state(rule, item, subject)
    slot, capacity = _turn(viewer, rule, item, subject)
    situation = Situation(item, subject, viewer.person_id, viewer.moment, values or {})
    for guard in rule.needs:
        guard(situation)
    before = item.state if subject is None else getattr(subject, "state", None)
    opinion = _keep(item, intent.opinion)
    facts = dict((effect() if effect else None) or {})
    _move(viewer, rule, item, subject, slot, capacity, opinion, facts)
    after = item.state if subject is None else getattr(subject, "state", None)
    return _record(
        viewer, rule, item, subject, intent, capacity, before, after, facts, opinion=opinion
    )


def lock(viewer: Viewer, item: Item) -> None:
    """Hold the item until the transaction ends; NotFound if the viewer may not know of it."""
    locked = db.session.scalars(
        visible(viewer, Item)
        .where(Item.id == item.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if locked is None:
        raise NotFound


def event_of(key: uuid.UUID) -> Event | None:
    """The event of an act that was already done with this key."""
    return db.session.scalars(select(Event).where(Event.key == key)).one_or_none()


def _stale(item: Item, intent: Intent) -> Stale:
    """Who did what since the person opened the page."""
    row = db.session.execute(
        select(Event.act, Event.at, Person.name)
        .outerjoin(Person, Person.id == Event.actor_id)
        .where(Event.item_id == item.id)
        .order_by(Event.id.desc())
        .limit(1)
    ).one()
    what = f"办理了“{BY_ACT[row.act].label}”"
    return Stale(who=row.name or "系统", what=what, when=row.at, kept_text=intent.opinion)


def _check_state(rule: Rule, item: Item, subject: Any) -> None:
    moved = item if subject is None else subject
    right = rule.machine == ("item" if subject is None else subject.__tablename__)
    in_source = not rule.source or getattr(moved, "state", None) in rule.source
    in_time = not rule.during or item.state in rule.during
    if not (right and in_source and in_time):
        state = policy.CURRENT.state(item.state).label
        raise NotOffered(f"本事项当前为“{state}”，不能办理“{rule.label}”。", article=rule.article)


def _turn(
    viewer: Viewer, rule: Rule, item: Item, subject: Any
) -> tuple[ApprovalSlot | None, Capacity]:
    held = _held(viewer, rule.by, item, getattr(subject, "unit_id", None))
    if rule.step:
        for slot in approvals.open_slots(item, rule.step):
            for capacity in held:
                if capacity.role == slot.role:
                    return slot, capacity
    elif held:
        return None, held[0]
    raise NotOffered(f"“{rule.label}”不由您办理。", article=rule.article)


def _held(viewer: Viewer, by: tuple[Role, ...], item: Item, unit: Any) -> list[Capacity]:
    """The capacities among `by`, direct ones first."""
    row = db.session.execute(
        capacities(viewer.person_id, viewer.moment, roles=list(by), item=item, unit=unit)
    ).one()
    direct = [Capacity(role, None) for role in by if row._mapping[role.value]]
    lent = [
        Capacity(role, row._mapping[f"{role.value}_for"])
        for role in by
        if row._mapping[f"{role.value}_for"] is not None
    ]
    return direct + lent


def _keep(item: Item, text: str) -> Opinion | None:
    if not text:
        return None
    salt, _digest = salted(text)
    opinion = Opinion(item_id=item.id, body=text, salt=salt)
    db.session.add(opinion)
    db.session.flush()
    return opinion


def _move(
    viewer: Viewer,
    rule: Rule,
    item: Item,
    subject: Any,
    slot: ApprovalSlot | None,
    capacity: Capacity,
    opinion: Opinion | None,
    facts: dict[str, Any],
) -> None:
    moment = viewer.moment
    opinion_id = opinion.id if opinion else None
    state = item.state
    if rule.chain:
        item.form_version += 1
        approval = approvals.open_chain(rule.chain, item, moment)
        state = approvals.advance(approval, moment)
        # Who hands in as the first signer has signed: no second click for the same decision.
        for first in approvals.open_slots(item, _step_in(approval, state)):
            if first.role == capacity.role:
                approvals.sign_slot(first, capacity, viewer.person_id, opinion_id, moment)
                facts["signed"] = first.step
                state = approvals.advance(approval, moment)
    elif slot is not None:
        merged = approvals.sign_slot(slot, capacity, viewer.person_id, opinion_id, moment)
        if merged:
            facts["fills"] = merged
        approval = db.session.get_one(Approval, slot.approval_id)
        state = approvals.advance(approval, moment)
    elif rule.target is not None and subject is None:
        state = rule.target
    elif rule.target is not None:
        subject.state = rule.target
        if rule.carries and subject.role == "lead":
            state = rule.carries
    _settle(item, state, moment)


def _step_in(approval: Approval, state: str) -> str:
    for step in CHAINS[approval.chain].steps:
        if step.state == state:
            return step.step
    return ""


def _settle(item: Item, state: str, moment: Moment) -> None:
    """The item's state, and what is stored because of it: since when, lit or not, readers."""
    if item.state != state:
        item.state, item.state_since = state, moment.instant
    item.lit = policy.CURRENT.state(state).lit and item.red_from is not None
    if state in WAITING_CLOSING and not item.blue:
        item.blue = is_waiting(item.due, moment.day, handed_in_on=moment.day)
    elif state not in WAITING_CLOSING:
        item.blue = False
    db.session.flush()
    readers = readers_of(item)
    if readers != item.readers:
        item.readers = readers
        db.session.flush()


def _record(
    viewer: Viewer,
    rule: Rule,
    item: Item,
    subject: Any,
    intent: Intent,
    capacity: Capacity,
    before: str | None,
    after: str | None,
    facts: Mapping[str, Any],
    *,
    opinion: Opinion | None = None,
) -> Event:
    told = {
        person_id
        for role in rule.tells
        for person_id in db.session.scalars(
            holders(role, viewer.moment, item=item, unit=getattr(subject, "unit_id", None))
        )
    }
    event = Event(
        item_id=item.id,
        key=intent.key,
        act=rule.act,
        at=viewer.moment.instant,
        day=viewer.moment.day,
        actor_id=viewer.person_id,
        acting_as=capacity.role.value,
        on_behalf_of_id=capacity.on_behalf_of_id,
        subject=rule.machine,
        subject_id=subject.id if subject is not None else None,
        from_state=before,
        to_state=item.state if subject is None else after,
        form_version=item.form_version,
        item_version=item.version,
        opinion_id=opinion.id if opinion else None,
        digest=_digest(opinion),
        facts=dict(facts),
        tells=sorted(told - {viewer.person_id}),
    )
    db.session.add(event)
    db.session.flush()
    return event


def _digest(opinion: Opinion | None) -> str | None:
    if opinion is None:
        return None
    return hashlib.sha256((opinion.salt + opinion.body).encode()).hexdigest()


# Offering


def offered(viewer: Viewer, item: Item) -> list[Offer]:
    """The acts this person may do on this item now, in the order of the table."""
    offers: list[Offer] = []
    for rule in RULES:
        if rule.act == "create" or (rule.during and item.state not in rule.during):
            continue
        if rule.machine == "item":
            if item.state in rule.source:
                offers.extend(_offer(viewer, rule, item, None))
        else:
            for subject in _subjects(rule, item):
                offers.extend(_offer(viewer, rule, item, subject))
    return offers


def may_begin(viewer: Viewer, item: Item, *acts: str) -> bool:
    """Whether the person may begin a part (a report) on which one of these acts is done."""
    rules = [BY_ACT[act] for act in acts]
    return any(
        item.state in rule.during and bool(_held(viewer, rule.by, item, None)) for rule in rules
    )


def table() -> tuple[Rule, ...]:
    """The table of acts, for the page that shows it to people."""
    return RULES


def _subjects(rule: Rule, item: Item) -> list[Any]:
    part = PARTS[rule.machine]
    query = select(part).where(part.item_id == item.id).order_by(part.id)
    if rule.source:
        query = query.where(part.state.in_(rule.source))
    if rule.only is not None:
        query = query.where(rule.only(part))
    return list(db.session.scalars(query))


def _offer(viewer: Viewer, rule: Rule, item: Item, subject: Any) -> list[Offer]:
    held = _held(viewer, rule.by, item, getattr(subject, "unit_id", None))
    if rule.step:
        open_roles = {
            slot.role
            for slot in db.session.scalars(
                select(ApprovalSlot).where(
                    ApprovalSlot.item_id == item.id,
                    ApprovalSlot.step == rule.step,
                    ApprovalSlot.state == "open",
                )
            )
        }
        held = [capacity for capacity in held if capacity.role.value in open_roles]
    return [Offer(rule, tuple(held), subject)] if held else []


# Waiting


def tray(viewer: Viewer) -> Select[str, int, datetime]:
    """待办 as a query: act, item_id, since — one row an act that waits for this person."""
    rows = union_all(*(_waiting(viewer, rule) for rule in RULES if rule.waits)).subquery()
    return select(rows.c.act, rows.c.item_id, rows.c.since)


def waiting(viewer: Viewer) -> list[Waiting]:
    """What waits for this person, longest first."""
    rows = db.session.execute(tray(viewer).order_by("since", "item_id"))
    return [Waiting(row.act, row.item_id, row.since) for row in rows]


def count_waiting(viewer: Viewer) -> int:
    """How many acts wait for this person."""
    return db.session.scalar(select(func.count()).select_from(tray(viewer).subquery())) or 0


def _waiting(viewer: Viewer, rule: Rule) -> Select[str, int, datetime]:
    part = PARTS.get(rule.machine)
    unit = getattr(part, "unit_id", None) if part is not None else None
    roles = rule.waits_for or rule.by
    query = select(
        cast(literal(rule.act), String).label("act"),
        Item.id.label("item_id"),
        Item.state_since.label("since"),
    ).select_from(Item)
    if part is None:
        query = query.where(Item.state.in_(rule.source))
    else:
        query = query.join(part, part.item_id == Item.id)
        if rule.source:
            query = query.where(part.state.in_(rule.source))
    if rule.during:
        query = query.where(Item.state.in_(rule.during))
    if rule.only is not None:
        query = query.where(rule.only(part or Item))
    return query.where(or_(*(_turn_of(viewer, rule, role, unit) for role in roles)))


def _turn_of(viewer: Viewer, rule: Rule, role: Role, unit: Any) -> ColumnElement[bool]:
    holding = holds(role, viewer.person_id, viewer.moment, item=Item, unit=unit)
    if not rule.step:
        return holding
    is_open = (
        select(ApprovalSlot.id)
        .where(
            ApprovalSlot.item_id == Item.id,
            ApprovalSlot.step == rule.step,
            ApprovalSlot.role == role.value,
            ApprovalSlot.state == "open",
        )
        .exists()
    )
    return is_open & holding


def label_of_act(act: str) -> str:
    """The act's label, letter for letter from the table."""
    return BY_ACT[act].label


def article_of_act(act: str) -> str:
    """The article by which an act is done, e.g. 「16(3)」."""
    return BY_ACT[act].article
