"""编号管理 in a real browser: read, pasted, confirmed, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.chromium import DESKTOP, PHONE, PLAIN, View
from tests.browser.numbers import HEAD, keep_numbers
from tests.browser.seat import Office


@pytest.mark.parametrize(
    ("view", "year"),
    [
        (DESKTOP, 2021),
        pytest.param(PHONE, 2022, marks=pytest.mark.long),
        pytest.param(PLAIN, 2023, marks=pytest.mark.long),
    ],
    ids=lambda value: value.name if isinstance(value, View) else "",
)
def test_the_office_head_keeps_the_numbers(
    office: Callable[[View], Office], view: View, year: int
) -> None:
    """Each page that is met can be read, and nothing typed is lost."""
    seat = office(view).seat(HEAD)
    seat.trouble.expected |= {422}
    keep_numbers(seat, year)
