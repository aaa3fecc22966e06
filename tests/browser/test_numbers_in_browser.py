"""编号管理 in a real browser: read, pasted, confirmed, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.chromium import DESKTOP, PHONE, PLAIN, View
from tests.browser.numbers import HEAD, keep_numbers
from tests.browser.seat import Office


@pytest.mark.long  # tests/rooms do the same without a browser each time
@pytest.mark.parametrize(
    ("view", "year"),
    [(DESKTOP, 2021), (PHONE, 2022), (PLAIN, 2023)],
    ids=lambda value: value.name if isinstance(value, View) else "",
)
def test_the_office_head_keeps_the_numbers(
    office: Callable[[View], Office], view: View, year: int
) -> None:
    """Each page that is met can be read, and nothing typed is lost."""
    seat = office(view).seat(HEAD)
    seat.trouble.expected |= {422}
    keep_numbers(seat, year)
