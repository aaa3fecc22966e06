"""Names and their readings (SPEC §8.8, §8.9)."""

from __future__ import annotations

import pytest

from portal.accounts.pinyin import (
    SURNAMES,
    initials,
    normalise_name,
    readings,
    stored_readings,
)
from portal.demo import sample


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("单晓燕", ["shan xiao yan"]),
        ("解学农", ["xie xue nong"]),
        ("仇瑾", ["qiu jin"]),
        ("曾骉", ["zeng biao"]),
        ("乐毅", ["yue yi", "le yi"]),
        ("覃燚", ["qin yi", "tan yi"]),
        ("任静", ["ren jing"]),
        ("查良", ["zha liang"]),
        ("区大明", ["ou da ming"]),
        ("尉迟恭", ["yu chi gong"]),
        ("陈𬭎", ["chen hong"]),
        ("马𤩽", ["ma huan"]),
        ("罗䶮", ["luo yan"]),
        ("泽仁旺姆", ["ze ren wang mu"]),
        ("让布·达尔吉", ["rang bu da er ji"]),
        ("让布•达尔吉", ["rang bu da er ji"]),
        ("吕梁", ["lv liang"]),
    ],
)
def test_readings(name: str, expected: list[str]) -> None:
    assert readings(name) == expected


@pytest.mark.parametrize("person", sample.people(), ids=lambda person: str(person["name"]))
def test_the_sample_is_read_as_it_says(person: dict[str, str]) -> None:
    assert person["pinyin"] in readings(person["name"])
    assert person["initials"] == initials(person["pinyin"])


def test_every_row_of_the_table_is_needed() -> None:
    """A row stands only where the dictionary reads otherwise or families differ."""
    from pypinyin import Style, lazy_pinyin

    for surname, said in SURNAMES.items():
        plain = " ".join(lazy_pinyin(list(surname), Style.NORMAL))
        assert len(said) > 1 or said[0] != plain, surname


@pytest.mark.parametrize("dot", ["·", "•", "・", "．", "‧", "･", " · "])
def test_one_interpunct(dot: str) -> None:
    assert normalise_name(f" 让布{dot}达尔吉 ") == "让布\u00b7达尔吉"


def test_nothing_else_of_a_name_is_touched() -> None:
    for person in sample.people():
        assert normalise_name(person["name"]) == person["name"]


def test_several_readings_are_stored() -> None:
    assert stored_readings("覃燚") == ("qin yi|tan yi", "qy|ty")
    assert stored_readings("乜乜") == ("nie mie", "nm")
    assert stored_readings("缪斯") == ("miao si", "ms")
