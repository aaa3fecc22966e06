"""The two tables as they are declared: their columns give template, reading and messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from portal.accounts.unit_names import NotAUnit, UnitNames
from portal.models import Unit
from portal.rooms.organisation.forms import (
    LONGEST_ID,
    LONGEST_NAME,
    NAME_LENGTH,
    READING,
    name_of,
    split,
)
from portal.rooms.organisation.posts import ROLES
from portal.rooms.organisation.units import KINDS
from portal.workbooks import parsers
from portal.workbooks.cells import Cell
from portal.workbooks.columns import Book, Column, Named
from portal.workbooks.refusal import Wrong

EARLIEST: Final = date(1950, 1, 1)
A_YEAR: Final = timedelta(days=366)
CODE: Final = re.compile(r"[0-9A-Za-z_.@-]+")
PHONE: Final = re.compile(r"\+?[0-9-]{5,20}")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
UNITS, PEOPLE = "units", "people"


def units_book(today: date) -> Book:
    """单位."""
    return Book(
        UNITS,
        "单位",
        (
            Column("code", "代码", _matching(CODE, 20, "代码只能包含字母、数字和 . _ - @。"),
                   required=True, example="JXJY", hint="确定后不再更改。"),
            Column("name", "全称", parsers.line(LONGEST_NAME), required=True, width=28,
                   also=("单位名称", "名称"), example="继续教育学院"),
            Column("short_name", "简称", parsers.line(20), required=True, example="继教学院"),
            Column("aliases", "别名", _several, width=20, example="成教院", empty=(),
                   hint="可选，多个用“、”分隔。"),
            Column("kind", "类别", parsers.one_of({kind: kind for kind in KINDS}), required=True,
                   choices=KINDS, example="二级学院", also=("类型", "单位类别")),
            Column("valid_from", "设立日期", _day(today), example="2026年9月1日", empty=today,
                   hint="可选，不填即今天；前后一年以内。"),
        ),
        ("按表中先后排在现有单位之后；负责人、分管校领导导入后登记。",),
    )  # fmt: skip


def people_book(units: Sequence[Unit], today: date) -> Book:
    """人员和任职: a row is a person with one post; several rows of one 工号 are several posts."""
    return Book(
        PEOPLE,
        "人员和任职",
        (
            Column("emp_no", "工号", _matching(CODE, 20, "工号只能包含字母、数字和 . _ - @。"),
                   required=True, example="20107001", hint="即登录名；以0开头的，单元格须为文本。"),
            Column("name", "姓名", _name, required=True, example="覃·明"),
            Column("readings", "读音", _readings, example="qin ming", empty=(),
                   hint="可选，不填自动注音；多个用“、”分隔。"),
            Column("phone", "手机号", _matching(PHONE, 20, "手机号只能包含数字。"),
                   example="12000000001"),
            Column("email", "邮箱", _matching(EMAIL, LONGEST_ID, "邮箱格式不正确。"), width=24,
                   example="az@example.edu.cn"),
            Column("wecom_userid", "企业微信账号", _matching(CODE, LONGEST_ID, "账号格式不正确。"),
                   example="az7001"),
            Column("dingtalk_userid", "钉钉账号", _matching(CODE, LONGEST_ID, "账号格式不正确。")),
            Column("sort_no", "排序", parsers.whole_number(1, 99999), empty=9999, example="301",
                   hint="可选，数字小的在前。"),
            Column("unit", "单位", _unit(units), choices=tuple(one.short_name for one in units),
                   width=28, example=units[0].short_name if units else "", empty=None),
            Column("post", "职务", parsers.line(40), width=20, example="干事"),
            Column("role", "角色", parsers.one_of({label: role for role, label in ROLES.items()}),
                   choices=tuple(ROLES.values()), example="承办人", empty="",
                   hint="党政办、纪委办等全校性角色不在此导入，另行授予。"),
            Column("is_primary", "主要任职", parsers.yes_or_no, choices=("是", "否"),
                   example="是", empty=False),
            Column("valid_from", "任职起始日期", _day(today), example="2026年9月1日", empty=today,
                   also=("起始日期",), hint="可选，不填即今天；前后一年以内。"),
        ),
        (
            "同一工号可占多行，每行一项任职；人员信息以第一行为准，已登记人员的信息不更改。",
            "只登记人员的，单位、职务、角色留空。",
            "企业微信、钉钉账号导入后待另一名管理员确认。",
        ),
    )  # fmt: skip


def _matching(form: re.Pattern[str], most: int, said: str) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        if len(cell.text) > most or not form.fullmatch(cell.text):
            raise Wrong(said)
        return cell.text

    return read


def _name(cell: Cell) -> str:
    least, most = NAME_LENGTH
    name = name_of(parsers.line(LONGEST_NAME)(cell))
    if not least <= len(name) <= most:
        raise Wrong(f"姓名为{least}至{most}个字。")
    return name


def _readings(cell: Cell) -> tuple[str, ...]:
    found = split(cell.text)
    if not all(READING.fullmatch(one) for one in found):
        raise Wrong("读音用小写拼音，音节之间空一格，多个读音用“、”分隔。")
    return found


def _several(cell: Cell) -> tuple[str, ...]:
    return split(parsers.line(200)(cell))


def _unit(units: Sequence[Unit]) -> Callable[[Cell], Named]:
    names = UnitNames(units)

    def read(cell: Cell) -> Named:
        try:
            unit = names.find(cell.text)
        except NotAUnit as none:
            raise Wrong(none.reason) from none
        return Named(unit.id, unit.name)

    return read


def _day(today: date) -> Callable[[Cell], date]:
    return parsers.day(today, earliest=max(EARLIEST, today - A_YEAR), latest=today + A_YEAR)
