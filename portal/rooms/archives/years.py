"""The packages of a year in one file, for 档案员 and 党政办: asking for it, making it, finding lost
ones (SPEC §2.11: handed over to the archive by the middle of the next year).

Sensitive items are not in it: each is handed over apart, by somebody on its list.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from flask import current_app
from sqlalchemy import BigInteger, any_, literal, update
from sqlalchemy.dialects.postgresql import ARRAY

from portal import store
from portal.clock import Clock
from portal.config import Settings
from portal.extensions import db
from portal.models import Item, YearPackage
from portal.queued_work import Work, now
from portal.rooms.archives import year_listing
from portal.rooms.archives.making import ALTERED
from portal.rooms.archives.queries import Line, lines_of
from portal.rooms.archives.zipped import Altered, Zipped, safe_name, written
from portal.rulebook.scope import Viewer, everything, view_as, visible

SECONDS: Final = 3600
"""A year may be many gigabytes; only copied, but that takes its time."""
YEARS: Final = Work(YearPackage, "make_year_package", SECONDS, timedelta(minutes=15))
SAME_WITHIN: Final = timedelta(seconds=30)
KEPT: Final = timedelta(days=1)
FAILED: Final = "年度档案包生成未完成，请稍后重新生成；仍不能生成的，请联系系统管理员。"


def ask(viewer: Viewer, year: int) -> YearPackage:
    """Ask for a year's package; the same one asked twice in half a minute is made once."""
    moment = now()
    same = db.session.scalars(
        visible(viewer, YearPackage)
        .where(
            YearPackage.year == year,
            YearPackage.asked_at > moment - SAME_WITHIN,
            YearPackage.state != "failed",
        )
        .order_by(YearPackage.id.desc())
        .limit(1)
    ).one_or_none()
    if same is not None and still_known(viewer, same):
        return same
    asked = YearPackage(
        year=year,
        asked_by_id=viewer.person_id,
        asked_at=moment,
        readers=[-(viewer.person_id or 0)],
    )
    db.session.add(asked)
    db.session.flush()
    asked_id = asked.id
    db.session.commit()
    YEARS.ask(asked_id)
    return db.session.scalars(visible(viewer, YearPackage).where(YearPackage.id == asked_id)).one()


def expired(package: YearPackage) -> bool:
    """Whether the bytes may be gone: a day after they were made."""
    return package.made_at is not None and package.made_at < now() - KEPT


def still_known(viewer: Viewer, package: YearPackage) -> bool:
    """Whether the viewer may know of all its items, and none became sensitive since: a file does
    not outlive a right (SPEC §7.5)."""
    mine = visible(viewer, Item).with_only_columns(Item.id)
    found = mine.where(
        Item.id == any_(literal(package.item_ids, ARRAY(BigInteger))),
        Item.classification != "sensitive",
    )
    return set(package.item_ids) <= set(db.session.scalars(found))


def make(package_id: int) -> None:
    """Make one, reading as the person who asked. A second call finds nothing to do."""
    with everything(because="取出待生成的年度档案包"):
        asked_by = YEARS.claim(package_id, done=0)
        db.session.commit()
    if asked_by is None:
        return
    clock: Clock = current_app.extensions["portal.clock"]
    viewer = view_as(asked_by, clock)
    package = db.session.scalars(
        visible(viewer, YearPackage).where(YearPackage.id == package_id)
    ).one_or_none()
    if package is None:
        return
    lines = [line for line in lines_of(viewer, package.year) if not line.sensitive]
    try:
        _make(package, lines)
    except Altered:
        _fail(package_id, ALTERED)


def _make(package: YearPackage, lines: Sequence[Line]) -> None:
    settings: Settings = current_app.extensions["portal.settings"]
    package_id, ready = package.id, [line for line in lines if line.both_signed]
    waiting = [line for line in lines if not line.both_signed]
    told = year_listing.told(package.year, ready, waiting, settings.college)
    settings.files_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.files_dir) as file:
        with written(file) as zipped:
            for name, content in told:
                zipped.add(name, content, hashlib.sha256(content).hexdigest())
            _fill(zipped, package_id, ready, settings)
        digest, size = store.put_stream(settings.files_dir, file)
    values: dict[str, Any] = {"sha256": digest, "size": size, "state": "made", "made_at": now()}
    values["done"] = values["total"] = len(ready)
    # Also those that wait: 目录 names them, so the file goes with the right to know of them.
    values["item_ids"] = [line.item_id for line in lines]
    _write(package_id, **values)


def _fill(zipped: Zipped, package_id: int, ready: Sequence[Line], settings: Settings) -> None:
    for number, line in enumerate(ready, 1):
        name = safe_name(number, line.number or line.archive_no, "zip")
        zipped.add(name, store.path_of(settings.files_dir, line.sha256), line.sha256)
        # How far it is; a worker that says so is not taken for gone.
        _write(package_id, done=number, total=len(ready), started_at=now())


def _write(package_id: int, **values: Any) -> None:
    db.session.execute(update(YearPackage).where(YearPackage.id == package_id).values(**values))
    db.session.commit()


def sweep() -> None:
    """Enqueue again what was lost with the queue or a worker; give up after three tries."""
    with everything(because="补办未完成的年度档案包"):
        waiting = YEARS.lost(FAILED)
        db.session.commit()
    YEARS.ask_again(waiting)


def _fail(package_id: int, reason: str) -> None:
    db.session.rollback()
    with everything(because="记录年度档案包未能生成"):
        YEARS.fail(package_id, reason)
        db.session.commit()
