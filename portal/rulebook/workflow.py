"""第十二至十九条: doing one act.

`perform` is the only writer of any `state` column. It locks the item, finds the rule,
checks role and conditions, moves the state, and writes exactly one event.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.errors import NotFound, NotOffered, Stale
from portal.extensions import db
from portal.models import (
    Approval,
    ApprovalSlot,
    Event,
    Item,
    ItemUnit,
    Opinion,
    Person,
)
from portal.rulebook import approvals, policy
from portal.rulebook.chains import CHAINS
from portal.rulebook.guards import Situation
from portal.rulebook.lights import is_waiting
from portal.rulebook.offers import capacities_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Capacity, Moment, holders
from portal.rulebook.rules import BY_ACT, Rule
from portal.rulebook.scope import Viewer, readers_of, visible

Effect = Callable[[], Mapping[str, Any] | None]
CLOSING = CHAINS["closing"]
SPENT = "表单已失效，请刷新页面后重新填写。"
WAITING_CLOSING = (*(step.state for step in CLOSING.steps[1:]), CLOSING.agreed)
"""Handed in by the head and waiting for others."""


@dataclass(frozen=True)
class Intent:
    """What the person sent: the version seen (None: not shown one), the act's own key, a text."""

    seen: int | None
    key: uuid.UUID
    opinion: str = ""

    def also(self, act: str) -> Intent:
        """The intent of a second act in the same form, with a key of its own."""
        return Intent(None, uuid.uuid5(self.key, act), "")


def salted(text: str) -> tuple[str, str]:
    """A fresh salt and the salted digest of a text, both hexadecimal."""
    salt = secrets.token_hex(16)
    return salt, hashlib.sha256((salt + text).encode()).hexdigest()


def create(viewer: Viewer, item: Item, intent: Intent) -> Event:
    """第十二条: a first draft. Adds the item, its readers and the event; raises Unmet.

    The same intent sent twice gives the first event again.
    """
    # The same form may arrive several times at once, and there is no item yet to wait for.
    db.session.execute(select(func.pg_advisory_xact_lock(intent.key.int & (2**63 - 1))))
    earlier = done_before(viewer, intent, ("create",))
    if earlier is not None:
        return earlier
    rule = BY_ACT["create"]
    held = capacities_of(viewer, rule.by, item, item.lead_unit_id)
    if not held:
        raise not_ones_unit()
    item.state, item.state_since = "draft", viewer.moment.instant
    item.readers = readers_of(item)
    db.session.add(item)
    db.session.flush()
    return _record(viewer, rule, item, None, intent, held[0], None, None, {})


def not_ones_unit() -> Unmet:
    """第十二条: a unit drafts for itself; only 党政办 drafts for others."""
    said = "您只能为本单位牵头的事项拟稿。"
    return Unmet(said, article=BY_ACT["create"].article, fields={"lead_unit": said})


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
    earlier = done_before(viewer, intent, (act,), item)
    if earlier is not None:
        return earlier
    if intent.seen is not None and intent.seen != item.version:
        raise _stale(item, intent)
    if subject is not None:
        db.session.flush()
        db.session.refresh(subject, with_for_update=True)
    _check_state(rule, item, subject)
    slot, capacity = _turn(viewer, rule, item, subject)
    situation = Situation(
        item, subject, viewer.person_id, viewer.moment, values or {}, intent.opinion
    )
    for guard in rule.needs:
        guard(situation)
    before = item.state if subject is None else getattr(subject, "state", None)
    opinion = _keep(item, intent.opinion)
    facts = dict((effect() if effect else None) or {})
    decision = Decided(rule, viewer.person_id, capacity, slot, opinion, viewer.moment)
    state = _next_state(decision, item, subject, values or {}, facts)
    _settle(item, state, viewer.moment)
    after = item.state if subject is None else getattr(subject, "state", None)
    event = _record(
        viewer, rule, item, subject, intent, capacity, before, after, facts, opinion=opinion
    )
    _share(item)
    return event


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


def done_before(
    viewer: Viewer, intent: Intent, acts: Collection[str], item: Item | None = None
) -> Event | None:
    """The event of the same form sent before by the same person; call it with the item locked.

    NotOffered if the key belongs to another act, item or person.
    """
    earlier = db.session.scalars(select(Event).where(Event.key == intent.key)).one_or_none()
    if earlier is None:
        return None
    same = earlier.act in acts and earlier.actor_id == viewer.person_id
    if not same or (item is not None and earlier.item_id != item.id):
        raise NotOffered(SPENT)
    return earlier


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
    held = capacities_of(viewer, rule.by, item, getattr(subject, "unit_id", None))
    if rule.step:
        for slot in approvals.open_slots(item, rule.step):
            for capacity in held:
                if capacity.role == slot.role:
                    return slot, capacity
    elif held:
        return None, held[0]
    raise NotOffered(f"“{rule.label}”不由您办理。", article=rule.article)


def _keep(item: Item, text: str) -> Opinion | None:
    if not text:
        return None
    salt, _digest = salted(text)
    opinion = Opinion(item_id=item.id, body=text, salt=salt)
    db.session.add(opinion)
    db.session.flush()
    return opinion


@dataclass(frozen=True)
class Decided:
    """Who decides what, in which box, with which words."""

    rule: Rule
    person_id: int
    capacity: Capacity
    slot: ApprovalSlot | None
    opinion: Opinion | None
    moment: Moment

    @property
    def opinion_id(self) -> int | None:
        """The row of the words, if there are any."""
        return self.opinion.id if self.opinion else None

    def sign(self, slot: ApprovalSlot) -> list[str]:
        """Sign this box; the steps whose boxes it fills as well."""
        return approvals.sign_slot(
            slot, self.capacity, self.person_id, self.opinion_id, self.moment
        )


def _next_state(
    decided: Decided, item: Item, subject: Any, values: Mapping[str, Any], facts: dict[str, Any]
) -> str:
    """Move the approval or the part; the state the item takes."""
    rule = decided.rule
    if rule.chain:
        return _open(decided, item, facts)
    if rule.decides == "return":
        return _return(decided, item, values, facts)
    if rule.decides in ("refuse", "withdraw"):
        return _end(decided, item)
    if decided.slot is not None:
        merged = decided.sign(decided.slot)
        if merged:
            facts["fills"] = merged
        approval = db.session.get_one(Approval, decided.slot.approval_id)
        return approvals.advance(approval, decided.moment)
    if rule.shares:
        for share in db.session.scalars(select(ItemUnit).where(ItemUnit.item_id == item.id)):
            share.state = rule.shares
    if rule.target is None:
        return item.state
    if subject is None:
        return rule.target
    subject.state = rule.target
    return rule.carries if rule.carries and subject.role == "lead" else item.state


def _open(decided: Decided, item: Item, facts: dict[str, Any]) -> str:
    item.form_version += 1
    rule = decided.rule
    approval = approvals.open_chain(rule.chain, item, decided.moment, rule.begins)
    state = approvals.advance(approval, decided.moment)
    # Who hands in as the first signer has signed: no second click for the same decision.
    for first in approvals.open_slots(item, _step_in(approval, state)):
        if first.role == decided.capacity.role:
            decided.sign(first)
            facts["signed"] = first.step
            state = approvals.advance(approval, decided.moment)
    return state


def _return(decided: Decided, item: Item, values: Mapping[str, Any], facts: dict[str, Any]) -> str:
    slot = decided.slot
    if slot is not None and values.get("to_previous"):
        facts["to_previous"] = True
        return approvals.step_back(slot, decided.moment)
    approvals.end(approvals.latest(item, "initiation"), "returned", decided.moment)
    return decided.rule.target or item.state


def _end(decided: Decided, item: Item) -> str:
    if decided.slot is not None:
        approvals.refuse_slot(
            decided.slot,
            decided.capacity,
            decided.person_id,
            decided.opinion_id,
            decided.moment,
        )
    ended = "refused" if decided.rule.decides == "refuse" else "withdrawn"
    approvals.end(approvals.latest(item, "initiation"), ended, decided.moment)
    return decided.rule.target or item.state


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


def _share(item: Item) -> None:
    """Store who may know of the item now; after the event, whose actor has taken part.

    Not a change of the item itself, so its version stays: nobody's open page grows stale by it.
    """
    readers = readers_of(item)
    if readers != item.readers:
        stored = update(Item).where(Item.id == item.id).values(readers=readers)
        db.session.execute(stored, execution_options={"synchronize_session": False})
        db.session.refresh(item, ["readers"])


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
    try:
        db.session.flush()
    except IntegrityError as taken:
        if "uq_event_key" not in str(taken.orig):
            raise
        # The key's act is one this person may not know of, such as a draft since deleted.
        db.session.rollback()
        raise NotOffered(SPENT) from taken
    return event


def _digest(opinion: Opinion | None) -> str | None:
    if opinion is None:
        return None
    return hashlib.sha256((opinion.salt + opinion.body).encode()).hexdigest()


def label_of_act(act: str) -> str:
    """The act's label, letter for letter from the table."""
    return BY_ACT[act].label


def article_of_act(act: str) -> str:
    """The article by which an act is done, e.g. 「16(3)」."""
    return BY_ACT[act].article
