"""查阅记录 of a sensitive item: who opened what of it, newest first (SPEC §7.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func

from portal.documents.table import labels_of
from portal.extensions import db
from portal.item.people import Named, named
from portal.models import Attachment, Item, ViewLog
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.standing import sees_list

ON_PAGE, A_PAGE = 5, 50
WORDS = {
    "item.page": "事项页面",
    "item.looked": "查阅记录",
    "documents.pdf": "表单",
    "documents.word": "表单",
    "archives.package_zip": "档案包",
    "attachments.download": "附件",
    "attachments.shown": "附件页面",
    "registration.edit": "立项内容",
    "registration.revise": "立项内容",
    "execution.new_report": "反馈填报页面",
    "reading.page": "批量阅知",
    "reading.read": "批量阅知",
    "waiting.page": "卡在哪里",
    "ledger.glance": "台账速览",
    "ledger.file": "台账导出",
    "verifying.shown": "核验文书",
    "verifying.file": "核验文书（表单）",
    "verifying.compare": "核验文书（文件）",
}
OTHER = "办理页面"


class Look(NamedTuple):
    """One view: when, who, what, from which network address."""

    at: datetime
    who: Named
    what: str
    address: str


class Looks(NamedTuple):
    """Some of the views, which page of how many, and how many there are."""

    rows: list[Look]
    page: int
    pages: int
    total: int


def latest_of(viewer: Viewer, item: Item) -> Looks | None:
    """The last few, for the item's page; None for an item or a person without them."""
    if item.classification != "sensitive" or not sees_list(viewer, item):
        return None
    return _looks(viewer, item, 1, ON_PAGE)


def page_of(viewer: Viewer, item: Item, page: int) -> Looks:
    """One page of all."""
    return _looks(viewer, item, page, A_PAGE)


def _looks(viewer: Viewer, item: Item, page: int, size: int) -> Looks:
    mine = visible(viewer, ViewLog).where(ViewLog.item_id == item.id)
    total = db.session.scalar(mine.with_only_columns(func.count())) or 0
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    rows = db.session.scalars(
        mine.order_by(ViewLog.id.desc()).limit(size).offset((page - 1) * size)
    ).all()
    names = named([row.person_id for row in rows], viewer.moment.day)
    files = _files(viewer, item)
    sheets = labels_of(row.detail for row in rows)
    looks = [
        Look(row.at, names[row.person_id], _what(row, files, sheets), row.address) for row in rows
    ]
    return Looks(looks, page, pages, total)


def _files(viewer: Viewer, item: Item) -> dict[str, str]:
    rows = db.session.scalars(visible(viewer, Attachment).where(Attachment.item_id == item.id))
    return {str(row.public_id): row.name for row in rows}


def _what(row: ViewLog, files: Mapping[str, str], sheets: Mapping[str, str]) -> str:
    word = WORDS.get(row.page, OTHER)
    if row.page == "documents.pdf":
        return sheets.get(row.detail, word)
    if row.page == "documents.word":
        return f"{sheets.get(row.detail, word)}（Word 版）"
    return f"{word}　{files[row.detail]}" if row.detail in files else word
