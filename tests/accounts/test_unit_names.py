"""Which unit a table or a paper means (SPEC §8.1, §8.8)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from portal.accounts.unit_names import NotAUnit, UnitNames
from portal.demo.sample import organisation


def _unit(number: int, **given: Any) -> Any:
    """A unit as far as its names go."""
    names = ("name", "short_name", "code", "pinyin")
    return SimpleNamespace(id=number, aliases=[], **{name: given[name] for name in names})


UNITS = [_unit(number, **row) for number, row in enumerate(organisation()["units"])]
NAMES = UnitNames(UNITS)


@pytest.mark.parametrize(
    ("typed", "short"),
    [
        ("后勤与国有资产管理处", "后勤国资处"),
        ("后勤国资处", "后勤国资处"),
        ("学生工作部（学生处、团委）", "学工部"),
        ("学生工作部", "学工部"),
        ("学生处", "学工部"),
        ("团委", "学工部"),
        ("党政办公室", "党政办"),
        ("学校党政办公室", "党政办"),
        ("保密办公室", "党政办"),
        (" 教 务 处 ", "教务处"),
        ("由教务处牵头", "教务处"),
        ("后勤与国有资产", "后勤国资处"),
        ("jwc", "教务处"),
        ("JWC", "教务处"),
        ("bao wei chu", "保卫处"),
        ("baoweichu", "保卫处"),
        ("安全保卫", "保卫处"),
        ("智能制造", "智造建筑学院"),
        ("马克思主义学院(基础教学部)", "马院"),
    ],
)
def test_the_unit_that_is_meant(typed: str, short: str) -> None:
    assert NAMES.find(typed).short_name == short


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("教务", "没有“教务”这个单位，是否为“教务处（质量管理办公室）”。"),
        ("图书馆", "没有“图书馆”这个单位。"),
        ("管理处", "没有“管理处”这个单位"),
        ("xyz", "没有“xyz”这个单位。"),
        ("学院", "没有“学院”这个单位"),
    ],
)
def test_what_is_no_unit(typed: str, said: str) -> None:
    with pytest.raises(NotAUnit) as refused:
        NAMES.find(typed)
    assert refused.value.reason.startswith(said.removesuffix("。"))


def test_several_are_named() -> None:
    """A reading that two units share."""
    other = _unit(99, name="军务处", short_name="军务处", code="X", pinyin="jiao wu chu")
    with pytest.raises(NotAUnit) as refused:
        UnitNames([*UNITS, other]).find("jiaowuchu")
    assert refused.value.reason == "“jiaowuchu”可指多个单位（教务处、军务处），请填写全称。"
