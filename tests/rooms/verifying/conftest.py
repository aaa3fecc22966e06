"""Stored sheets of an open item, a sensitive one and a form that came back; a signing list."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import create_app, queued_work
from portal.clock import Clock
from portal.documents import commands
from portal.documents.control import number_of
from portal.embedded import Servers, clone_database, connect, drop_database
from portal.extensions import db
from portal.models import ApprovalSlot
from portal.rooms.signing_lists import commands as lists
from portal.rooms.signing_lists import making
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests.attachments import files
from tests.attachments.kept import given
from tests.conftest import ANCHOR, close, test_settings
from tests.documents.samples import BASE
from tests.pages import fill
from tests.people import draft, sign_in
from tests.steps.acting import CO_HEAD, CO_UNIT, LEADER, REASON, Actor, intent
from tests.steps.knowledge.listing import person_id

LETTER = files.pdf("letter")
NOTICES = ("notice-BWC", "notice-XGB", "notice-HGC")


@dataclass(frozen=True)
class World:
    """The portal and its worker; the items, and the numbers of their sheets by kind."""

    web: Flask
    worker: Flask
    servers: Servers
    open: uuid.UUID
    hidden: uuid.UUID
    returned: uuid.UUID
    of_open: Mapping[str, str]
    of_hidden: Mapping[str, str]
    of_returned: Mapping[str, str]
    of_list: str

    def as_(self, who: str) -> FlaskClient:
        """A client signed in as this person."""
        return sign_in(self.web, who)


def _numbers(servers: Servers, public_id: uuid.UUID) -> dict[str, str]:
    """核验码 by kind; of a kind made anew the first, which is replaced by now."""
    with connect(servers.owner_url) as raw:
        rows = raw.execute(
            "SELECT kind, d.public_id FROM document d JOIN item ON item.id = item_id"
            " WHERE item.public_id = %s ORDER BY d.id DESC",
            [public_id],
        ).fetchall()
    return {str(kind): number_of(sheet) for kind, sheet in rows}


def _make(web: Flask, worker: Flask, public_id: uuid.UUID, *kinds: str) -> None:
    """Ask as the office, make as the worker what was asked and what it binds."""
    handed: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queued_work, "enqueue", lambda _name, row, **_more: handed.append(row))
        with web.app_context():
            for kind in kinds:
                commands.ask(*Actor(web, public_id).item(), kind)
        with worker.app_context():
            for sheet_id in handed:
                commands.make(sheet_id)


def _list(web: Flask, worker: Flask) -> str:
    """A signing list of one item that waits for its leader; its number."""
    public_id = draft(web, "A01")
    with web.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(queued_work, "enqueue", lambda *_given, **_more: True)
        actor = Actor(web, public_id)
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        viewer, item = actor.item()
        slot = db.session.scalars(
            select(ApprovalSlot).where(
                ApprovalSlot.item_id == item.id, ApprovalSlot.state == "open"
            )
        ).one()
        found = lists.make_list(viewer, person_id(LEADER), [slot.id], uuid.uuid4())
        list_id, number = found.id, number_of(found.public_id)
    with worker.app_context():
        making.make(list_id)
    return number


def _returned(web: Flask, worker: Flask) -> uuid.UUID:
    """A form that was printed and then sent back."""
    public_id = draft(web, "A01")
    with web.app_context():
        viewer, item = Actor(web, public_id).item()
        registration.submit(viewer, item, intent(item), declared=True)
    _make(web, worker, public_id, "filing")
    with web.app_context():
        viewer, item = Actor(web, public_id).item(LEADER)
        signing.send_back(viewer, item, intent(item, REASON), to_previous=False)
    return public_id


def _hidden(web: Flask, worker: Flask) -> uuid.UUID:
    """A sensitive item in work, with a PDF and a picture that came with its form."""
    public_id = draft(web, "A01", classification="sensitive")
    sent = {
        "files": given(("来信.pdf", LETTER), ("现场.png", files.png())),
        "declared": "y",
    }
    client = sign_in(web, "何玉萍")
    assert fill(client, f"/items/{public_id}", "/attachments", sent).status == 303
    with web.app_context():
        Actor(web, public_id).to_work()
    _make(web, worker, public_id, "filing", "notices")
    return public_id


@pytest.fixture(scope="package")
def world(
    servers: Servers, run_name: str, college_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Made once; the tests read, and count what they add."""
    name = f"{run_name}_verifying"
    clone = clone_database(servers, name, college_template)
    yield from _world(clone, tmp_path_factory.mktemp("verifying"))
    drop_database(servers, name)


def _world(clone: Servers, folder: Path) -> Iterator[World]:
    settings = replace(test_settings(clone, folder), public_url=BASE)
    clock = Clock.standing_at(ANCHOR)
    web = create_app(settings, clock=clock)
    web.config["TESTING"] = True
    worker = create_app(replace(settings, database_url=clone.worker_url), clock=clock, worker=True)
    opened = draft(web, "A01")
    with web.app_context():
        Actor(web, opened).to_work()
    _make(web, worker, opened, "filing", "notices")
    with web.app_context():
        Actor(web, opened).receive(CO_HEAD, CO_UNIT)  # its notice says so from now on
    hidden, returned = _hidden(web, worker), _returned(web, worker)
    yield World(
        web, worker, clone, opened, hidden, returned,
        _numbers(clone, opened), _numbers(clone, hidden), _numbers(clone, returned),
        _list(web, worker),
    )  # fmt: skip
    for app in (web, worker):
        close(app)
