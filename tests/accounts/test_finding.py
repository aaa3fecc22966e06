"""Finding one person by 工号, name, pinyin or initials (SPEC §8.8)."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.accounts.finding import everybody, find
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
