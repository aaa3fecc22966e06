"""What is not in anybody's 待办 and still to be seen to: lists of items, each one query.

A tile counts the rows of its list and the list shows the rows the tile counts, for both are made of
`Queue.rows`. Every row is an item once, `since` a day (null: none), and `what` is to be seen to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, Subquery, cast, func, literal, select, union_all
from sqlalchemy.types import String

from portal.extensions import db
from portal.item.lines import Line, lines, read_lines
from portal.models import Item
from portal.rooms.desk import rows_of_office, rows_of_units
from portal.rulebook.scope import Viewer

PAGE: Final = 50
MOST_PAGES: Final = 100_000


class Queue(NamedTuple):
    """A list: its name in the address, its label, what stands in it, what its days are called,
    what follows when it is empty, and its rows."""

    name: str
    label: str
    says: str
    since: str
    nothing: str
    rows: Callable[[Viewer], Select[Any]]


class Counted(NamedTuple):
    """How many rows, and the earliest of their days."""

    waiting: int
    since: date | None


class Row(NamedTuple):
    """A row of a list: the item as lists show it, since when, what."""

    line: Line
    since: date | None
    what: str


class Found(NamedTuple):
    """One page of a list."""

    rows: list[Row]
    page: int
    pages: int
    total: int


QUEUES: Final[Mapping[str, Queue]] = {
    queue.name: queue
    for queue in (
        Queue(
            "extensions", "延期待审", "延期和免于督办申请，待党政办审核", "申请",
            "单位的延期申请经分管校领导签字后，会出现在这里。", rows_of_office.extensions,
        ),
        Queue(
            "closings", "办结待审", "办结材料，待党政办审核", "送达",
            "办结材料经分管校领导审签后，会出现在这里。", rows_of_office.closings,
        ),
        Queue(
            "unreceived", "超时未签收", "签收时限已过，单位尚未签收，也没有指定承办人", "下达",
            "单位未在时限内签收的事项，会出现在这里。", rows_of_office.unreceived,
        ),
        Queue(
            "unsigned", "久未签批", "等待签批已超过规定的工作日，可以改走纸质签批", "送达",
            "领导签批等候过久的事项，会出现在这里。", rows_of_office.unsigned,
        ),
        Queue(
            "urged", "催办中", "催办通知单已下达，尚未消除", "下达",
            "催办通知单下达后，会出现在这里。", rows_of_office.urged,
        ),
        Queue(
            "unmet", "催办未落实", "催办限期已过，事项仍未落实", "限期",
            "催办逾期未落实的事项，会出现在这里。", rows_of_office.unmet,
        ),
        Queue(
            "unit-copies", "待单位确认存档", "已销号，待牵头单位确认存档", "销号",
            "事项销号后，由牵头单位先确认存档。", rows_of_office.unit_copies,
        ),
        Queue(
            "unarchived", "逾期未归档", "销号后超过归档时限，尚未归档", "销号",
            "销号后未按期归档的事项，会出现在这里。", rows_of_office.unarchived,
        ),
        Queue(
            "rectifying", "整改中", "整改意见，正在整改或者待核实", "限期",
            "下达整改意见书的事项，会出现在这里。", rows_of_office.rectifying,
        ),
        Queue(
            "rectifying-late", "整改逾期", "整改限期已过，单位尚未报送", "限期",
            "整改逾期的事项，会出现在这里。", rows_of_office.rectifying_late,
        ),
        Queue(
            "own-rectifying", "整改中", "本单位的整改意见，正在整改或者待核实", "限期",
            "下达整改意见书的事项，会出现在这里。", rows_of_units.rectifying,
        ),
        Queue(
            "own-rectifying-late", "整改逾期", "整改限期已过，本单位尚未报送", "限期",
            "整改逾期的事项，会出现在这里。", rows_of_units.rectifying_late,
        ),
        Queue(
            "loans-asked", "借阅待审批", "借阅申请，待党政办主任审批", "申请",
            "已归档事项有人申请借阅时，会出现在这里。", rows_of_office.loans_asked,
        ),
        Queue(
            "loans-late", "借出逾期", "已过归还日期，尚未归还", "应还",
            "借出材料到期未还的，会出现在这里。", rows_of_office.loans_late,
        ),
        Queue(
            "due", "本周到期", "完成时限在本周的在办事项", "到期",
            "完成时限在本周的事项，会出现在这里。", rows_of_units.due,
        ),
        Queue(
            "owing", "欠报反馈", "本单位牵头，反馈期限已过，尚未报送", "应报",
            "超过反馈期限未报送的事项，会出现在这里。", rows_of_units.owing,
        ),
        Queue(
            "reports", "本周应报", "本人承办，本周及以前应报送的反馈", "应报",
            "反馈期限临近的事项，会出现在这里。", rows_of_units.reports,
        ),
        Queue(
            "drafts", "草稿", "本人的立项草稿和反馈草稿", "保存",
            "保存而未提交的内容，会出现在这里。", rows_of_units.drafts,
        ),
    )
}  # fmt: skip


def counts_of(viewer: Viewer, names: Collection[str]) -> dict[str, Counted]:
    """How many rows each of these lists has: one statement, whatever their number."""
    if not names:
        return {}
    counted = (_counted(name, QUEUES[name].rows(viewer)) for name in names)
    return {
        row.name: Counted(row.how_many, row.since)
        for row in db.session.execute(union_all(*counted))
    }


def _counted(name: str, rows: Select[Any]) -> Select[str, int, date]:
    found = rows.subquery()
    return select(
        cast(literal(name), String).label("name"),
        func.count().label("how_many"),
        func.min(found.c.since).label("since"),
    ).select_from(found)


def find(viewer: Viewer, rows: Select[Any] | Subquery, page: int) -> Found:
    """A page of the list, earliest day first; the last one if there is no such page."""
    found = rows if isinstance(rows, Subquery) else rows.subquery()
    total = db.session.scalar(select(func.count()).select_from(found)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(page, pages)
    asked = (
        lines(viewer)
        .join(found, found.c.item_id == Item.id)
        .add_columns(found.c.since, found.c.what)
        .order_by(found.c.since.nulls_last(), Item.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    read = db.session.execute(asked).all()
    shown = [
        Row(line, row.since, row.what or "")
        for row, line in zip(read, read_lines(read, viewer.moment.day), strict=True)
    ]
    return Found(shown, page, pages, total)
