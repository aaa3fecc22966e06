"""However many pages one person opens at once, few are drawn at a time, and others do not wait."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.attachments import page_turns
from portal.attachments.page_turns import ASKED, DRAWN
from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Attachment
from portal.rulebook.scope import visible
from tests.attachments import files
from tests.gate import reads_as
from tests.pages import fill
from tests.people import draft
from tests.steps.acting import OFFICE, OFFICE_HEAD, Actor

As = Callable[[str], FlaskClient]


@pytest.fixture
def page(college: Flask, as_: As) -> str:
    """The address of a page of an uploaded PDF."""
    item = draft(college, "A01")
    sent = {"files": (io.BytesIO(files.pdf()), "纪要.pdf"), "declared": "y"}
    assert fill(as_(OFFICE), f"/items/{item}", "/attachments", sent).status == 303
    with college.app_context():
        viewer, _row = Actor(college, item).item()
        file = db.session.scalars(visible(viewer, Attachment)).one()
        return f"/items/{item}/attachments/{file.public_id}/pages"


@contextmanager
def busy(app: Flask, database: Servers, what: str, places: int) -> Iterator[None]:
    """Other requests of 何玉萍 hold so many places."""
    with app.app_context():
        person = reads_as(app, OFFICE).person_id
    with connect(database.owner_url) as raw:
        for place in range(places):
            name = f"page {what} {person} {place}"
            raw.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        yield


def test_who_asks_for_too_many_at_once_is_asked_to_wait(
    college: Flask, as_: As, database: Servers, page: str
) -> None:
    """A place less than all is enough; nobody else waits; afterwards all is as before."""
    office, other = as_(OFFICE), as_(OFFICE_HEAD)
    with busy(college, database, "asked", ASKED):
        for address in (page, f"{page}/1.jpg"):
            answer = office.get(address)
            assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
            assert other.get(address).status_code == 200
    with busy(college, database, "asked", ASKED - 1):
        assert office.get(f"{page}/1.jpg").status_code == 200
    assert office.get(f"{page}/1.jpg").status_code == 200


def test_one_waits_for_a_place_and_not_for_ever(
    college: Flask, as_: As, database: Servers, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_turns, "WAIT", "50ms")
    office = as_(OFFICE)
    with busy(college, database, "drawn", DRAWN):
        assert office.get(f"{page}/1.jpg").status_code == 429
    assert office.get(f"{page}/1.jpg").status_code == 200
