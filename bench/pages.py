"""The pages that are measured, as whom, and one measurement of each."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bench.statements import Asked, Comparison, Ratios, median_of, taken_down
from portal.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import Item, Person
from portal.rulebook.scope import Viewer, view_as, view_as_nobody, visible
from portal.rulebook.tray import count_waiting

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PEOPLE = {"office": "何玉萍", "leader": "坤清祥", "unit head": "坤建军", "handler": "邓涛"}
LEDGER = "/ledger"
SEARCH = "/ledger?q=安全&state=running&level=2&sort=due"
NO_RATIOS = Ratios(float("nan"), float("nan"))
ITEMS = 20  # different items whose pages are asked for in turn


class Measured(NamedTuple):
    """Milliseconds of a page (median), its SELECTs, and what the gate costs them."""

    page: str
    who: str
    milliseconds: float
    selects: int
    ratios: Ratios
    slowest: str
    slowest_ms: float
    plan: str


@dataclass(frozen=True)
class Bench:
    """An application on a filled database, and how often each page is asked for."""

    app: Flask
    comparison: Comparison
    rounds: int

    def run(self) -> Iterator[Measured]:
        """Every page as every person, then the sign-in page."""
        for who, name in PEOPLE.items():
            yield from self.as_person(who, name)
        stranger = self.app.test_client()
        yield self._page("sign-in page", "nobody", "", lambda: _get(stranger, "/login"))

    def as_person(self, who: str, name: str) -> Iterator[Measured]:
        """The four pages as one person."""
        client = signed_in(self.app, name)
        items = itertools.cycle(self._items(name))
        yield self._page("desk", who, name, lambda: _get(client, "/"))
        yield self._page("ledger, first page", who, name, lambda: _get(client, LEDGER))
        yield self._page("ledger, search", who, name, lambda: _get(client, SEARCH))
        yield self._count(who, name)
        yield self._page("item page", who, name, lambda: _get(client, next(items)))

    def _count(self, who: str, name: str) -> Measured:
        with self.app.app_context():
            viewer = self.viewer(name)
            measured = self._page("待办, count", who, name, lambda: count_waiting(viewer))
            db.session.rollback()
            return measured

    def _page(self, page: str, who: str, name: str, act: Callable[[], object]) -> Measured:
        seconds = median_of(act, self.rounds)
        with taken_down() as asked:
            act()
        keys = self._keys(name)
        slowest, longest = self.comparison.slowest(asked, keys)
        # The sign-in page reads through the eyes of many: it has no keys of its own to ask with.
        ratios = self.comparison.ratios(asked, keys, self.rounds) if name else NO_RATIOS
        return Measured(
            page, who, seconds * 1000, len(asked), ratios, _short(slowest), longest * 1000,
            self.comparison.explain(slowest, keys),
        )  # fmt: skip

    def viewer(self, name: str) -> Viewer:
        """Read as the person of this name; an app context is open."""
        person = db.session.scalars(select(Person.id).where(Person.name == name)).one()
        return view_as(person, self.app.extensions["portal.clock"])

    def _keys(self, name: str) -> frozenset[int]:
        if not name:
            return frozenset()
        with self.app.app_context():
            try:
                return self.viewer(name).keys
            finally:
                view_as_nobody()

    def _items(self, name: str) -> list[str]:
        """Addresses of items that this person may know of, running ones first."""
        with self.app.app_context():
            query = visible(self.viewer(name), Item)
            rows = db.session.scalars(query.order_by(Item.state != "in_progress", Item.id))
            found = [f"/items/{row.public_id}" for row in rows.fetchmany(ITEMS)]
            if not found:
                raise RuntimeError(f"{name} sees no item: more items are needed")
            return found


def signed_in(app: Flask, name: str) -> FlaskClient:
    """A client of the person of this name, who signed in by the page."""
    with app.app_context():
        number = db.session.scalars(select(Person.emp_no).where(Person.name == name)).one()
    client = app.test_client()
    found = CSRF.search(client.get("/login").get_data(as_text=True))
    if found is None:
        raise RuntimeError("the sign-in page has no form")
    typed = {"username": number, "password": DEMO_PASSWORD, "csrf_token": found[1]}
    if client.post("/login", data=typed).status_code != 303:
        raise RuntimeError(f"{name} could not sign in")
    return client


def _get(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")


def _short(asked: Asked) -> str:
    return " ".join(asked.statement.split())[:90]
