"""Sensitive items for the tests: who is on their lists, as the database says."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import select

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import NeedToKnow, Person, Unit
from tests.people import draft
from tests.steps.acting import Actor

REASON = "依规参与核查。"
AT_SUBMISSION = {
    "何玉萍": "拟稿人",
    "向维岷": "党委书记",
    "三郎泽里": "院长",
    "坤清祥": "分管校领导",
    "余茂春": "党政办分管领导",
    "杨思源": "党政办主任",
    "坤建军": "单位负责人",
    "覃燚": "单位负责人",
    "余㛃": "单位负责人",
}
"""A01, made sensitive: lead 保卫处, co-units 后勤国资处 and 学工部 (SPEC §7.3)."""


class Listed(NamedTuple):
    """An entry: who, why, of which co-unit's part (empty: of everything), by whom."""

    name: str
    reason: str
    part: str
    by: str


@contextmanager
def sensitive(app: Flask, sample: str = "A01", **fields: Any) -> Iterator[Actor]:
    """A sensitive draft of the sample, inside an application context."""
    public_id = draft(app, sample, **{"classification": "sensitive", **fields})
    with app.app_context():
        yield Actor(app, public_id)


def entries(actor: Actor, who: str = "杨思源") -> list[Listed]:
    """The list as it stands, as somebody on it may read it."""
    actor.item(who)
    people = {row.id: row.name for row in db.session.scalars(select(Person))}
    units = {row.id: row.code for row in db.session.scalars(select(Unit))}
    rows = db.session.scalars(
        select(NeedToKnow).where(NeedToKnow.to_at.is_(None)).order_by(NeedToKnow.id)
    )
    return [
        Listed(
            people[row.person_id],
            row.reason,
            units.get(row.unit_id or 0, ""),
            people.get(row.added_by_id or 0, ""),
        )
        for row in rows
    ]


def person_id(name: str) -> int:
    """A person of the sample."""
    return db.session.scalars(select(Person.id).where(Person.name == name)).one()


def readers(servers: Servers, public_id: uuid.UUID) -> set[str]:
    """The names of those who may know of the item, as stored; the sign of a unit or of everybody
    stands for itself."""
    with connect(servers.owner_url) as raw:
        keys = raw.execute("SELECT readers FROM item WHERE public_id = %s", (public_id,)).fetchone()
        names = dict(raw.execute("SELECT -id, name FROM person").fetchall())
    assert keys is not None
    return {names.get(key, str(key)) for key in keys[0]}
