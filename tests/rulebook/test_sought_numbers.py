"""A 文号 as people type it to find one (SPEC §8.8)."""

from __future__ import annotations

import pytest

from portal.rulebook.numbering import Sought, sought

WORDS = ("阿职督办", "阿督办")


@pytest.mark.parametrize(
    "typed",
    [
        "阿职督办〔2026〕18号", " 阿职督办 〔 2026 〕 18 号 ", "阿职督办[2026]018",
        "阿职督办（2026）第18号",
        "阿职督办2026-18", "阿职督办２０２６－１８",
    ],
)  # fmt: skip
def test_whole_numbers(typed: str) -> None:
    assert sought(typed, WORDS) == Sought(("阿职督办",), 2026, 18)


@pytest.mark.parametrize(
    "typed",
    [
        "〔2026〕18号", "[2026]18", "【2026】18", "2026-18", "2026—18", "2026 18", "2026年18号",
        "2026.18", "2026/018号", "督办〔2026〕18号",
    ],
)  # fmt: skip
def test_without_the_word_or_with_a_part_of_it(typed: str) -> None:
    assert sought(typed, WORDS) == Sought(WORDS, 2026, 18)


@pytest.mark.parametrize("typed", ["18", "18号", "第18号", "１８号", "018"])
def test_of_any_year(typed: str) -> None:
    assert sought(typed, WORDS) == Sought(WORDS, None, 18)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "号",
        "0号",
        "阿职催办〔2026〕1号",
        "安全18",
        "9999999",
        "2026-",
        "-18",
        "1999-18",
        "十八号",
    ],
)
def test_no_number(typed: str) -> None:
    assert sought(typed, WORDS) is None
