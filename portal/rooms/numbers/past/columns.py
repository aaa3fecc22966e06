"""The table of 历史事项导入: what the paper ledger says of a finished matter."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Final

from sqlalchemy import select

from portal.extensions import db
from portal.models import Person, Unit
from portal.rulebook import numbering, policy
from portal.rulebook.numbering import NotANumber, Number
from portal.rulebook.scope import Viewer
from portal.steps.registration.forms import REQUIREMENT_LENGTH, TEXT_LENGTH, TITLE_LENGTH
from portal.steps.registration.importing.columns import leader_among, other_levels, units_of
from portal.workbooks import parsers
from portal.workbooks.cells import Cell
from portal.workbooks.columns import Book, Column
from portal.workbooks.refusal import Wrong

OLDEST: Final = date(2000, 1, 1)
RESULT_LENGTH: Final = 2000
LOCATION_LENGTH: Final = 60
NOTES: Final = (
    "只导入启用本系统以前已办结、归档的事项；尚未办结的，请按立项程序办理。",
    "文号按纸质台账填写，一经导入不再改变；同一文号不重复导入。",
    "敏感事项请勿导入。严禁处理、存储、传输国家秘密。",
)


def book(viewer: Viewer, words: Collection[str]) -> Book:
    """The table; units and leaders are those of all times, `words` the 代字 of the college."""
    today, rows = viewer.moment.day, policy.CURRENT
    units = db.session.scalars(select(Unit).order_by(Unit.sort_no, Unit.id)).all()
    leaders = db.session.scalars(
        select(Person).where(Person.rank_no.is_not(None)).order_by(Person.rank_no)
    ).all()
    levels = {level.label: level.number for level in rows.levels}
    day = parsers.day(today, earliest=OLDEST)
    due = parsers.day(today, earliest=OLDEST, latest=today.replace(year=today.year + 10, day=1))
    word = next(iter(words), "")
    return Book(
        "history",
        "历史事项",
        (
            Column(
                "number", "文号", number_of(words), required=True, width=24, also=("编号",),
                hint="按纸质台账填写，括号、空格、前导零均可。", example=f"{word}〔2025〕1号",
            ),
            Column(
                "title", "事项", parsers.line(TITLE_LENGTH), required=True, width=36,
                also=("督办事项", "事项名称"), example="校园消防设施维修",
            ),
            Column(
                "units", "承办单位", units_of(units), required=True, width=24,
                also=("牵头单位", "责任单位", "承办（牵头）单位"),
                hint="第一个为牵头单位，其余为协办单位；已撤并的单位也可填写。", example="保卫处",
            ),
            Column("co_units", "协办单位", units_of(units), empty=(), width=24, also=("配合单位",)),
            Column(
                "level", "等级", parsers.one_of(levels, also=other_levels(levels)), required=True,
                width=8, choices=tuple(levels), example="二级",
            ),
            Column(
                "source_type", "事项来源", parsers.one_of(parsers.labels_of(rows.source_types)),
                required=True, width=14, also=("来源",),
                choices=tuple(row.label for row in rows.source_types), example="院长办公会",
            ),
            Column("source_ref", "立项依据", parsers.line(TEXT_LENGTH), width=28, also=("依据",)),
            Column(
                "principal", "审定人",
                parsers.one_of(parsers.labels_of(rows.principals), also={"书记": "secretary"}),
                width=16, hint="来源为领导批示的必须填写，其他的按事项来源确定。",
                choices=tuple(row.label for row in rows.principals),
            ),
            Column(
                "leader", "责任校领导", leader_among(leaders), empty=None, width=14,
                also=("分管领导", "分管校领导"),
                hint="不填的，按备案当日牵头单位的分管领导确定；当日没有记录的，按今日确定。",
            ),
            Column(
                "requirement", "办理要求", parsers.lines(REQUIREMENT_LENGTH), width=40,
                example="更换老化管网，恢复消火栓水压。",
            ),
            Column(
                "filed_on", "备案日期", day, required=True, width=16, also=("立项日期", "编号日期"),
                example="2025年3月4日",
            ),
            Column(
                "issued_on", "交办日期", day, empty=None, width=16, hint="不填的，同备案日期。",
            ),
            Column(
                "due", "完成时限", due, empty=None, width=16, also=("原定时限", "办结时限"),
                hint="四级事项可以不填，其他必须填写。", example="2025年3月19日",
            ),
            Column(
                "completed_on", "办结日期", day, required=True, width=16, also=("销号日期",),
                example="2025年3月17日",
            ),
            Column(
                "archived_on", "归档日期", day, empty=None, width=16,
                hint="不填的，同办结日期。",
            ),
            Column(
                "result", "办结情况", parsers.lines(RESULT_LENGTH), width=40,
                example="已全部更换并通过验收。",
            ),
            Column(
                "location", "存放地点", parsers.line(LOCATION_LENGTH), width=20,
                also=("保管地点", "档案存放地点"), hint="纸质材料存放的地点。",
            ),
        ),
        NOTES,
    )  # fmt: skip


def number_of(words: Collection[str]) -> Callable[[Cell], Number]:
    """A number of the college however typed."""

    def read(cell: Cell) -> Number:
        try:
            return numbering.parse(cell.text, words)
        except NotANumber as refused:
            raise Wrong(refused.reason) from refused

    return read
