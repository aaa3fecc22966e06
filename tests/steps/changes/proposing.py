"""Changes as the tests propose, agree to, refuse and withdraw them, by commands."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Change, Item
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.changes import commands
from portal.steps.changes.adjusting import AdjustFields
from tests.stages import as_of, intent, item_of, unit

REASON = "工作安排有变化，需作调整。"
DUE = date(2026, 12, 10)
HEAD = "杨思源"


def void(viewer: Viewer, item: Item, sent: Intent, **_given: Any) -> None:
    """作废."""
    commands.void(viewer, item, sent)


def reassign(viewer: Viewer, item: Item, sent: Intent, **given: Any) -> None:
    """To 教务处 (led by 解学农) with 保卫处 helping, unless given otherwise."""
    commands.reassign(
        viewer,
        item,
        sent,
        lead_unit_id=unit(given.get("lead", "JWC")),
        co_unit_ids=tuple(unit(code) for code in given.get("co", ("BWC",))),
        new_due=given.get("due"),
    )


def adjust(viewer: Viewer, item: Item, sent: Intent, **given: Any) -> None:
    """The requirement, unless given otherwise."""
    fields = {
        "level": item.level,
        "requirement": item.requirement,
        "responsible_leader_id": item.responsible_leader_id,
        **(given or {"requirement": "排查全部楼栋，建立三张清单。"}),
    }
    commands.adjust(viewer, item, AdjustFields(**fields), sent, declared=True)


def reopen(viewer: Viewer, item: Item, sent: Intent, **given: Any) -> None:
    """Until 10 December."""
    commands.reopen(viewer, item, sent, new_due=given.get("due", DUE))


PROPOSE: dict[str, Callable[..., None]] = {
    "void": void,
    "reassign": reassign,
    "adjust": adjust,
    "reopen": reopen,
}


def propose(
    app: Flask, public_id: uuid.UUID, kind: str, name: str = HEAD, text: str = REASON, **given: Any
) -> Change:
    """Propose a change; the row."""
    viewer = as_of(app, name)
    item = item_of(viewer, public_id)
    PROPOSE[kind](viewer, item, intent(item, text), **given)
    return latest(item_of(viewer, public_id))


def latest(item: Item) -> Change:
    """The last change of the item."""
    query = select(Change).where(Change.item_id == item.id).order_by(Change.id.desc()).limit(1)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def agree(app: Flask, public_id: uuid.UUID, act: str, name: str, text: str = "") -> Item:
    """One consent; the item as 党政办主任 then sees it."""
    viewer = as_of(app, name)
    item = item_of(viewer, public_id)
    commands.agree(viewer, item, act, latest(item), intent(item, text))
    return item_of(as_of(app, HEAD), public_id)


def refuse(app: Flask, public_id: uuid.UUID, name: str, text: str = REASON) -> Item:
    """不同意."""
    viewer = as_of(app, name)
    item = item_of(viewer, public_id)
    commands.refuse(viewer, item, latest(item), intent(item, text))
    return item_of(as_of(app, HEAD), public_id)


def withdraw(app: Flask, public_id: uuid.UUID, name: str = HEAD) -> Item:
    """撤回."""
    viewer = as_of(app, name)
    item = item_of(viewer, public_id)
    commands.withdraw(viewer, item, latest(item), intent(item))
    return item_of(as_of(app, HEAD), public_id)
