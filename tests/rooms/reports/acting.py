"""Briefs as people meet them, for the tests of this room: begun, counted, handed in, signed."""

from __future__ import annotations

import uuid
from datetime import date
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Brief, BriefSheet, BriefSnapshot, Item
from portal.rooms.reports import commands, making, queries
from portal.rulebook.briefs.acting import Sent
from portal.rulebook.scope import Viewer, visible
from portal.steps.knowledge import commands as knowledge
from tests.stages import as_of, intent

STAFF, HEAD, LEADER, SECRETARY, PRESIDENT = "何玉萍", "杨思源", "余茂春", "向维岷", "三郎泽里"
UNIT_HEAD, LIAISON, HANDLER = "坤建军", "邓涛", "何赟"
TERM, FIRST, LAST = "2026—2027学年第一学期", date(2026, 8, 1), date(2027, 1, 31)
NOVEMBER = {"name": "11月", "first": date(2026, 11, 1), "last": date(2026, 11, 30)}


class World(NamedTuple):
    """The portal and its worker on one database."""

    app: Flask
    worker: Flask


def sent(opinion: str = "", seen: int | None = None) -> Sent:
    """A form just opened."""
    return Sent(seen, uuid.uuid4(), opinion)


def count(world: World, viewer: Viewer, brief: Brief) -> BriefSnapshot:
    """The worker counts what was asked for; the newest snapshot."""
    asked = visible(viewer, BriefSnapshot).where(BriefSnapshot.brief_id == brief.id)
    newest = asked.order_by(BriefSnapshot.id.desc()).limit(1)
    snapshot_id = db.session.scalars(newest).one().id
    db.session.commit()
    with world.worker.app_context():
        making.count(snapshot_id)
    db.session.expire_all()
    return db.session.scalars(newest.execution_options(populate_existing=True)).one()


def report(world: World, who: str = STAFF) -> uuid.UUID:
    """A report of this term, counted."""
    viewer = as_of(world.app, who)
    brief = commands.begin_report(viewer, TERM, FIRST, LAST, sent())
    count(world, viewer, brief)
    return brief.public_id


def circular(world: World, who: str = STAFF, **fields: object) -> uuid.UUID:
    """A 通报 of this November, counted; with a title of its own it counts nothing."""
    viewer = as_of(world.app, who)
    about = fields or dict(NOVEMBER)
    brief = commands.begin_circular(viewer, sent(), **about)  # type: ignore[arg-type]
    if brief.first is not None:
        count(world, viewer, brief)
    return brief.public_id


def brief_of(world: World, who: str, brief_id: uuid.UUID) -> tuple[Viewer, Brief]:
    """Read it as this person from now on."""
    viewer = as_of(world.app, who)
    return viewer, queries.brief_or_404(viewer, brief_id)


def act(world: World, who: str, name: str, brief_id: uuid.UUID, opinion: str = "") -> str:
    """One act; the state it leads to."""
    viewer, brief = brief_of(world, who, brief_id)
    if name == "hand_in":
        commands.hand_in(viewer, brief, sent())
    else:
        commands.act(viewer, name, brief, sent(opinion))
    now = visible(viewer, Brief).where(Brief.public_id == brief_id)
    return db.session.scalars(now.execution_options(populate_existing=True)).one().state


def write(world: World, brief_id: uuid.UUID, section: str, body: str) -> None:
    """修改文稿 by the office."""
    viewer, brief = brief_of(world, STAFF, brief_id)
    part = next(one for one in queries.parts(viewer, brief) if one.section.name == section)
    seen = 0 if part.text is None else part.text.version
    commands.write(viewer, brief, section, body, seen, sent())


def release(world: World, brief_id: uuid.UUID) -> BriefSheet:
    """Handed in by 党政办主任, signed by 党政办分管领导, set by the worker."""
    act(world, HEAD, "hand_in", brief_id)
    act(world, LEADER, "review", brief_id)
    viewer, brief = brief_of(world, LEADER, brief_id)
    sheet = queries.sheet_of(viewer, brief)
    assert sheet is not None
    sheet_id = sheet.id
    db.session.commit()
    with world.worker.app_context():
        making.set_sheet(sheet_id)
    db.session.expire_all()
    return sheet


def item_of(title: str) -> uuid.UUID:
    """The public id of the item that is called so."""
    return db.session.scalars(select(Item.public_id).where(Item.title == title)).one()


def make_sensitive(world: World, title: str) -> None:
    """党政办主任 marks it as 敏感事项."""
    viewer = as_of(world.app, HEAD)
    item = db.session.scalars(select(Item).where(Item.title == title)).one()
    knowledge.mark(viewer, item, intent(item, "涉及个人隐私。"))
