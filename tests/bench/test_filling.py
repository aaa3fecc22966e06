"""The filling of the benches writes the rows that the acts of the portal would have written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from bench.addresses import BESIDE, MAIN
from bench.filling.items import TABLES
from bench.filling.kept import fill_database, superuser
from bench.rooms import address_of, headers_of
from portal import create_app
from portal.clock import Clock
from portal.embedded import Servers, clone_database, drop_database
from portal.extensions import db
from portal.models import Event, Item
from portal.rulebook import policy, stored_lights
from portal.rulebook.readers import readers_of
from portal.rulebook.scope import everything
from tests.conftest import ANCHOR, close, test_settings
from tests.people import sign_in

COUNT = 200
LARGEST = 100_000
STATES = [state.id for state in policy.CURRENT.states]
"""As many items of each, where a ledger has archived ones above all."""
POINTERS = (
    "SELECT conrelid::regclass::text, attname, confrelid::regclass::text"
    " FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]"
    " WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)"
)
"""The columns of these tables that point at rows of others."""


@pytest.fixture(scope="module")
def filled(
    servers: Servers, run_name: str, college_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Servers]]:
    """The sample college with a small ledger of ten years."""
    name = f"{run_name}_filled"
    ours = clone_database(servers, name, college_template)
    settings = test_settings(ours, tmp_path_factory.mktemp("filled"))
    app = create_app(settings, clock=Clock.standing_at(ANCHOR))
    fill_database(app, ours, COUNT, dict.fromkeys(STATES, 1.0))
    yield app, ours
    close(app)
    drop_database(servers, name)


@pytest.fixture
def items(filled: tuple[Flask, Servers], tmp_path: Path) -> Iterator[list[Item]]:
    """All of them, read as the worker may; what a test changes is not kept."""
    _app, ours = filled
    settings = test_settings(ours, tmp_path)
    worker = create_app(
        replace(settings, database_url=ours.worker_url),
        clock=Clock.standing_at(ANCHOR),
        worker=True,
    )
    with worker.app_context(), everything(because="the test compares all rows"):
        yield list(db.session.scalars(select(Item).order_by(Item.id)))
        db.session.rollback()
    close(worker)


def test_every_state_is_there(items: list[Item]) -> None:
    """With sensitive items, and those without a date."""
    assert len(items) == COUNT
    assert {item.state for item in items} == set(STATES)
    assert {item.classification for item in items} == {"internal", "sensitive"}
    assert {item.deadline_kind for item in items} == {"days", "date", "open"}


def test_readers_are_those_of_the_gate(items: list[Item]) -> None:
    """Who may know of an item is what `scope` finds from its rows."""
    for item in items:
        assert item.readers == readers_of(item), (item.id, item.state, item.classification)


def test_lights_are_those_that_an_act_would_store(items: list[Item]) -> None:
    """Due day, first yellow, first red of what is lit, from plan and reports."""
    lit = [item for item in items if item.lit]
    assert lit
    for item in lit:
        stored = item.due, item.yellow_from, item.red_from
        stored_lights.refresh(item)
        assert (item.due, item.yellow_from, item.red_from) == stored, (item.id, item.state)


def test_events_lead_from_state_to_state(items: list[Item]) -> None:
    """Each begins where the one before ended; the last one ends in the item's state."""
    for item in items:
        state = None
        query = select(Event).where(Event.item_id == item.id).order_by(Event.id)
        for event in db.session.scalars(query):
            assert event.item_from == state, (item.id, event.act)
            state = event.item_to
        assert state == item.state


def test_every_row_points_at_one(filled: tuple[Flask, Servers]) -> None:
    """COPY was let past the foreign keys: they hold all the same."""
    _app, ours = filled
    with superuser(ours) as connection:
        pointers = connection.execute(POINTERS, [list(TABLES)]).fetchall()
        assert len(pointers) > len(TABLES)
        for table, column, other in pointers:
            there = f"SELECT FROM {other} WHERE {other}.id = a.{column}"
            lost = f"SELECT FROM {table} a WHERE {column} IS NOT NULL AND NOT EXISTS ({there})"
            assert not connection.execute(lost.encode()).fetchall(), (table, column)


def test_the_office_opens_an_item_in_every_state(
    filled: tuple[Flask, Servers], items: list[Item]
) -> None:
    """Its page reads all that hangs off it."""
    office = sign_in(filled[0], "何玉萍")
    by_state: dict[str, Any] = {item.state: item.public_id for item in items if 0 in item.readers}
    for state, public_id in by_state.items():
        answer = office.get(f"/items/{public_id}")
        assert answer.status_code == 200, state


def test_every_main_page_answers_and_is_light(filled: tuple[Flask, Servers]) -> None:
    """What the benches open is there for those who open it, and below 100 KB however much there
    is."""
    app, _ours = filled
    clients = {who: sign_in(app, who) for who in {page.who for page in (*MAIN, *BESIDE)}}
    for page in (*MAIN, *BESIDE):
        client = clients[page.who]
        address = address_of(client, page.at)
        answer = client.get(address, headers=headers_of(address))
        assert answer.status_code == 200, (page, address)
        assert len(answer.data) < LARGEST, (page, len(answer.data))
