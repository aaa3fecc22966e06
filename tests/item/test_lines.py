"""What a list says of the days left (SPEC §3.5, §3.7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.item.lights import light_of
from portal.item.lines import left_text
from portal.models import Item
from tests.conftest import ANCHOR

DUE = ANCHOR + timedelta(days=7)


@pytest.mark.parametrize(
    ("state", "blue", "closed_on", "said"),
    [
        ("in_progress", False, None, "余7天"),
        ("in_progress", True, None, "待审"),  # a request for more time, a supplement
        ("closing_unit", True, None, "待审"),
        ("closing_sign", True, None, "已交件"),
        ("closing_sign", False, None, "已交件"),  # handed in late
        ("closing_filing", True, None, "已交件"),
        ("closed", False, date(2026, 11, 20), "11月20日销号"),
    ],
)
def test_the_days_left(state: str, blue: bool, closed_on: date | None, said: str) -> None:
    item = Item(
        state=state,
        issued_on=ANCHOR - timedelta(days=9),
        due=DUE,
        yellow_from=DUE - timedelta(days=3),
        red_from=DUE + timedelta(days=1),
        lit=closed_on is None,
        blue=blue,
        closed_on=closed_on,
    )
    assert left_text(item, light_of(item, ANCHOR), ANCHOR) == said
