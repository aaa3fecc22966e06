"""Asking for an item's package, finding lost ones, and the clock that asks by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from portal.clock import Clock
from portal.documents.sorts import notices
from portal.errors import NotFound
from portal.extensions import db
from portal.models import ArchivePackage, ArchiveRecord, Event, Item
from portal.queued_work import Work, now
from portal.rulebook import packages
from portal.rulebook.scope import Viewer, everything, view_as_clock, visible

PACKAGES: Final = Work(ArchivePackage, "make_package")
FAILED: Final = "档案包生成未完成，请重新生成；仍不能生成的，请联系系统管理员。"
HAVE_ONE: Final = ("closed", "archived")
RECENT: Final = timedelta(days=7)
"""How far back the clock looks for what changed an archived item; of what is older (the clock stood
still for a week) somebody asks on the item's page."""
ROUND: Final = 50
"""Packages that the clock asks for at once: more wait for its next round, a minute later."""


def may_have(viewer: Viewer, item: Item) -> bool:
    """Whether the viewer may have the item's package: who may know everything of an item that was
    closed. The people of a co-unit who know of their own part alone may not."""
    return item.state in HAVE_ONE and notices.part_of(viewer, item) is None


def ask(viewer: Viewer, item: Item) -> None:
    """Ask for the package of the item as it stands now; however often asked, it is made once.
    NotFound as `may_have` says. The row is the truth; a queue that is away only delays it."""
    if not may_have(viewer, item) or viewer.person_id is None:
        raise NotFound
    package_id = enter(item, viewer.person_id)
    db.session.commit()
    if package_id is not None:
        PACKAGES.ask(package_id)


def enter(item: Item, asked_by_id: int) -> int | None:
    """The row of a package of the item as it stands now, in the caller's transaction; its id if
    there was none, or one that failed, which is tried again."""
    as_of = packages.state_of(item)
    own = ArchivePackage.item_id == item.id
    version = select(func.coalesce(func.max(ArchivePackage.version), 0) + 1).where(own)
    asked = {"state": "asked", "asked_by_id": asked_by_id, "asked_at": now(), "tries": 0}
    row = insert(ArchivePackage).values(
        item_id=item.id,
        as_of_id=as_of,
        unit_id=item.lead_unit_id,
        version=version.scalar_subquery(),
        **asked,
    )
    again = row.on_conflict_do_update(
        index_elements=[ArchivePackage.item_id, ArchivePackage.as_of_id],
        set_={**asked, "failure": None},
        where=ArchivePackage.state == "failed",
    ).returning(ArchivePackage.id)
    return db.session.execute(again).scalar_one_or_none()


def latest(viewer: Viewer, item: Item) -> ArchivePackage | None:
    """The item's last package, whatever its state."""
    return db.session.scalars(
        visible(viewer, ArchivePackage)
        .where(ArchivePackage.item_id == item.id)
        .order_by(ArchivePackage.version.desc())
        .limit(1)
    ).one_or_none()


def prepare() -> None:
    """What the schedule calls: items just closed get their package, archived ones whose papers
    changed a new version; asked for in the name of whoever did the last act."""
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="准备档案包"):
        viewer = view_as_clock(clock)
        today = viewer.moment.day
        changed = select(Event.item_id).where(
            Event.day >= today - RECENT, Event.act.not_in(packages.NOT_TOLD)
        )
        outdated = (Item.state == "archived") & Item.id.in_(changed) & _signed_for_a_package()
        rows = db.session.scalars(
            visible(viewer, Item)
            .where(or_(Item.state == "closed", outdated), ~_asked_for())
            .order_by(Item.id)
            .limit(ROUND)
        )
        asked = [enter(item, _last_actor(viewer, item)) for item in rows]
        db.session.commit()
    for package_id in asked:
        if package_id is not None:
            PACKAGES.ask(package_id)


def _asked_for() -> ColumnElement[bool]:
    """There is a row for the item as it stands, be it one that failed."""
    as_of = packages.last_told(Item.id).correlate(Item).scalar_subquery()
    own = (ArchivePackage.item_id == Item.id) & (ArchivePackage.as_of_id == as_of)
    return select(ArchivePackage.id).where(own).exists()


def _signed_for_a_package() -> ColumnElement[bool]:
    """What was archived before there were packages is left alone until somebody asks."""
    own = (ArchiveRecord.item_id == Item.id) & ArchiveRecord.package_id.is_not(None)
    return select(ArchiveRecord.id).where(own).exists()


def _last_actor(viewer: Viewer, item: Item) -> int:
    found: int | None = db.session.scalar(
        visible(viewer, Event)
        .where(Event.item_id == item.id, Event.actor_id.is_not(None))
        .order_by(Event.id.desc())
        .limit(1)
        .with_only_columns(Event.actor_id)
    )
    if found is None:
        raise ValueError("somebody drew the item up")
    return found


def sweep() -> None:
    """Enqueue again what was lost with the queue or a worker; give up after three tries."""
    with everything(because="补办未完成的档案包"):
        waiting = PACKAGES.lost(FAILED)
        db.session.commit()
    PACKAGES.ask_again(waiting)
