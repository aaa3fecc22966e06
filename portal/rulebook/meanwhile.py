"""What was done on an item since a person looked at it, as far as that person may know of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from portal.errors import Done
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Event, Item, Opinion, Person
from portal.rulebook.delegating import in_the_name_of
from portal.rulebook.rule_shapes import Rule
from portal.rulebook.rules import BY_ACT
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.standing import LIST_ACTS, sees_list

CLOCK = "系统"


def since(viewer: Viewer, item: Item, version: int) -> tuple[Done, ...]:
    """The acts that made of this version the present one, oldest first."""
    acts = visible(viewer, Event).where(Event.item_id == item.id, Event.item_version > version)
    return _done(viewer, item, acts.order_by(Event.id))


def moved_on(viewer: Viewer, rule: Rule, item: Item, subject: Any) -> tuple[Done, ...]:
    """The act that took the item, or its part, out of the state in which `rule` starts; empty if
    it was never there."""
    left = Event.from_state.in_(rule.source) & Event.from_state.is_distinct_from(Event.to_state)
    return _done(viewer, item, _latest(viewer, rule, item, subject).where(left))


def signed_first(viewer: Viewer, rule: Rule, item: Item, subject: Any) -> tuple[Done, ...]:
    """The signature that somebody else has put into this step of the approval that runs."""
    opened = (
        select(Approval.opened_at)
        .join(ApprovalSlot, ApprovalSlot.approval_id == Approval.id)
        .where(
            Approval.item_id == item.id, Approval.state == "open", ApprovalSlot.step == rule.step
        )
        .limit(1)
        .scalar_subquery()
    )
    mine = _latest(viewer, rule, item, subject).where(Event.act == rule.act, Event.at >= opened)
    return _done(viewer, item, mine)


def _latest(viewer: Viewer, rule: Rule, item: Item, subject: Any) -> Select[Event]:
    return (
        visible(viewer, Event)
        .where(
            Event.item_id == item.id,
            Event.subject == rule.machine,
            Event.subject_id.is_not_distinct_from(None if subject is None else subject.id),
        )
        .order_by(Event.id.desc())
        .limit(1)
    )


def _done(viewer: Viewer, item: Item, events: Select[Event]) -> tuple[Done, ...]:
    """The events in words; who is on a list is for those who see the list, here as on the page."""
    if not sees_list(viewer, item):
        events = events.where(Event.act.not_in(LIST_ACTS))
    giver = aliased(Person)
    rows = db.session.execute(
        events.add_columns(Person.name, giver.name.label("giver"), Opinion.body)
        .outerjoin(Person, Person.id == Event.actor_id)
        .outerjoin(giver, giver.id == Event.on_behalf_of_id)
        .outerjoin(Opinion, Opinion.id == Event.opinion_id)
    )
    return tuple(
        Done(
            (row.name or CLOCK) + in_the_name_of(row.Event.acting_as, row.giver or ""),
            BY_ACT[row.Event.act].label,
            row.Event.at,
            row.body or "",
        )
        for row in rows
    )
