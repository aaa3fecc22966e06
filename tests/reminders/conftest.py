"""The clock's rounds at chosen moments, and who was told what by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.clock import Clock, shanghai_instant
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Message, Person
from portal.reminders.clock import remind
from portal.rulebook.scope import everything
from tests.conftest import ANCHOR

NOON, MORNING = time(12), time(9)
Heard = dict[str, set[str]]
"""Names by kind of message."""


class Standing(Clock):
    """Shows the instant it was put to."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at


class Days:
    """The days as people and the worker live through them."""

    def __init__(self, college: Flask, worker: Flask, database: Servers) -> None:
        self.college, self.worker, self.database = college, worker, database
        self.clock = Standing(shanghai_instant(ANCHOR, MORNING))
        for app in (college, worker):
            app.extensions["portal.clock"] = self.clock

    def at(self, day: date, at: time = NOON) -> datetime:
        """It is this Shanghai day and time now."""
        moment = shanghai_instant(day, at)
        self.clock.at = moment
        return moment

    def round(self) -> int:
        """One round of the worker; how many occasions it told."""
        with self.worker.app_context():
            return remind()

    def told(self, day: date, at: time = NOON) -> Heard:
        """Who is told what by the round of this moment, 办理动态 and 待办 aside."""
        moment = self.at(day, at)
        self.round()
        found: Heard = defaultdict(set)
        for message, name in self.messages():
            if message.at == moment and message.kind not in ("N00", "N01", "N02", "N03"):
                found[message.kind].add(name)
        return dict(found)

    def messages(self, *kinds: str) -> list[tuple[Message, str]]:
        """All messages of these kinds (of every kind without any), with their readers' names."""
        with self.worker.app_context(), everything(because="测试"):
            query = (
                select(Message, Person.name)
                .join(Person, Person.id == Message.person_id)
                .order_by(Message.id)
            )
            rows = db.session.execute(query).all()
            db.session.expunge_all()
        return [(row.Message, row.name) for row in rows if not kinds or row.Message.kind in kinds]

    def change(self, statement: str, *values: Any) -> None:
        """Change rows as the owner of the tables."""
        with connect(self.database.owner_url) as raw:
            raw.execute(statement.encode(), values)


@pytest.fixture
def days(college: Flask, worker: Flask, database: Servers) -> Days:
    """Begins on the anchor day, a Monday, at nine."""
    return Days(college, worker, database)


@pytest.fixture
def only(days: Days) -> Callable[..., Heard]:
    """What a round told of the named kinds."""

    def ask(day: date, *kinds: str, at: time = NOON) -> Heard:
        return {kind: who for kind, who in days.told(day, at).items() if kind in kinds}

    return ask
