"""A returned form: who sent it back and why, and where it goes when it is submitted again
(SPEC §2.3)."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func

from portal.extensions import db
from portal.filters import short_date
from portal.models import Event, Item, Opinion, Person
from portal.rulebook.approvals import label_of
from portal.rulebook.resubmission import asked_back_at, returned
from portal.rulebook.scope import Viewer, visible


class Returned(NamedTuple):
    """By whom, on which day in words, the reason; `straight` is the step whose signer ticked
    「修改后直接送我」, in words, else empty."""

    who: str
    day: str
    reason: str
    straight: str


def returned_note(viewer: Viewer, item: Item) -> Returned | None:
    """What the drafter of a returned form needs to know; None while it is not returned."""
    if item.state != "returned":
        return None
    signer = Event.facts["signer_id"].as_integer()  # on paper: not who typed it in
    found = db.session.execute(
        visible(viewer, Event)
        .with_only_columns(Person.name, Event.day, Opinion.body)
        .join(Person, Person.id == func.coalesce(signer, Event.actor_id))
        .join(Opinion, Opinion.id == Event.opinion_id)
        .where(*returned(item))
        .order_by(Event.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    step, day = asked_back_at(item), short_date(found.day, viewer.moment.day)
    return Returned(found.name, day, found.body, label_of(step) if step else "")
