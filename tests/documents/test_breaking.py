"""禁则: what may stand at the beginning and the end of a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents.typesetting.breaking import (
    NEVER_FIRST,
    NEVER_LAST,
    Glyph,
    break_lines,
    may_break,
)


def glyphs(text: str) -> list[Glyph]:
    """Characters ten points wide, ASCII five; "|" joins what it stands between."""
    found: list[Glyph] = []
    joined = False
    for char in text:
        if char == "|":
            joined = True
            continue
        width = 0.0 if char == "\n" else 5.0 if ord(char) < 128 else 10.0
        found.append(Glyph(char, width, 0, joined))
        joined = False
    return found


def lines(text: str, room: float, indent: float = 0) -> list[str]:
    return [
        "".join(g.char for g in line.glyphs) for line in break_lines(glyphs(text), room, indent)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一二三四五六七八", ["一二三四五六", "七八"]),
        ("一二三四五六，七", ["一二三四五", "六，七"]),  # no comma at a line's head
        ("一二三四五，六七", ["一二三四五，", "六七"]),
        ("一二三四五（六）", ["一二三四五", "（六）"]),  # no opening bracket at a line's end
        ("一二三四五《六》", ["一二三四五", "《六》"]),
        ("一二三四2026年", ["一二三四", "2026年"]),  # a number stays whole, with its measure
        ("一二三四五1次", ["一二三四五", "1次"]),
        ("一二 dzb@a.cn 三", ["一二", "dzb@a.cn 三"]),
        ("一二三四五王|垚", ["一二三四五", "王垚"]),  # a joined name stays whole
        ("aaaaaaaaaaaaaaa", ["aaaaaaaaaaaa", "aaa"]),  # wider than the line: cut
        ("一\n二", ["一", "二"]),
        ("一\n\n二", ["一", "", "二"]),
        ("", []),
    ],
)
def test_lines_of_six_characters(text: str, expected: list[str]) -> None:
    assert lines(text, 60) == expected


def test_first_line_is_shorter_by_its_indent() -> None:
    assert lines("一二三四五六七八九十", 60, indent=20) == ["一二三四", "五六七八九十"]


def test_a_closing_mark_hangs_out_a_little() -> None:
    assert lines("一二三四五，六", 58) == ["一二三四五，", "六"]


@given(st.text(alphabet="一二三（），。《》“”、a1@ \n%", max_size=80), st.integers(30, 90))
def test_nothing_is_lost_and_lines_keep_to_the_room(text: str, room: int) -> None:
    found = break_lines(glyphs(text), room)
    kept = "".join(g.char for line in found for g in line.glyphs)
    assert kept.replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(line.width <= room + 0.01 for line in found)


@pytest.mark.parametrize("mark", sorted(NEVER_FIRST))
def test_marks_never_first(mark: str) -> None:
    assert not may_break("一", mark)


@pytest.mark.parametrize("mark", sorted(NEVER_LAST))
def test_marks_never_last(mark: str) -> None:
    assert not may_break(mark, "一")
