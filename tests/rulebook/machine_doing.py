"""What the random walk is made of: a clock, people, items, doing one act and looking at it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
)
from sqlalchemy import select

from portal.clock import Clock
from portal.embedded import Servers, connect
from portal.errors import NotFound, NotOffered, Stale
from portal.extensions import db
from portal.models import Item, Person
from portal.rulebook import offers, workflow
from portal.rulebook.offers import Offer
from portal.rulebook.parts import PARTS
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, view_as, visible
from portal.rulebook.workflow import Intent
from portal.steps.registration import commands as registration
from tests.rulebook import machine_checks as checks
from tests.rulebook.machine_acts import DO as ON_THE_LINE
from tests.rulebook.machine_acts import FOLLOWED_BY, Work, fields_of
from tests.rulebook.machine_beside import BESIDE
from tests.rulebook.machine_entered import ENTERED
from tests.rulebook.machine_extending import EXTENDING
from tests.rulebook.machine_urging import URGING
from tests.steps.acting import REASON

PEOPLE = (
    "何玉萍", "泽仁旺姆", "杨思源", "余茂春", "向维岷", "三郎泽里", "坤清祥", "坤建军", "三郎彭措",
    "邓涛", "王尔基", "覃燚", "杨初", "余㛃", "解学农", "陈𬭎", "郑守方", "林婉清", "曾骉", "孙敏",
    "冉静", "黄素芬",
)  # fmt: skip
LEADS = {"何玉萍": ("BWC", "JWC", "JCC"), "邓涛": ("BWC",), "林婉清": ("JWC",)}
"""Who drafts, and for which lead units: under a leader, under one with a delegate, under 院长."""
DO = {**ON_THE_LINE, **BESIDE, **ENTERED, **EXTENDING, **URGING}
START = datetime(2026, 11, 23, 2, tzinfo=UTC)
REFUSALS = (NotFound, NotOffered, Stale)


class StillClock(Clock):
    """A clock that goes on by a minute whenever it is told, and by days."""

    at = START

    def now(self) -> datetime:
        """The instant it was put to."""
        return self.at


class Doing(RuleBasedStateMachine):
    """Several items in the hands of several people: how they are found, acted on, tried in vain."""

    app: Flask
    servers: Servers

    def __init__(self) -> None:
        super().__init__()
        self.clock = StillClock()
        self.app.extensions["portal.clock"] = self.clock
        self.raw = connect(self.servers.owner_url)
        self.drafters: dict[int, str] = {}
        self.touched: set[int] = set()
        self.done: Counter[str] = Counter()
        self.last: tuple[str, int, str, Intent] | None = None

    def teardown(self) -> None:
        """Let go of the owner's connection."""
        self.raw.close()

    def _look_around(self, data: st.DataObject) -> None:
        """待办 of somebody is what the table says."""
        viewer = self._viewer(data.draw(st.sampled_from(PEOPLE), label="whose 待办"))
        items = checks.items_of(viewer, list(self.drafters))
        checks.tray_is_what_is_offered(viewer, items)

    def _draft(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(LEADS)), label="drafter")
        lead = data.draw(st.sampled_from(LEADS[who]), label="lead")
        with self._minute():
            viewer = self._viewer(who)
            item = registration.draft(
                viewer, fields_of(data.draw, lead), Intent(None, uuid.uuid4())
            )
            self.drafters[item.id] = who
            self.touched.add(item.id)

    def _carry(self, item_id: int, acts: int, data: st.DataObject) -> None:
        """Do what waits for whoever it waits for, so many times."""
        for _ in range(acts):
            for who in PEOPLE:
                viewer = self._viewer(who)
                item = self._found(item_id)
                waiting = [] if item is None else [
                    offer for offer in offers.offered(viewer, item)
                    if offer.rule.waits_on(offer.subject) and offer.act in DO
                ]  # fmt: skip
                if waiting:
                    self._do(who, item_id, waiting[0], data)
                    break

    def _do(self, who: str, item_id: int, offer: Offer, data: st.DataObject) -> None:
        viewer, item = self._viewer(who), self._item(item_id)
        part = (
            None if offer.subject is None else db.session.get(type(offer.subject), offer.subject.id)
        )
        held = data.draw(st.sampled_from(offer.capacities), label="as") if offer.rule.step else None
        intent = Intent(item.version, uuid.uuid4(), REASON, held.value if held else "")
        note(f"{who}: {offer.act} on {item_id}, {item.state}")
        before, events = self._fingerprint(), self._events(item_id)
        work = Work(viewer, item, part, offer.unit_id, intent, data.draw)
        try:
            DO[offer.act](work)
        except Unmet as refused:
            db.session.rollback()
            note(f"  {refused.reason}")
            assert self._fingerprint() == before
            return
        new = self._events(item_id)[len(events) :]
        act, *again = [act for act, key in new if key == intent.key]
        assert not again, "one form, one act"
        others = {other for other, key in new if key != intent.key}
        assert others <= FOLLOWED_BY.get(act, set()), new
        self.last = (who, item_id, act, intent)
        self.touched.add(item_id)
        self.done[act] += 1
        self._look_around(data)

    def _refused(
        self, viewer: Viewer, act: str, item: Item, part: Any, intent: Intent
    ) -> Exception:
        note(f"{viewer.person_id}: {act} refused")
        before = self._fingerprint()
        with pytest.raises(REFUSALS) as refused:
            workflow.perform(viewer, act, item, intent, subject=part)
        db.session.rollback()
        assert self._fingerprint() == before
        return refused.value

    def _offer(self, item_id: int, data: st.DataObject) -> tuple[str, Offer | None]:
        """Something offered to somebody, whoever comes first from a person drawn on; the acts that
        were done least in this walk come first, for what is drawn is mostly small."""
        drawn = data.draw(st.integers(0, len(PEOPLE) - 1), label="from whom on")
        start = (drawn + 5 * self.done.total()) % len(PEOPLE)
        for who in (*PEOPLE[start:], *PEOPLE[:start]):
            viewer = self._viewer(who)
            item = self._found(item_id)
            mine = [] if item is None else [
                offer for offer in offers.offered(viewer, item) if offer.act in DO
            ]  # fmt: skip
            mine.sort(key=lambda offer: self.done[offer.act])
            if mine:
                place = data.draw(st.integers(0, len(mine) - 1), label="which offer")
                return who, mine[place]
        return "", None

    def _part(self, machine: str, item_id: int, data: st.DataObject) -> Any:
        if machine not in PARTS:
            return None
        table = PARTS[machine]
        rows = db.session.scalars(
            select(table).where(table.item_id == item_id).order_by(table.id)
        ).all()
        return data.draw(st.sampled_from(rows), label="part") if rows else None

    def _some(self, data: st.DataObject) -> int:
        ids = list(self.drafters)
        return ids[data.draw(st.integers(0, len(ids) - 1), label="item")] if ids else 0

    @contextmanager
    def _minute(self) -> Iterator[None]:
        self.clock.at += timedelta(minutes=1)
        with self.app.app_context():
            yield

    def _viewer(self, who: str) -> Viewer:
        person = db.session.scalars(select(Person.id).where(Person.name == who)).one()
        return view_as(person, self.clock)

    def _sees(self, viewer: Viewer, item_id: int) -> bool:
        found = db.session.scalar(visible(viewer, Item).where(Item.id == item_id))
        return found is not None

    def _found(self, item_id: int) -> Item | None:
        return db.session.scalars(select(Item).where(Item.id == item_id)).one_or_none()

    def _item(self, item_id: int) -> Item:
        """The item, or, of one out of sight, what a forger might know of it."""
        return self._found(item_id) or Item(id=item_id)

    def _events(self, item_id: int) -> list[tuple[str, uuid.UUID]]:
        return self.raw.execute(
            "SELECT act, key FROM event WHERE item_id = %s ORDER BY id", (item_id,)
        ).fetchall()

    def _fingerprint(self) -> list[tuple[Any, ...]]:
        db.session.rollback()
        return checks.fingerprint(self.raw, list(self.drafters))
