"""The event of an act: one row, who did what in which capacity, what it moved, who hears of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import literal, select
from sqlalchemy.exc import IntegrityError

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Delegation, Event, Item, Opinion
from portal.rulebook.kept_texts import digest_of
from portal.rulebook.posting import tell
from portal.rulebook.roles import Capacity
from portal.rulebook.rule_shapes import Rule
from portal.rulebook.scope import Viewer
from portal.rulebook.telling import told

SPENT = "表单已失效，请刷新页面后重新填写。"


class Move(NamedTuple):
    """The states before the act: of what was acted on, and of the item."""

    before: str | None
    item_from: str | None


def record(
    viewer: Viewer,
    rule: Rule,
    item: Item,
    subject: Any,
    key: uuid.UUID,
    capacity: Capacity,
    move: Move,
    facts: Mapping[str, Any],
    opinion: Opinion | None = None,
) -> Event:
    """Write the event of an act that was just done. NotOffered if the key is spent."""
    heard = told(rule, item, subject, facts, viewer.moment)
    event = Event(
        item_id=item.id,
        key=key,
        act=rule.act,
        at=viewer.moment.instant,
        day=viewer.moment.day,
        actor_id=viewer.person_id,
        acting_as=capacity.role.value,
        on_behalf_of_id=capacity.on_behalf_of_id,
        subject=rule.machine,
        subject_id=subject.id if subject is not None else None,
        from_state=move.before,
        to_state=item.state if subject is None else getattr(subject, "state", None),
        item_from=move.item_from,
        item_to=item.state,
        address=viewer.address or None,
        form_version=item.form_version,
        item_version=item.version,
        opinion_id=opinion.id if opinion else None,
        digest=digest_of(opinion) if opinion else None,
        facts=dict(facts) | _lent(viewer, capacity),
        tells=sorted(heard.persons - {viewer.person_id}),
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
    tell(item, event, heard.asks, heard.act, heard.apart)
    return event


def _lent(viewer: Viewer, capacity: Capacity) -> dict[str, Any]:
    """SPEC §1.5: by which delegation somebody acted for somebody."""
    if capacity.on_behalf_of_id is None:
        return {}
    moment = viewer.moment
    lent = (
        select(Delegation.id)
        .where(
            Delegation.from_id == capacity.on_behalf_of_id,
            Delegation.to_id == viewer.person_id,
            Delegation.starts_at <= moment.instant,
            Delegation.ends_at > moment.instant,
            Delegation.revoked_at.is_(None),
            literal(capacity.role.value) == Delegation.roles.any_(),
        )
        .order_by(Delegation.id)
        .limit(1)
    )
    return {"delegation": db.session.scalars(lent).one_or_none()}
