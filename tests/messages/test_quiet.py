"""SPEC §8.10: nobody is called at night because a job ran."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import SHANGHAI
from portal.messages.quiet import next_time
from portal.rulebook.workdays import built_in


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("given_at", "leaves"),
    [
        ("2026-11-23 09:11", "2026-11-23 09:11"),
        ("2026-11-23 09:00", "2026-11-23 09:01"),  # avoid minute 0
        ("2026-11-23 07:29", "2026-11-23 08:37"),
        ("2026-11-23 07:31", "2026-11-23 07:31"),
        ("2026-11-23 12:00", "2026-11-23 14:07"),
        ("2026-11-23 13:59", "2026-11-23 14:07"),
        ("2026-11-23 20:59", "2026-11-23 20:59"),
        ("2026-11-23 21:00", "2026-11-24 08:37"),
        ("2026-11-27 21:30", "2026-11-30 08:37"),  # Friday night
        ("2026-11-28 10:10", "2026-11-30 08:37"),  # Saturday
        ("2026-09-30 22:00", "2026-10-08 08:37"),  # before 国庆节
    ],
)
def test_quiet_hours(given_at: str, leaves: str) -> None:
    assert next_time(at(given_at), built_in(), urgent=False) == at(leaves)


@pytest.mark.parametrize("given_at", ["2026-11-23 03:10", "2026-11-28 12:10"])
def test_what_is_urgent_does_not_wait(given_at: str) -> None:
    assert next_time(at(given_at), built_in(), urgent=True) == at(given_at)


@given(st.integers(0, 2 * 365 * 24 * 60 - 1))
def test_it_leaves_by_day_and_never_before(minutes: int) -> None:
    moment = at("2026-01-01 00:00") + timedelta(minutes=minutes)
    leaves = next_time(moment, built_in(), urgent=False)
    assert moment <= leaves < moment + timedelta(days=14)
    assert built_in().is_workday(leaves.date())
    assert 7 <= leaves.hour < 12 or 14 <= leaves.hour < 21
    assert leaves.minute not in (0, 30)
