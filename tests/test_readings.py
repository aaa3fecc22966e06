"""Texts by their pinyin (SPEC §8.8): what is typed, what it finds, and which part is meant."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.readings import letters_of, pattern_of, reading_of, span_of, syllables

TITLE = "元旦春节期间校园安全保卫工作"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("校园安全", "XiaoYuanAnQuan"),
        ("行政会议", "XingZhengHuiYi"),
        ("银行账户", "YinHangZhangHu"),
        ("重庆路音乐厅", "ChongQingLuYinYueTing"),
        ("藏羌文化", "ZangQiangWenHua"),
        ("女生宿舍", "NvShengSuShe"),
        ("校园WiFi、5G", "XiaoYuanWifiG"),
        ("“十四五”规划（2026）", "ShiSiWuGuiHua"),
        ("陈𬭎", "ChenHong"),
        ("", ""),
    ],
)
def test_readings(text: str, reading: str) -> None:
    assert reading_of(text) == reading


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("anquan", "安全"),
        ("an quan", "安全"),
        ("AQ", "安全"),
        ("anq", "安全"),
        ("aquan", "安全"),
        ("xyaq", "校园安全"),
        ("yuandanchunjie", "元旦春节"),
        ("ydcj", "元旦春节"),
        ("gongzuo", "工作"),
        ("nquan", None),
        ("uan", None),
        ("qa", None),
    ],
)
def test_the_part_that_is_meant(typed: str, meant: str | None) -> None:
    """Any syllable may be the first; none is entered in its middle."""
    span = span_of(TITLE, letters_of(typed))
    assert (TITLE[slice(*span)] if span else None) == meant


@pytest.mark.parametrize(
    ("typed", "letters"),
    [
        ("ze ren", "zeren"),
        ("ZRWM", "zrwm"),
        ("xi'an", "xian"),
        ("lüyou", "lvyou"),
        ("a", ""),
        ("安quan", ""),
        ("a1", ""),
        ("a.*", ""),
        ("", ""),
        ("z" * 500, "z" * 40),
    ],
)
def test_what_can_be_pinyin(typed: str, letters: str) -> None:
    """Nothing else comes into a pattern."""
    assert letters_of(typed) == letters


def test_the_beginning_of_any_of_several_readings() -> None:
    pattern = pattern_of("ty", from_start=True)
    assert re.search(pattern, "QinYi|TanYi")
    assert not re.search(pattern, "QinTanYi")


@given(st.text(max_size=40))
def test_every_character_has_its_part(text: str) -> None:
    """Else the marked part were another one than was found."""
    assert len(syllables(text)) == len(text)
    assert re.fullmatch("[A-Za-z]*", reading_of(text))
