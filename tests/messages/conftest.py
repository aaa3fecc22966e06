"""A worker with channels switched on, sinks behind them, and messages to send."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import create_app
from portal.clock import SHANGHAI, Clock
from portal.embedded import Servers
from portal.extensions import db
from portal.messages.channels import http
from portal.messages.sending import deliver
from portal.models import Delivery, Item, Message
from portal.rulebook import posting
from portal.rulebook.scope import everything
from tests.conftest import close
from tests.messages.sinks import Got, Sink, http_sink
from tests.stages import person

Post = Callable[..., None]
MORNING = datetime(2026, 11, 23, 9, 11, tzinfo=SHANGHAI)
"""A Monday, in office hours."""


class Standing(Clock):
    """A clock that a test sets."""

    def __init__(self, instant: datetime) -> None:
        super().__init__()
        self.instant = instant

    def now(self) -> datetime:
        return self.instant + self.shift


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(http, "getproxies", dict)
    with http_sink() as made:
        yield made


@pytest.fixture
def sending(database: Servers, college: Flask, sink: Sink) -> Iterator[Flask]:
    """A worker with 企业微信 and 短信, at a quarter past nine of a Monday."""
    settings = replace(
        college.extensions["portal.settings"],
        database_url=database.worker_url,
        public_url="https://duban.example",
        wecom_url=sink.url, wecom_corp_id="c", wecom_agent_id=7, wecom_secret="s",
        sms_url=f"{sink.url}/sms",
    )  # fmt: skip
    clock = Standing(MORNING)
    college.extensions["portal.clock"] = clock
    made = create_app(settings, clock=clock, worker=True)
    yield made
    close(made)


@pytest.fixture
def ids(college: Flask) -> dict[str, int]:
    """Persons by name."""
    with college.app_context():
        return {name: person(name) for name in ("何玉萍", "坤建军", "邓涛", "覃燚")}


@pytest.fixture
def post(sending: Flask) -> Post:
    """Tell persons by id, as the clock's rules do."""

    def tell(kind: str, *persons: int, item: uuid.UUID | None = None, **facts: Any) -> None:
        with sending.app_context(), everything(because="测试"):
            found = None
            if item is not None:
                found = db.session.scalars(select(Item).where(Item.public_id == item)).one()
            now = sending.extensions["portal.clock"].now()
            posting.post(kind, persons, str(uuid.uuid4()), now, item=found, facts=facts)
            db.session.commit()

    return tell


def later(app: Flask, **span: float) -> None:
    """The clock goes on."""
    app.extensions["portal.clock"].shift += timedelta(**span)


def rows(app: Flask) -> list[Delivery]:
    """The outbox, oldest first."""
    with app.app_context():
        found = list(db.session.scalars(select(Delivery).order_by(Delivery.id)))
        for row in found:
            db.session.expunge(row)
        db.session.rollback()
    return found


def messages(app: Flask) -> list[Message]:
    """Every message there is; `app` is the worker's."""
    with app.app_context(), everything(because="测试"):
        found = list(db.session.scalars(select(Message).order_by(Message.id)))
        for row in found:
            db.session.expunge(row)
    return found


def run(app: Flask, job: Callable[[], Any] = deliver) -> None:
    """A turn of the worker."""
    with app.app_context():
        job()


def content(got: Got) -> str:
    """The text that a provider got."""
    found = got.json
    if "content" in found:
        return str(found["content"])
    return str(found.get("textcard", {}).get("description") or found["text"]["content"])
