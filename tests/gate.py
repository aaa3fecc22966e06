"""Speaking to the gate without the application: what a raw connection says of itself."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Person
from portal.rulebook.identity import LASTS, Prover, array_of
from portal.rulebook.scope import Viewer, view_as

SECRET_KEY = "only for tests"
"""The key of every application that the fixtures make."""


def saying(
    keys: Iterable[int] = (),
    because: str = "",
    *,
    day: str = "2026-11-23",
    secret_key: str = SECRET_KEY,
    lasts: int = LASTS,
) -> dict[str, str]:
    """The settings `app.*` as the application with this key would make them."""
    array, until = array_of(keys), int(time.time()) + lasts
    proof = Prover(secret_key).proof(array, day, because, until)
    said = {"keys": array, "day": day, "because": because}
    return {**said, "until": str(until), "proof": proof}


def say(raw: Any, said: Mapping[str, str]) -> None:
    """Set them in the open transaction of a psycopg connection."""
    for name, value in said.items():
        raw.execute("SELECT set_config(%s, %s, true)", [f"app.{name}", value])


def reads_as(app: Flask, name: str) -> Viewer:
    """Read as the person of this name from now on; an app context is open."""
    return view_as(person_id(name), app.extensions["portal.clock"])


def person_id(name: str) -> int:
    """The id of the person of this name; an app context is open."""
    return db.session.scalars(select(Person.id).where(Person.name == name)).one()
