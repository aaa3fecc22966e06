"""The table of 批量导入: the fields of 立项 as columns, and what may be written in each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from portal.accounts.pinyin import SEPARATOR, normalise_name
from portal.accounts.queries import units_in_order
from portal.accounts.unit_names import NotAUnit, UnitNames
from portal.models import Person, Unit
from portal.rulebook import date_phrases, policy
from portal.rulebook.date_phrases import NotADeadline
from portal.rulebook.periods import Period
from portal.rulebook.scope import Viewer
from portal.steps.registration.forms import (
    OLDEST_SOURCE,
    REQUIREMENT_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
)
from portal.steps.registration.queries import school_leaders
from portal.workbooks import parsers
from portal.workbooks.cells import Cell
from portal.workbooks.columns import Book, Column, Named
from portal.workbooks.refusal import Wrong

NOTES: Final = (
    "每行一个事项（一事一项），导入后为草稿，提交立项后进入签批。",
    "导入的事项标识为“内部”；敏感事项请在页面上单独立项。严禁处理、存储、传输国家秘密。",
    "同一内容的行已经导入过的，不重复导入。",
)
_POSTS: Final = re.compile(
    r"(?:同志|(?:党委|纪委)?副?书记|副?院长|副?校长|主任|处长|部长|老师|[（(].*[)）])+$"
)


def book(viewer: Viewer) -> Book:
    """The table as it stands today: units, leaders and lists are those of the day."""
    today, rows = viewer.moment.day, policy.CURRENT
    units = units_in_order(today)
    leaders = school_leaders(today)
    levels = {level.label: level.number for level in rows.levels}
    return Book(
        "drafts",
        "督办事项",
        (
            Column(
                "title", "事项", parsers.line(TITLE_LENGTH), required=True, width=36,
                also=("督办事项", "事项名称", "工作事项"), hint="一事一项，不超过60个字。",
                example="冬季供暖保障",
            ),
            Column(
                "units", "承办单位", units_of(units), required=True, width=24,
                also=("牵头单位", "责任单位", "承办（牵头）单位", "督办督查主体"),
                hint="第一个为牵头单位，其余为协办单位；用顿号、逗号、分号、斜线或换行分隔。"
                "可写全称、简称或拼音。",
                choices=tuple(unit.short_name for unit in units),
                example="后勤国资处、保卫处",
            ),
            Column(
                "co_units", "协办单位", units_of(units), empty=(), width=24,
                also=("配合单位",), hint="也可以与牵头单位写在同一格。",
            ),
            Column(
                "level", "等级", parsers.one_of(levels, also=other_levels(levels)), empty=None,
                width=8, also=("督办等级", "事项等级"),
                hint="不填的按完成时限确定：写“长期”的为四级。",
                choices=tuple(levels), example="二级",
            ),
            Column(
                "deadline", "完成时限", deadline_from(today), empty=None, width=18,
                also=("办结时限", "时限", "完成时间"),
                hint="日期（2026年11月30日、11.30、本周五、月底前、12月上旬）、天数（15天、一周内）或“长期”。"
                "不填的按等级确定。",
                example="15天",
            ),
            Column(
                "requirement", "办理要求", parsers.lines(REQUIREMENT_LENGTH), width=40,
                also=("工作要求", "具体要求"), hint="不超过300个字；提交立项前必须填写。",
                example="完成供暖设备检修和试运行，制定极端低温应急预案。",
            ),
            Column(
                "source_type", "事项来源", parsers.one_of(parsers.labels_of(rows.source_types)),
                width=14, also=("来源",), hint="提交立项前必须填写。",
                choices=tuple(row.label for row in rows.source_types), example="院长办公会",
            ),
            Column(
                "source_ref", "立项依据", parsers.line(TEXT_LENGTH), width=28, also=("依据",),
                hint="文件、会议或批示的名称和文号。", example="院长办公会议纪要〔2026〕19号",
            ),
            Column(
                "source_date", "依据日期",
                parsers.day(today, earliest=today - OLDEST_SOURCE), empty=None, width=16,
                hint="会议、批示或文件的日期，不晚于今天。",
            ),
            Column(
                "category", "类别", parsers.one_of(parsers.labels_of(rows.categories)), width=12,
                hint="不填的按事项来源确定。",
                choices=tuple(row.label for row in rows.categories),
            ),
            Column(
                "method", "督办督查方式",
                parsers.one_of(parsers.labels_of(rows.methods), also=_short_methods()), width=16,
                also=("督办方式",), hint="不填的按事项来源确定。",
                choices=tuple(row.label for row in rows.methods),
            ),
            Column(
                "principal", "审定人",
                parsers.one_of(parsers.labels_of(rows.principals), also={"书记": "secretary"}),
                width=16, hint="不填的按事项来源确定；来源为领导批示的，请选择作出批示的领导。",
                choices=tuple(row.label for row in rows.principals),
            ),
            Column(
                "leader", "责任校领导", leader_among(leaders), empty=None, width=14,
                also=("分管领导", "分管校领导", "责任领导"),
                hint="不填的按牵头单位的分管领导确定。",
                choices=tuple(leader.name for leader in leaders),
            ),
            Column(
                "basis", "时限依据", parsers.line(TEXT_LENGTH), width=24,
                hint="完成时限为明确日期的，提交立项前须写明依据。",
            ),
        ),
        NOTES,
    )  # fmt: skip


def units_of(units: Iterable[Unit]) -> Callable[[Cell], tuple[Named, ...]]:
    """One or several units in a cell, each once; every unknown name is said."""
    names = UnitNames(units)

    def read(cell: Cell) -> tuple[Named, ...]:
        found: dict[int, Named] = {}
        wrong: list[str] = []
        for name in parsers.parted(cell.text):
            try:
                unit = names.find(name)
            except NotAUnit as refused:
                wrong.append(refused.reason)
            else:
                found[unit.id] = Named(unit.id, unit.short_name)
        if wrong:
            raise Wrong("".join(wrong))
        return tuple(found.values())

    return read


def leader_among(leaders: Iterable[Person]) -> Callable[[Cell], Named]:
    """A school leader by name, with or without 同志 and post, or by pinyin."""
    known: dict[str, list[Person]] = {}
    for leader in leaders:
        readings = f"{leader.pinyin}{SEPARATOR}{leader.initials}".replace(" ", "").split(SEPARATOR)
        for name in {leader.name, *filter(None, readings)}:
            known.setdefault(name, []).append(leader)

    def read(cell: Cell) -> Named:
        name = _POSTS.sub("", normalise_name("".join(cell.text.split())))
        found = known.get(name) or known.get(name.lower(), [])
        if not found:
            raise Wrong(f"在任校领导中没有“{name or cell.text}”，请核对姓名。")
        if len(found) > 1:
            raise Wrong(f"“{name}”可指{'、'.join(one.name for one in found)}，请填写姓名。")
        return Named(found[0].id, found[0].name)

    return read


def deadline_from(today: date) -> Callable[[Cell], Period]:
    """A time limit however written; what is in doubt is asked back."""

    def read(cell: Cell) -> Period:
        day = cell.day or parsers.serial_day(cell)
        if day is not None:
            return Period("date", None, day)
        parsers.refuse_figure(cell)
        try:
            phrase = date_phrases.read(cell.text, today)
        except NotADeadline as refused:
            raise Wrong(refused.reason) from refused
        if phrase.doubt:
            raise Wrong(phrase.doubt)
        return phrase.period

    return read


def other_levels(levels: dict[str, int]) -> dict[str, int]:
    """「2」, 「2级」, 「Ⅱ级」, 「二级督办」 for 「二级」."""
    romans = ("I", "II", "III", "IV")
    return {
        other: number
        for label, number in levels.items()
        for roman in (romans[number - 1],)
        for other in (str(number), f"{number}级", roman, f"{roman}级", f"{label}督办")
    }


def _short_methods() -> dict[str, str]:
    return {row.short: row.id for row in policy.CURRENT.methods}
