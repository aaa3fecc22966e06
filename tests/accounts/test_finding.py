"""Finding one person by 工号, name, pinyin or initials (SPEC §8.8)."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.accounts.finding import everybody, find, suggest
from portal.accounts.unit_finding import find_units
from portal.extensions import db
from portal.models import Person
from tests.conftest import ANCHOR


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("何玉萍", ["何玉萍"]),
        ("何玉萍 20100013", ["何玉萍"]),
        ("20100013", ["何玉萍"]),
        ("何玉萍 20100014", []),
        ("zeren wangmu", ["泽仁旺姆"]),
        ("zrwm", ["泽仁旺姆"]),
        ("ZRWM", ["泽仁旺姆"]),
        ("让布•达尔吉", ["让布·达尔吉"]),
        ("陈𬭎", ["陈𬭎"]),
        ("qin yi", ["覃燚"]),
        ("玉萍", []),
        ("", []),
        ("%", []),
    ],
)
def test_who_is_meant(college: Flask, typed: str, found: list[str]) -> None:
    with college.app_context():
        names = [one.name for one in find(typed, ANCHOR)]
    assert names == found


def test_several_may_be_meant(college: Flask) -> None:
    """Then the form asks for the 工号."""
    with college.app_context():
        read = {"pinyin": "he yu ping|ge yu ping", "initials": "hyp|gyp"}
        double = {"name": "何玉平", "sort_no": 999, **read}
        db.session.add(Person(emp_no="20109999", **double))
        db.session.flush()
        assert [one.name for one in find("hyp", ANCHOR)] == ["何玉萍", "何玉平"]
        for typed in ("何玉平 20109999", "geyuping", "gyp"):
            assert [one.name for one in find(typed, ANCHOR)] == ["何玉平"], typed


def test_the_choices_are_in_official_order_and_read_differently(college: Flask) -> None:
    """SPEC §8.6: leaders by rank first; who left is not offered."""
    with college.app_context():
        db.session.get_one(Person, 1).active = False
        db.session.flush()
        people = everybody(ANCHOR)
        gone = db.session.get_one(Person, 1).name
    assert len(people) == len({one.value for one in people}) == 69
    assert gone not in {one.name for one in people}
    ranks = [one.name for one in people][:3]
    assert (
        ranks == [name for name in ("向维岷", "三郎泽里", "余茂春", "单晓燕") if name != gone][:3]
    )


SUGGESTED: tuple[tuple[str, list[str]], ...] = (
    ("何玉", ["何玉萍"]),
    ("玉萍", ["何玉萍"]),
    ("heyup", ["何玉萍"]),
    ("hyp", ["何玉萍"]),
    ("20100013", ["何玉萍"]),
    ("20109999", ["何玉平"]),
    ("geyu", ["何玉平"]),
    ("gyp", ["何玉平"]),
    ("让布·达", ["让布·达尔吉"]),
    ("让布达", ["让布·达尔吉"]),
    ("daerji", ["让布·达尔吉"]),
    ("𬭎", ["陈𬭎"]),
    ("deng 保卫处", ["邓涛"]),
    ("书记 单", ["单晓燕"]),
    ("%", []),
    ("_", []),
    ("·", []),
    ("", []),
)


def test_who_may_be_meant_so_far(college: Flask) -> None:
    """A name, a reading of several, a 工号, a post, a unit; every word is met."""
    with college.app_context():
        read = {"pinyin": "ke yu ping|ge yu ping", "initials": "kyp|gyp"}
        db.session.add(Person(emp_no="20109999", name="何玉平", sort_no=999, **read))
        db.session.flush()
        found = {typed: [one.name for one in suggest(typed, ANCHOR)] for typed, _ in SUGGESTED}
        assert found == {**dict(SUGGESTED), "何玉": ["何玉萍", "何玉平"]}
        heads = [one.name for one in suggest("保卫处", ANCHOR)]
        assert heads[0] == "坤建军"
        assert len(suggest("处", ANCHOR)) == 8


UNITS = {
    "保卫处": "保卫处",
    "安全保卫处": "保卫处",
    "bwc": "保卫处",
    "baowei": "保卫处",
    "aqbwc": "保卫处",
    "后勤处": "后勤国资处",
    "国资": "后勤国资处",
    "团委": "学工部",
    "学生处": "学工部",
    "JWC": "教务处",
    "马克思": "马院",
    "wenlv": "文旅经管学院",
    "wljg": "文旅经管学院",
    "处务": "",
    "%": "",
    "": "",
}


def test_which_unit_is_meant(college: Flask) -> None:
    """By any of its names, part of one, an abbreviation, pinyin, first letters."""
    with college.app_context():
        found = {typed: find_units(typed, ANCHOR) for typed in UNITS}
    assert {typed: units[0].short_name if units else "" for typed, units in found.items()} == UNITS
