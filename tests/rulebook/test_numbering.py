"""文号 as text: reading what people type, writing the one right form, finding gaps."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rulebook.numbering import LARGEST, NotANumber, Number, gaps, normalise, parse

WORDS = ("阿职督办", "阿职催办")
FILE = json.loads(
    (Path(__file__).parents[1] / "data" / "numbering_cases.json").read_text(encoding="utf-8")
)
CASES: dict[str, dict[str, Any]] = {case["id"]: case for case in FILE["cases"]}
"""S10 is tried here; the others take numbers: tests/rulebook/test_numbering_cases.py."""


def test_what_people_type_is_read_as_the_one_right_form() -> None:
    """Case S10."""
    typed = CASES["S10"]["op"]["normalize"]
    assert [normalise(text, WORDS) for text in typed] == CASES["S10"]["expect"]


def test_numbers_are_written_as_the_case_file_says() -> None:
    """Its pattern, and every whole number among its expectations."""
    assert re.fullmatch(FILE["meta"]["regex"], str(Number("阿职督办", 2026, 35)))
    found = re.findall(r"阿职[督催]办〔[0-9]+〕[0-9]+号", json.dumps(FILE, ensure_ascii=False))
    assert len(found) > 10
    for number in {text for text in found if "〕0" not in text}:
        assert normalise(number, WORDS) == number


REFUSED = {
    "": "不是文号",
    "阿职督办": "不是文号",
    "阿职督办〔2026〕号": "不是文号",
    "阿职督办〔2026〕-3号": "不是文号",
    "阿职督办〔2026〕3.5号": "不是文号",
    "阿职督办〔2026〕3号附件": "不是文号",
    "阿职督办〔2026〕٣号": "不是文号",
    "第3号": "不是文号",
    "阿职督办〔2026〕0号": "没有0号",
    "阿职督办〔2026〕000号": "没有0号",
    "阿职督办〔2026〕1000000号": "不超过六位",
    "阿职督办〔2026〕" + "9" * 5000 + "号": "不超过六位",
    "阿职督办〔26〕3号": "年份",
    "阿职督办〔1999〕3号": "年份",
    "阿职督办〔02026〕3号": "年份",
    "川职督办〔2026〕3号": "代字“川职督办”不是本校的代字（阿职督办、阿职催办）",
    "督办〔2026〕3号": "代字“督办”不是",
}


@pytest.mark.parametrize(("typed", "reason"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_is_no_number_is_refused(typed: str, reason: str) -> None:
    """The reason says what is wrong with it."""
    with pytest.raises(NotANumber) as refused:
        parse(typed, WORDS)
    assert reason in refused.value.reason


def test_full_width_digits_and_missing_ending_are_read() -> None:
    assert normalise("阿职催办［２０２６］６", WORDS) == "阿职催办〔2026〕6号"


def test_lists_shorten_the_number() -> None:
    assert Number("阿职督办", 2026, 18).short == "〔2026〕18号"


@given(
    st.sampled_from(WORDS),
    st.integers(min_value=2000, max_value=2099),
    st.integers(min_value=1, max_value=LARGEST),
)
def test_form_and_parse_are_inverse(word: str, year: int, seq: int) -> None:
    number = Number(word, year, seq)
    assert parse(str(number), WORDS) == number


@given(
    st.sets(st.integers(min_value=1, max_value=200)),
    st.integers(min_value=1, max_value=50),
    st.integers(min_value=0, max_value=210),
)
def test_gaps_and_taken_fill_the_sequence(taken: set[int], start: int, last: int) -> None:
    """From the start, or from 1 once a number before it is in use, to the counter."""
    missing = [seq for run in gaps(taken, start=start, last=last) for seq in run]
    first = 1 if min(taken, default=start) < start else start
    whole = range(first, max(last, max(taken, default=0)) + 1)
    assert not taken & set(missing)
    assert sorted((taken & set(whole)) | set(missing)) == list(whole)
    assert missing == sorted(missing)


@given(st.sets(st.integers(min_value=1, max_value=60)))
def test_gaps_are_told_as_runs(taken: set[int]) -> None:
    """Neighbouring runs are one run."""
    found = gaps(taken)
    assert all(run and before.stop < run.start for before, run in pairwise(found))
