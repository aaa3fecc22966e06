"""第十八条（四）, SPEC §2.15: in January of every year; of 长期 not more than a year apart."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rulebook import policy
from portal.rulebook.receipts import made_up_by
from portal.rulebook.reviews import FOLLOWS, OUTCOMES, window
from portal.rulebook.workdays import built_in

DAYS = st.dates(date(2023, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("since", "open_ended", "due"),
    [
        (date(2025, 9, 15), False, date(2026, 1, 31)),
        (date(2025, 12, 31), False, date(2026, 1, 31)),
        (date(2026, 1, 1), False, date(2027, 1, 31)),
        (date(2026, 1, 15), False, date(2027, 1, 31)),
        (date(2026, 1, 15), True, date(2027, 1, 15)),
        (date(2026, 1, 1), True, date(2027, 1, 1)),
        (date(2025, 9, 15), True, date(2026, 1, 31)),
        (date(2028, 1, 1), True, date(2029, 1, 1)),  # 2028 has 366 days: never before it opens
    ],
)
def test_the_next_review(since: date, open_ended: bool, due: date) -> None:
    found = window(since, open_ended=open_ended)
    assert found.due == due
    assert found.opens == date(since.year + 1, 1, 1)


@given(since=DAYS, open_ended=st.booleans())
def test_a_review_is_in_january_and_opens_before_it_is_due(since: date, open_ended: bool) -> None:
    opens, due = window(since, open_ended=open_ended)
    assert since < opens <= due
    assert (due.year, due.month) == (since.year + 1, 1)
    if open_ended:
        assert (due - since).days <= policy.CURRENT.limit("open_review", 4) + 1


def test_every_outcome_says_what_follows() -> None:
    """继续 / 办结 / 转为常规工作."""
    assert list(OUTCOMES.values()) == ["继续督办", "办结", "转为常规工作"]
    assert FOLLOWS.keys() == OUTCOMES.keys()


@pytest.mark.parametrize(
    ("handed_out", "until"),
    [
        (date(2026, 11, 23), date(2026, 11, 25)),
        (date(2026, 11, 13), date(2026, 11, 17)),  # Friday
        (date(2026, 11, 14), date(2026, 11, 17)),  # Saturday
        (date(2026, 9, 30), date(2026, 10, 9)),  # the day before 国庆节
    ],
)
def test_made_up_within_two_working_days(handed_out: date, until: date) -> None:
    """第十五条, SPEC T40."""
    assert made_up_by(handed_out, built_in()) == until
