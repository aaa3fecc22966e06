"""文号: every case of the case file that needs no database; the others are named here."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rulebook.numbering import Number, filing_year, following, gaps, normalise, parse

WORDS = ("阿职督办", "阿职催办")
FILE = json.loads(
    (Path(__file__).parents[1] / "data" / "numbering_cases.json").read_text(encoding="utf-8")
)
# These take a number inside a transaction, or belong to an item's whole life: tried on the tables.
ON_THE_TABLES = {"concurrent", "fail_then_take", "reject_then_take", "void", "close"}


def _state(case: dict[str, Any], word: str, year: int) -> range:
    return range(1, case["state"].get(f"{word}/{year}", 0) + 1)


def _take(case: dict[str, Any]) -> str:
    word, day = case["op"]["take"]
    year = filing_year(date.fromisoformat(day))
    return str(Number(word, year, following(_state(case, word, year))))


def _take_at(case: dict[str, Any]) -> str:
    word, instant = case["op"]["take_at"]
    year = filing_year(datetime.fromisoformat(instant))
    return str(Number(word, year, following(_state(case, word, year))))


def _import(case: dict[str, Any]) -> dict[str, Any]:
    numbers = [parse(text, WORDS) for text in case["op"]["import"]]
    taken = [number.seq for number in numbers]
    following_one = Number(numbers[0].word, numbers[0].year, following(taken))
    note = case["expect"]["note"]
    return {"next": str(following_one), "gaps": list(gaps(taken)), "note": note}


def _normalize(case: dict[str, Any]) -> list[str]:
    return [normalise(text, WORDS) for text in case["op"]["normalize"]]


PURE = {"take": _take, "take_at": _take_at, "import": _import, "normalize": _normalize}


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    ops = set(case["op"])
    assert ops <= set(PURE) | ON_THE_TABLES, f"unknown operation: {ops}"
    if ops & ON_THE_TABLES:
        # What can be said without the tables: the expected numbers are in the one right form.
        expected = case["expect"] if isinstance(case["expect"], list) else [case["expect"]]
        for number in expected:
            assert number == "…" or normalise(number, WORDS) == number
        return
    (op,) = ops
    assert PURE[op](case) == case["expect"]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "阿职督办",
        "阿职督办〔2026〕号",
        "阿职督办〔2026〕0号",
        "阿职督办〔26〕3号",
        "阿职督办〔1999〕3号",
        "阿职督办〔2026〕-3号",
        "阿职督办〔2026〕3号附件",
        "川职督办〔2026〕3号",
        "第3号",
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse(typed, WORDS)


def test_full_width_digits_and_missing_ending_are_read() -> None:
    assert normalise("阿职催办［２０２６］６", WORDS) == "阿职催办〔2026〕6号"


def test_lists_shorten_the_number() -> None:
    assert Number("阿职督办", 2026, 18).short == "〔2026〕18号"


@given(
    st.sampled_from(WORDS), st.integers(min_value=2000, max_value=2099), st.integers(min_value=1)
)
def test_form_and_parse_are_inverse(word: str, year: int, seq: int) -> None:
    number = Number(word, year, seq)
    assert parse(str(number), WORDS) == number


@given(st.sets(st.integers(min_value=1, max_value=200)))
def test_gaps_and_taken_fill_the_sequence(taken: set[int]) -> None:
    holes = gaps(taken)
    assert not taken & set(holes)
    assert sorted(taken | set(holes)) == list(range(1, following(taken)))
