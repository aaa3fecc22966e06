"""Numbers of headings, 附件说明, and where a signature stands."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.documents.gongwen import outline
from portal.documents.gongwen.content import Heading, Paragraph
from portal.documents.gongwen.places import Places, ems, places


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (99, "九十九")],
)
def test_numbers_in_chinese(number: int, words: str) -> None:
    assert outline.chinese(number) == words


@pytest.mark.parametrize("number", [0, 100, -1])
def test_other_numbers_have_none(number: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 99"):
        outline.chinese(number)


def test_headings_are_counted_within_those_above() -> None:
    """SPEC §5.10: 一、（一）1.（1）."""
    levels = [1, 2, 3, 4, 4, 3, 2, 1, 2]
    blocks = [Heading("题", level) for level in levels]  # type: ignore[arg-type]
    labels = [label for _block, label in outline.numbered([*blocks, Paragraph("文")])]
    expected = ["一、", "（一）", "1.", "（1）", "（2）", "2.", "（二）", "二、", "（一）", ""]
    assert labels == expected


def test_annexes_are_named_and_a_single_one_has_no_number() -> None:
    assert outline.attached(["清单"]) == [("附件：", "清单")]
    assert outline.attached(["清单", "照片"]) == [("附件：1.", "清单"), ("2.", "照片")]


def test_quotation_marks_within_a_quotation_become_single() -> None:
    assert outline.quoted("“双高”建设") == "“‘双高’建设”"


def test_dates_have_full_years_and_no_zeros() -> None:
    assert outline.day(dt.date(2026, 1, 5)) == "2026年1月5日"
    assert outline.day_in_cell(dt.date(2026, 1, 5)) == "2026年\n1月5日"


@pytest.mark.parametrize(
    ("name", "day", "seal", "expected"),
    [
        (5, 7, True, Places(5, 4)),  # centred over the date
        (9, 7, True, Places(3, 4)),
        (20, 7, True, Places(0, 4)),  # never beyond the edge
        (10, 7, False, Places(2, 3)),  # the date begins two characters behind the name
        (5, 7, False, Places(6, 2)),  # a longer date leads
    ],
)
def test_where_name_and_date_stand(name: float, day: float, seal: bool, expected: Places) -> None:
    """GB/T 9704 7.3.5."""
    assert places(name, day, seal=seal) == expected


def test_letters_and_digits_take_half_a_place() -> None:
    assert ems("2026年11月3日") == 6.5
