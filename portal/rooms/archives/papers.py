"""What an item's package holds, in order: its sheets, what it is based on, what was handed in,
scans of what was signed on paper, 办理过程 and its proof (SPEC §2.11)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal import store
from portal.documents.commands import stored
from portal.documents.queries import listed_of
from portal.documents.render import DocumentError, render
from portal.extensions import db
from portal.item.attachments.queries import bound_of
from portal.models import ArchivePackage, Attachment, BatchItem, Item
from portal.rooms.archives import chain, listing, pages
from portal.rooms.archives.events import KIND as HISTORY
from portal.rulebook.item_texts import source_text
from portal.rulebook.scope import Viewer, visible

SHEET, SOURCE, HANDED_IN, SCAN = "文书", "来源依据", "附件", "签批扫描件"
PLACES: Final = {"filing": SOURCE, "scan": SCAN}
"""Where files stand by their purpose; all others are handed in while the item ran."""
QUOTED: Final = "来源文件摘录"


@dataclass(frozen=True)
class Paper:
    """One file of a package. `pages` is None of what has none, or where they cannot be counted."""

    title: str
    kind: str
    ending: str
    content: bytes | Path
    sha256: str
    size: int
    pages: int | None


def papers_of(viewer: Viewer, item: Item, package: ArchivePackage, at: Place) -> Iterator[Paper]:
    """The files in the order of the 目录. DocumentError: a sheet cannot be printed."""
    files = [_file(file, place, at) for file, place in bound_of(viewer, item)]
    first = True
    for kind, one in listed_of(viewer, item, once=True).items():
        yield _sheet(viewer, item, package, kind, one.label, at)
        if first:  # 来源依据 follows 立项备案单
            yield from quoted(viewer, item)
            yield from (paper for paper in files if paper.kind == SOURCE)
        first = False
    for place in (HANDED_IN, SCAN):
        yield from (paper for paper in files if paper.kind == place)
    history = render("list", listing.history(viewer, item, package.as_of_id, at.college))
    yield _made("办理过程", HISTORY, "pdf", history, pages.of_sheet(history))
    yield _made("办理记录及封存摘要", HISTORY, "json", chain.proof(viewer, item, package.as_of_id))


def quoted(viewer: Viewer, item: Item) -> Iterator[Paper]:
    """The item's own words in the paper that several items were drafted from; the paper itself is
    about other items too and stays where it is (decision 0179)."""
    words = db.session.scalars(
        visible(viewer, BatchItem)
        .where(BatchItem.item_id == item.id)
        .with_only_columns(BatchItem.quotation)
    ).one_or_none()
    if words:
        yield _made(QUOTED, SOURCE, "txt", f"{source_text(item)}\n\n{words}\n".encode())


@dataclass(frozen=True)
class Place:
    """Where stored files lie, and whose college it is."""

    folder: Path
    college: str


def count_of(viewer: Viewer, item: Item) -> int:
    """How many files there will be, for the progress."""
    papers = len(listed_of(viewer, item, once=True)) + len(bound_of(viewer, item)) + 2
    return papers + len(list(quoted(viewer, item)))


def _sheet(
    viewer: Viewer, item: Item, package: ArchivePackage, kind: str, label: str, at: Place
) -> Paper:
    try:
        sheet = stored(viewer, item, kind, package.asked_by_id)
    except DocumentError as error:
        raise DocumentError(f"《{label}》未能生成：{error}") from error
    if sheet.sha256 is None or sheet.size is None:
        raise ValueError("a sheet that is stored has its digest")
    path = store.path_of(at.folder, sheet.sha256)
    return Paper(label, SHEET, "pdf", path, sheet.sha256, sheet.size, pages.of_sheet(path))


def _file(row: Attachment, place: str, at: Place) -> Paper:
    path = store.path_of(at.folder, row.sha256)
    stem, _dot, ending = row.name.rpartition(".")
    title, kind = f"{place}-{stem or row.name}", PLACES.get(row.purpose, HANDED_IN)
    number = pages.of_file(path, row.kind)
    return Paper(title, kind, ending or row.kind, path, row.sha256, row.size, number)


def _made(title: str, kind: str, ending: str, content: bytes, count: int | None = None) -> Paper:
    digest = hashlib.sha256(content).hexdigest()
    return Paper(title, kind, ending, content, digest, len(content), count)
