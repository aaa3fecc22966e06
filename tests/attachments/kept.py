"""What of uploaded files is there: rows, bytes, facts of events."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Attachment, Event, Person
from portal.rulebook.scope import Viewer, view_as

Given = tuple[io.BytesIO, str]


def given(*files: tuple[str, bytes]) -> list[Given]:
    """Names and contents as a form sends them; fresh ones for every sending."""
    return [(io.BytesIO(content), name) for name, content in files]


def look_as(app: Flask, who: str) -> Viewer:
    """Read as this person in the present context."""
    person = db.session.scalars(select(Person.id).where(Person.name == who)).one()
    return view_as(person, app.extensions["portal.clock"])


def rows_of(app: Flask, who: str = "何玉萍") -> list[Attachment]:
    """The rows this person may know of, in the order they came."""
    with app.app_context():
        look_as(app, who)
        return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def stored(app: Flask) -> list[str]:
    """The names of the stored bytes, which are their SHA-256."""
    folder = app.extensions["portal.settings"].files_dir
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


DIGESTS = ("form", "report", "closure")


def events(app: Flask, *acts: str) -> list[tuple[str, dict[str, Any]]]:
    """These acts as they were done, with their facts but for the digests of texts."""
    with app.app_context():
        look_as(app, "何玉萍")
        done = db.session.execute(
            select(Event.act, Event.facts).where(Event.act.in_(acts)).order_by(Event.id)
        )
        return [
            (row.act, {name: fact for name, fact in row.facts.items() if name not in DIGESTS})
            for row in done
        ]
