"""Titles in lines: whole words, 梯形 or 菱形 (GB/T 9704 7.3.1)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents.gongwen.places import ems
from portal.documents.gongwen.titles import LONGEST_LINE, MOST_LINES, WHOLE, broken
from portal.documents.typesetting.breaking import NEVER_FIRST, NEVER_LAST
from tests.documents.gongwen.samples import DATA

LINES = [
    ("督查整改意见书",),
    ("关于11月督办督查事项办理情况的通报",),
    ("关于2026—2027学年第一学期", "督办督查事项推进落实情况的报告"),
    ("关于“冬季校园消防安全隐患", "集中排查整治”办理情况的报告（第2期）"),
    (
        "关于“制定《阿坝职业学院",
        "横向科研项目与经费管理办法》”",
        "办理情况的报告（第1期）",
    ),
    ("关于“校门口及凤仪大道早高峰交通疏导”", "办理情况的报告（第2期）"),
    ("关于“州委巡察反馈问题整改‘回头看’", "台账销号”办理情况的报告（第1期）"),
    ("关于“南校区学生公寓供暖改造工程进度", "滞后问题整改”办理情况的报告（第12期）"),
]


@pytest.mark.parametrize("lines", LINES, ids=lambda lines: lines[0])
def test_where_a_title_breaks(lines: tuple[str, ...]) -> None:
    assert broken("".join(lines)) == lines


def test_titles_of_the_samples_items() -> None:
    """No line too long or shorter than a word; no hourglass; no word of the office cut."""
    items = json.loads((DATA / "items.json").read_text("utf-8"))["items"]
    for item in items:
        lines = broken(f"关于“{item['title']}”办理情况的报告（第1期）")
        widths = [ems(line) for line in lines]
        assert max(widths) <= LONGEST_LINE
        assert min(widths) >= 4
        assert all(one >= min(widths[0], widths[-1]) for one in widths[1:-1])
        for word in WHOLE:
            title = "".join(lines)
            assert title.count(word) == sum(line.count(word) for line in lines), lines


@given(st.text(alphabet="督办查理情况的“”《》（）、，2026abc—", min_size=1, max_size=90))
def test_nothing_is_lost_and_marks_keep_their_place(title: str) -> None:
    lines = broken(title)
    assert "".join(lines) == title
    assert len(lines) <= MOST_LINES
    if len(lines) > 1:
        assert all(ems(line) <= LONGEST_LINE for line in lines)
        assert all(line[0] not in NEVER_FIRST for line in lines[1:])
        assert all(line[-1] not in NEVER_LAST for line in lines[:-1])


def test_a_title_without_end_is_left_to_the_paragraph() -> None:
    assert broken("督" * 20_000) == ("督" * 20_000,)
