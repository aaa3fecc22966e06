"""Items in different states, for the rooms that list them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.conftest import ANCHOR
from tests.shaping import shape

Draft = Callable[..., uuid.UUID]
DAY = timedelta(days=1)


def _dates(due: int) -> dict[str, Any]:
    day = ANCHOR + due * DAY
    return {
        "issued_on": ANCHOR - 20 * DAY,
        "due": day,
        "due_original": day,
        "due_effective": day,
        "yellow_from": day - 3 * DAY,
        "red_from": day + DAY,
        "lit": True,
    }


def _number(seq: int) -> dict[str, Any]:
    return {"doc_word": "阿职督办", "doc_year": 2026, "doc_seq": seq, "filed_on": ANCHOR}


ITEMS: dict[str, tuple[str, dict[str, Any]]] = {
    "red": ("A01", {"state": "in_progress", **_number(7), **_dates(-3)}),
    "yellow": ("A03", {"state": "in_progress", **_number(18), **_dates(2)}),
    "green": ("B02", {"state": "issued", **_number(20), **_dates(20)}),
    "blue": ("A05", {"state": "closing_sign", **_number(21), **_dates(5), "blue": True}),
    "signing": ("A04", {"state": "pending_sign"}),
    "closed": ("A08", {"state": "closed", **_number(3), **_dates(-9), "lit": False}),
    "draft": ("B01", {}),
}


@pytest.fixture
def ledger(college: Flask, draft_item: Draft) -> dict[str, str]:
    """Public id → name of seven items in different states."""
    made = {}
    for name, (sample, columns) in ITEMS.items():
        public_id = draft_item(sample)
        if columns:
            shape(college, public_id, **columns)
        made[f"/items/{public_id}"] = name
    return made
