"""SPEC §2.5, §2.6: until when a unit signs, objects, sends its plan."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from portal.clock import SHANGHAI
from portal.rulebook import policy, receipts, workdays

CALENDAR = workdays.built_in()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("level", "issued", "until"),
    [
        # 一级: two hours of office time, over lunch, over night, over a weekend
        (1, "2026-11-23T09:00", "2026-11-23T11:00"),
        (1, "2026-11-23T11:30", "2026-11-23T16:00"),
        (1, "2026-11-20T17:30", "2026-11-23T10:00"),
        # the others: the end of the next working day
        (2, "2026-11-23T09:00", "2026-11-25T00:00"),
        (3, "2026-11-20T16:00", "2026-11-24T00:00"),
        (4, "2026-09-18T10:00", "2026-09-21T00:00"),
    ],
)
def test_receipt_is_deemed_from(level: int, issued: str, until: str) -> None:
    found = receipts.receipt_by(policy.CURRENT.level(level), _at(issued), CALENDAR)
    assert found.astimezone(SHANGHAI) == _at(until)


@pytest.mark.parametrize(
    ("issued_on", "last"), [("2026-11-23", "2026-11-24"), ("2026-11-20", "2026-11-23")]
)
def test_objection_within_one_working_day(issued_on: str, last: str) -> None:
    day = receipts.objection_until(date.fromisoformat(issued_on), CALENDAR)
    assert day == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("level", "last"), [(1, None), (2, "2026-11-26"), (3, "2026-11-26"), (4, "2026-11-30")]
)
def test_plan_is_due(level: int, last: str | None) -> None:
    """Three working days, level 4 five, level 1 asks for none."""
    found = receipts.plan_until(policy.CURRENT.level(level), date(2026, 11, 23), CALENDAR)
    assert found == (date.fromisoformat(last) if last else None)
