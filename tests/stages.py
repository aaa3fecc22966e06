"""An item brought along the line by the commands, as far as a test needs it (第十六条)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import ArchiveRecord, Event, Item, ItemUnit, Person, Unit
from portal.rulebook import tray
from portal.rulebook.scope import Viewer, view_as, visible
from portal.rulebook.workflow import Intent
from portal.steps.closing import archiving
from portal.steps.closing import commands as closing
from portal.steps.issuing import commands as issuing
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests import scenes
from tests.packages import stand_in

LEADERS = {"sign": "坤清祥", "review": "余茂春", "approve": "三郎泽里"}
RESULT = "排查隐患17处，已全部整改。"


def person(name: str) -> int:
    """The person's id."""
    return db.session.scalars(select(Person.id).where(Person.name == name)).one()


def unit(code: str) -> int:
    """The unit's id."""
    return db.session.scalars(select(Unit.id).where(Unit.code == code)).one()


def as_of(app: Flask, name: str) -> Viewer:
    """Read as this person from now on."""
    return view_as(person(name), app.extensions["portal.clock"])


def item_of(viewer: Viewer, public_id: uuid.UUID) -> Item:
    """The item as this viewer sees it, freshly read."""
    query = visible(viewer, Item).where(Item.public_id == public_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def intent(item: Item, opinion: str = "") -> Intent:
    """A form just opened."""
    return Intent(item.version, uuid.uuid4(), opinion)


def tomorrow(app: Flask, days: int = 1) -> None:
    """The clock goes on by whole days."""
    app.extensions["portal.clock"].shift += timedelta(days=days)


def share_of(viewer: Viewer, item: Item, code: str) -> ItemUnit:
    """A unit's share of the item."""
    return db.session.scalars(
        visible(viewer, ItemUnit)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .where(ItemUnit.item_id == item.id, Unit.code == code)
    ).one()


def events_of(item: Item) -> list[str]:
    """The acts on the item, one an event, in order."""
    return list(
        db.session.scalars(select(Event.act).where(Event.item_id == item.id).order_by(Event.id))
    )


def words_for(app: Flask, name: str) -> set[str]:
    """The words of 待办 of this person."""
    return {row.word for row in tray.waiting(as_of(app, name))}


def _submit(viewer: Viewer, item: Item) -> None:
    registration.submit(viewer, item, intent(item), declared=True)


def _signed(act: str) -> Callable[[Viewer, Item], None]:
    return lambda viewer, item: signing.sign(viewer, item, act, intent(item))


def _file(viewer: Viewer, item: Item) -> None:
    registration.file(viewer, item, intent(item), word="阿职督办", release=False)


def _issue(viewer: Viewer, item: Item) -> None:
    issuing.issue(viewer, item, intent(item))


def _receive(viewer: Viewer, item: Item) -> None:
    share = share_of(viewer, item, "BWC")
    issuing.sign_receipt(viewer, item, share, intent(item), person("邓涛"))


def _apply(viewer: Viewer, item: Item) -> None:
    closing.apply_close(viewer, item, RESULT, intent(item), declared=True, without_co_units=True)


def _close(viewer: Viewer, item: Item) -> None:
    closing.close(viewer, item, intent(item))


def _keep(viewer: Viewer, item: Item) -> None:
    record = db.session.scalars(
        visible(viewer, ArchiveRecord).where(
            ArchiveRecord.item_id == item.id,
            ArchiveRecord.keeper == "unit",
            ArchiveRecord.superseded_at.is_(None),
        )
    ).one()
    stand_in(item.public_id)
    archiving.keep_copy(viewer, item, record, intent(item))


def _archive(viewer: Viewer, item: Item) -> None:
    archiving.archive(viewer, item, intent(item))


LINE: tuple[tuple[str, str, Callable[[Viewer, Item], Any]], ...] = (
    ("draft", "何玉萍", _submit),
    ("pending_sign", "坤清祥", _signed("sign")),
    ("pending_review", "余茂春", _signed("review")),
    ("pending_approve", "三郎泽里", _signed("approve")),
    ("pending_filing", "何玉萍", _file),
    ("filed", "何玉萍", _issue),
    ("issued", "坤建军", _receive),
    ("in_progress", "邓涛", _apply),
    ("closing_unit", "坤建军", _signed("confirm_close")),
    ("closing_sign", "坤清祥", _signed("sign_close")),
    ("closing_check", "杨思源", _signed("check_close")),
    ("closing_review", "余茂春", _signed("review_close")),
    ("closing_report", "三郎泽里", _signed("read_close")),
    ("closing_report", "向维岷", _signed("read_close")),
    ("closing_filing", "何玉萍", _close),
    ("closed", "邓涛", _keep),
    ("closed", "黄素芬", _archive),
)
"""The state in which each act of item A01 is done, by whom."""


def bring(app: Flask, public_id: uuid.UUID, state: str, since: str = "draft") -> Item:
    """Do the acts up to this state (an app context is open); the item as the office sees it."""
    scenes.play(app, ("bring", public_id, state, since), lambda: _do(app, public_id, state, since))
    item = item_of(as_of(app, "何玉萍"), public_id)
    assert item.state == state, (item.state, state)
    return item


def _do(app: Flask, public_id: uuid.UUID, state: str, since: str) -> None:
    begun = False
    for at, name, act in LINE:
        begun = begun or at == since
        viewer = as_of(app, name)
        if at == state:
            break
        if begun:
            act(viewer, item_of(viewer, public_id))
