"""历史编号 as people paste them: read line by line, and what they would come to. No database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rooms.numbers.plan import KNOWN, NEW, REPEATED, USED, WRONG, Plan, plan
from portal.rooms.numbers.reading import LONGEST_LINE, Line, read
from portal.rooms.numbers.register import Register, runs, said
from portal.rulebook.numbering import Number

WORD = "阿职督办"
WORDS = {WORD, "阿职催办"}
TODAY = date(2026, 11, 23)
FIVE = Number(WORD, 2023, 5)
MARCH = date(2023, 3, 2)


def _one(text: str) -> Line:
    (line,) = read(text, WORDS, TODAY)
    return line


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("阿职督办〔2023〕5号", None),
        ("阿职督办[2023]第005号", None),
        (" 阿职督办 （２０２３） ５ 号 ", None),
        ("阿职督办〔2023〕5号 2023-03-02", MARCH),
        ("阿职督办〔2023〕5号\t2023/3/2", MARCH),
        ("阿职督办〔2023〕5号，2023年3月2日", MARCH),
        ("阿职督办〔2023〕5号（2023年3月2日）", MARCH),
        ("阿职督办〔2023〕5号2023.3.2", MARCH),
        ("阿职督办【2023】5 2023-03-02", MARCH),
        ("阿职督办〔2023〕5号　２０２３年 3 月 2 日", MARCH),
    ],
)
def test_a_number_is_read_with_its_day(typed: str, day: date | None) -> None:
    line = _one(typed)
    assert (line.number, line.used_on, line.wrong) == (FIVE, day, "")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("2023年第5号", "不是文号"),
        ("阿职督办〔2023〕0号", "没有0号"),
        ("阿职督办〔2023〕1000000号", "不超过六位"),
        ("川职督办〔2023〕5号", "代字“川职督办”不是本校的代字"),
        ("阿职督办〔1023〕5号", "年份"),
        ("阿职督办〔2027〕5号", "年度晚于今年"),
        ("阿职督办〔2099〕5号", "年度晚于今年"),
        ("阿职督办〔2023〕5号 2023-02-30", "日期不存在"),
        ("阿职督办〔2023〕5号 2023-13-01", "日期不存在"),
        ("阿职督办〔2023〕5号 2024-03-02", "日期不在编号的年度内"),
        ("阿职督办〔2026〕5号 2026-11-24", "日期晚于今天"),
        ("阿职督办〔2023〕5号 阿职督办〔2023〕6号", "不是文号"),
        ("<script>alert(1)</script>", "不是文号"),
        ("\x00\ud800", "不是文号"),
        ("督" * 500, "超过60个字"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(typed: str, reason: str) -> None:
    line = _one(typed)
    assert line.number is None
    assert reason in line.wrong
    assert len(line.typed) <= LONGEST_LINE + 1


def test_empty_lines_count_but_hold_nothing() -> None:
    lines = read("\n阿职督办〔2023〕5号\n\n  \nxx\n", WORDS, TODAY)
    assert [(line.place, line.number) for line in lines] == [(2, FIVE), (5, None)]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    """No line raises; each that is not a number says why."""
    for line in read(text, WORDS, TODAY):
        assert (line.number is None) == bool(line.wrong)


@pytest.mark.parametrize("signs", [" x", ",", "2023", "阿职督办〔2023〕5号", "\t2023年"])
def test_no_long_line_is_let_at_the_pattern(signs: str) -> None:
    """It tries every way to part a line: of a long one there are too many."""
    assert "超过60个字" in _one(signs * 100_000).wrong


def _plan(text: str, *registers: Register) -> Plan:
    found = {(register.word, register.year): register for register in registers}
    return plan(read(text, WORDS, TODAY), found)


def _text(*seqs: int, year: int = 2023) -> str:
    return "\n".join(f"{WORD}〔{year}〕{seq}号" for seq in seqs)


def _verdicts(found: Plan) -> list[str]:
    return [row.verdict for row in found.rows]


def test_gaps_that_would_remain_are_told() -> None:
    """Case S09."""
    (outlook,) = _plan(_text(1, 2, 5)).outlooks
    assert said(outlook.added) == "1至2号、5号"
    assert said(outlook.after.gaps) == "3至4号"
    assert str(outlook.after.following) == "阿职督办〔2023〕6号"


def test_a_repeated_line_counts_once() -> None:
    found = _plan(f"{_text(1)} 2023-01-05\n{_text(1)}\n{_text(1)} 2023-1-5")
    assert _verdicts(found) == [NEW, REPEATED, REPEATED]
    assert dict(found.new) == {Number(WORD, 2023, 1): date(2023, 1, 5)}


def test_the_same_number_on_two_days_is_wrong() -> None:
    found = _plan(f"{_text(1)} 2023-01-05\n{_text(1)} 2023-01-06")
    assert _verdicts(found) == [NEW, WRONG]
    assert "与第1行" in found.rows[1].said
    assert not found.sound


def test_what_is_in_use_is_left_as_it_is() -> None:
    """Only a number of the backlog is 已登记; of the others it says that they are used, no more."""
    taken = {1: "history", 2: "item", 3: "offline", 4: "void"}
    found = _plan(_text(1, 2, 3, 4, 5), Register(WORD, 2023, 1, 4, taken))
    assert _verdicts(found) == [KNOWN, USED, USED, USED, NEW]
    assert len({row.said for row in found.rows if row.verdict == USED}) == 1


def test_the_counter_never_goes_back() -> None:
    (outlook,) = _plan(_text(3), Register(WORD, 2023, 1, 40, {40: "item"})).outlooks
    assert outlook.after.value == 40
    assert outlook.after.following.seq == 41


def test_a_slip_that_would_leave_a_wide_gap_is_wrong() -> None:
    """The counter could not be brought back from it."""
    found = _plan(_text(1, 2, 36_000))
    assert _verdicts(found) == [NEW, NEW, WRONG]
    assert "空号超过1000个" in found.rows[2].said


def test_numbers_before_the_start_are_looked_for_once_one_is_there() -> None:
    """Whose first number here is 41 keeps 1 to 40 on paper."""
    register = Register(WORD, 2025, 41, 42, {41: "item", 42: "item"})
    assert register.gaps == ()
    (outlook,) = _plan(_text(1, 2, 40, year=2025), register).outlooks
    assert said(outlook.after.gaps) == "3至39号"


def test_ten_thousand_lines_are_read_at_once() -> None:
    found = _plan(_text(*range(1, 10_001)))
    assert found.sound
    (outlook,) = found.outlooks
    assert said(outlook.added) == "1至10000号"


def test_the_digest_names_what_would_be_stored() -> None:
    """Neither the order of the lines nor what is left out; the day does count."""
    plain = _plan(_text(1, 2)).digest
    assert _plan(_text(2, 1, 1)).digest == plain
    assert _plan(_text(1, 2, 3)).digest != plain
    assert _plan(f"{_text(1)}\n{_text(2)} 2023-01-01").digest != plain
    assert _plan(_text(1, 2), Register(WORD, 2023, 1, 1, {1: "item"})).digest != plain


@given(st.sets(st.integers(min_value=1, max_value=99)))
def test_runs_hold_just_the_numbers(seqs: set[int]) -> None:
    found = runs(seqs)
    assert [seq for run in found for seq in run] == sorted(seqs)


def test_very_many_runs_are_cut_short() -> None:
    assert said(runs(range(1, 1000, 2))).endswith("99号等500处")
