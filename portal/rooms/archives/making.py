"""Making an item's package in a worker: the same item state gives the same bytes.

It is read as the portal, not as a person, so that whoever asked gets the same file; who may have
it is decided where it is given out (`commands.may_have`).
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Sequence
from typing import Final

from flask import current_app
from sqlalchemy import update

from portal import store
from portal.audit import sealing
from portal.clock import Clock
from portal.config import Settings
from portal.documents.render import DocumentError, render
from portal.extensions import db
from portal.models import ArchivePackage, ArchiveRecord, Item
from portal.queued_work import now
from portal.rooms.archives import chain, listing, pages
from portal.rooms.archives.commands import PACKAGES
from portal.rooms.archives.papers import Paper, Place, count_of, papers_of
from portal.rooms.archives.zipped import Altered, Zipped, safe_name, written
from portal.rulebook import packages
from portal.rulebook.scope import Viewer, everything, view_as_clock, visible

CHANGED: Final = "事项内容在生成时有变化，请重新生成档案包。"
ALTERED: Final = "存储的文件与登记的摘要不一致，未生成档案包，请联系系统管理员核查。"
LOOKS, PAUSE = 20, 0.5
"""How often, and every how many seconds, it looks whether another sealer has sealed the events."""


def make(package_id: int) -> None:
    """Make one package. A second call finds nothing to do."""
    with everything(because="取出待生成的档案包"):
        asked_by = PACKAGES.claim(package_id, done=0)
        db.session.commit()
    if asked_by is None:
        return
    sealing.seal()
    clock: Clock = current_app.extensions["portal.clock"]
    with everything(because="生成档案包"):
        viewer = view_as_clock(clock)
        package = db.session.get_one(ArchivePackage, package_id)
        item = db.session.get_one(Item, package.item_id)
        try:
            _make(viewer, item, package)
        except DocumentError as error:
            _fail(package_id, str(error))
        except Altered:
            _fail(package_id, ALTERED)


def _make(viewer: Viewer, item: Item, package: ArchivePackage) -> None:
    settings: Settings = current_app.extensions["portal.settings"]
    if packages.state_of(item) != package.as_of_id:
        _fail(package.id, CHANGED)
        return
    _wait_for_seals(viewer, item, package)
    papers = _papers(viewer, item, package, Place(settings.files_dir, settings.college))
    office = db.session.scalars(
        visible(viewer, ArchiveRecord).where(
            ArchiveRecord.item_id == item.id,
            ArchiveRecord.keeper == "office",
            ArchiveRecord.superseded_at.is_(None),
        )
    ).one()
    facts = listing.facts_of(item, package, office)
    settings.files_dir.mkdir(parents=True, exist_ok=True)
    # On the disk of the stored files, for a package is larger than a worker's memory may be.
    with tempfile.TemporaryFile(dir=settings.files_dir) as file:
        with written(file) as zipped:
            total_pages = _fill(zipped, item, facts, papers, settings.college)
        digest, size = store.put_stream(settings.files_dir, file)
    if packages.state_of(item) != package.as_of_id:
        _fail(package.id, CHANGED)
        return
    package.sha256, package.size, package.state = digest, size, "made"
    package.files, package.pages, package.made_at = len(papers), total_pages, now()
    package.done = package.total = len(papers)
    db.session.commit()


def _wait_for_seals(viewer: Viewer, item: Item, package: ArchivePackage) -> None:
    """Another sealer may be at it. NotSealed after ten seconds: the sweep tries again."""
    for _ in range(LOOKS):
        try:
            chain.proof(viewer, item, package.as_of_id)
            return
        except chain.NotSealed:
            db.session.rollback()
            time.sleep(PAUSE)
            sealing.seal()
    raise chain.NotSealed


def _papers(viewer: Viewer, item: Item, package: ArchivePackage, at: Place) -> list[Paper]:
    """All files; after each the page hears how far it is."""
    total, found = count_of(viewer, item), []
    for paper in papers_of(viewer, item, package, at):
        found.append(paper)
        _note(package.id, len(found), total)
    return found


def _fill(
    zipped: Zipped,
    item: Item,
    facts: Sequence[tuple[str, str]],
    papers: Sequence[Paper],
    college: str,
) -> int:
    """目录 first, then the files by its numbers; how many pages in all."""
    rows = [
        listing.row_of(safe_name(number, paper.title, paper.ending), number, paper)
        for number, paper in enumerate(papers, 1)
    ]
    printed = render("list", listing.printed(item, facts, rows, college))
    lists: list[tuple[str, bytes, int | None]] = [
        (listing.PRINTED, printed, pages.of_sheet(printed)),
        (listing.TABLE, listing.table(rows), None),
    ]
    told = [listing.list_row(name, content, count) for name, content, count in lists]
    index = listing.index(item, facts, [*told, *rows])
    for name, content, _count in (*lists, (listing.INDEX, index, None)):
        zipped.add(name, content, hashlib.sha256(content).hexdigest())
    for row, paper in zip(rows, papers, strict=True):
        zipped.add(row["name"], paper.content, paper.sha256)
    return sum(paper.pages or 0 for paper in papers)


def _note(package_id: int, done: int, total: int) -> None:
    """How far it is; a worker that says so is not taken for gone."""
    db.session.execute(
        update(ArchivePackage)
        .where(ArchivePackage.id == package_id)
        .values(done=done, total=total, started_at=now())
    )
    db.session.commit()


def _fail(package_id: int, reason: str) -> None:
    db.session.rollback()
    PACKAGES.fail(package_id, reason)
    db.session.commit()
