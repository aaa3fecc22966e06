"""Whoever acts in the sample's history: the person's eyes at the act's moment, and the rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import inspect, select

from portal.clock import Clock
from portal.demo import sample
from portal.demo.history.act import Act
from portal.extensions import db
from portal.models import Feedback, FeedbackPoint, Item, ItemUnit, Person, Unit
from portal.models.item import Part
from portal.rulebook.scope import Viewer, view_as, visible
from portal.rulebook.workflow import Intent

P = TypeVar("P", bound=Part)


class DrivenClock(Clock):
    """Stands where it is put, never behind the moment at which the demo itself begins."""

    def __init__(self, latest: datetime) -> None:
        super().__init__()
        self.latest = latest
        self.stands = latest

    def stand(self, at: datetime) -> None:
        """Stand at this instant. What the sample dates later than the demo's own moment (a demo
        begun before the afternoon of its day) is done at that moment."""
        self.stands = min(at, self.latest)

    def now(self) -> datetime:
        """Where it was put."""
        return self.stands


class Stage:
    """Finds what an act names by the sample's ids; an app context is open.

    `items`: the public ids of the items drafted so far, by the sample's id.
    """

    def __init__(self, clock: DrivenClock, items: Mapping[str, uuid.UUID]) -> None:
        self.clock = clock
        self.items = dict(items)
        people = dict(db.session.execute(select(Person.emp_no, Person.id)).all())
        units = dict(db.session.execute(select(Unit.code, Unit.id)).all())
        self.people = {one["id"]: people[one["emp_no"]] for one in sample.people()}
        self.units = {one["id"]: units[one["code"]] for one in sample.organisation()["units"]}

    def enter(self, act: Act) -> tuple[Viewer, Item]:
        """Who acts, now, and the item as that person may know of it."""
        viewer = self.viewer(act)
        found = visible(viewer, Item).where(Item.public_id == self.items[act.item])
        return viewer, db.session.scalars(found).one()

    def viewer(self, act: Act) -> Viewer:
        """Read as the person who acts from now on."""
        return view_as(self.people[act.who], self.clock)

    def share(self, viewer: Viewer, item: Item, unit: str) -> ItemUnit:
        """A unit's part of the item."""
        return self.first(viewer, item, ItemUnit, ItemUnit.unit_id == self.units[unit])

    def point(self, viewer: Viewer, item: Item, due: str | None) -> int | None:
        """The instalment of that day; None: an extra report."""
        if due is None:
            return None
        found = visible(viewer, FeedbackPoint).where(
            FeedbackPoint.item_id == item.id, FeedbackPoint.due == date.fromisoformat(due)
        )
        point = db.session.scalars(found).one_or_none()
        return None if point is None else point.id

    def report(self, viewer: Viewer, item: Item, state: str) -> Feedback:
        """The lead unit's report that waits longest in this state."""
        return self.first(
            viewer, item, Feedback,
            Feedback.state == state, Feedback.unit_id == item.lead_unit_id,
        )  # fmt: skip

    def first(self, viewer: Viewer, item: Item, model: type[P], *where: Any) -> P:
        """The first of the item's rows that fits; NoResultFound if there is none."""
        found = visible(viewer, model).where(model.item_id == item.id, *where)
        by_id = inspect(model).primary_key
        return db.session.scalars(found.order_by(*by_id).limit(1)).one()


def intent_of(act: Act) -> Intent:
    """As if the form had just been opened; the act's own key makes it one act for ever."""
    return Intent(None, act.key, act.values.get("opinion", ""))
