"""The sample college with its whole history, lived through once for a module of tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import create_app
from portal.clock import Clock, shanghai_day
from portal.demo import load, sample
from portal.demo.history.plan import history
from portal.embedded import Servers
from portal.extensions import db
from portal.models import Event, Item, Person, Unit
from portal.rulebook.scope import everything
from tests.conftest import ANCHOR, close, test_settings

Row = dict[str, Any]
GIVEN: dict[str, Row] = {row["id"]: row for row in sample.items()}
OWN: dict[str, Row] = {row["id"]: row for row in sample.more_items()}
EVERY = GIVEN | OWN


@dataclass(frozen=True)
class Lived:
    """The portal after the load, in both roles; items by the sample's id, persons by theirs."""

    web: Flask
    worker: Flask
    acts: int
    items: dict[str, int]
    people: dict[int, str]
    units: dict[int, str]

    @contextmanager
    def reading(self) -> Iterator[dict[str, Item]]:
        """All items by the sample's id, read as the archive does."""
        with self.worker.app_context(), everything(because="测试：示例事项"):
            rows = {row.id: row for row in db.session.scalars(select(Item))}
            yield {name: rows[item_id] for name, item_id in self.items.items()}

    def of(self, model: Any, item: Item, *where: Any) -> list[Any]:
        """The rows of the item in the order in which they were made."""
        query = select(model).where(model.item_id == item.id, *where).order_by(model.id)
        return list(db.session.scalars(query))

    def actors(self, item: Item, act: str) -> list[tuple[str, str]]:
        """Who did an act, on which day."""
        return [
            (self.people[event.actor_id], event.day.isoformat())
            for event in self.of(Event, item, Event.act == act)
            if event.actor_id is not None
        ]


def live(servers: Servers, folder: Path) -> Iterator[Lived]:
    """Load everything into the database of `servers`."""
    settings = test_settings(servers, folder)
    worker = create_app(
        replace(settings, database_url=servers.worker_url),
        clock=Clock.standing_at(ANCHOR),
        worker=True,
    )
    load(worker)
    web = create_app(settings, clock=Clock.standing_at(ANCHOR))
    web.config["TESTING"] = True
    emp_nos = {one["emp_no"]: one["id"] for one in sample.people()}
    codes = {one["code"]: one["id"] for one in sample.organisation()["units"]}
    keys = {act.key: act.item for act in history() if act.kind == "draft"}
    with worker.app_context(), everything(because="测试：示例事项"):
        drafts = select(Event.key, Event.item_id).where(Event.key.in_(keys))
        found = Lived(
            web,
            worker,
            len(history()),
            {keys[key]: item_id for key, item_id in db.session.execute(drafts)},
            {row.id: emp_nos[row.emp_no] for row in db.session.scalars(select(Person))},
            {row.id: codes[row.code] for row in db.session.scalars(select(Unit))},
        )
    yield found
    close(web)
    close(worker)


def iso(day: date | None) -> str | None:
    """A day as the sample writes it."""
    return day.isoformat() if day else None


def day_of(instant: datetime | None) -> str | None:
    """The Shanghai day of an instant as the sample writes it."""
    return shanghai_day(instant).isoformat() if instant else None
