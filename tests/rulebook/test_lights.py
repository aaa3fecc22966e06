"""The lights: stored dates and the ordered tests say the same."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rulebook import deadlines
from portal.rulebook.lights import (
    LightDates,
    is_waiting,
    light,
    light_dates,
    light_word,
    missing_reports,
    unmet_points,
)
from portal.rulebook.policy import CURRENT, LightId
from portal.rulebook.workdays import DAY, built_in

CALENDAR = built_in()
BASE, DUE = date(2026, 11, 10), date(2026, 12, 10)
LEVEL = CURRENT.level(3)
PLAN = deadlines.plan(LEVEL, BASE, CALENDAR)
OPEN = deadlines.plan(CURRENT.level(4), date(2026, 3, 2), CALENDAR)


def test_stored_dates_of_a_plan() -> None:
    assert PLAN.points == (date(2026, 11, 20), date(2026, 11, 30))
    assert light_dates(PLAN, ()) == LightDates(DUE, date(2026, 12, 1), date(2026, 12, 11))
    assert light_dates(PLAN, PLAN.points).yellow_from == date(2026, 11, 21)
    assert light_dates(PLAN, PLAN.points[1:]).yellow_from == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("today", "met", "expected", "missing"),
    [
        ("2026-11-20", 0, "green", 0),
        ("2026-11-21", 0, "yellow", 1),
        ("2026-11-21", 1, "green", 0),
        ("2026-12-01", 1, "yellow", 1),
        ("2026-12-10", 0, "yellow", 2),
        ("2026-12-11", 2, "red", 0),
    ],
)
def test_a_missing_report_turns_yellow_the_day_after(
    today: str, met: int, expected: LightId, missing: int
) -> None:
    day = date.fromisoformat(today)
    unmet = unmet_points(LEVEL, PLAN, set(PLAN.points[:met]), CALENDAR)
    assert light(light_dates(PLAN, unmet), day, waiting=False) == expected
    assert missing_reports(unmet, day) == missing


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-03-26", "green"),
        ("2026-03-27", "yellow"),
        ("2026-04-02", "yellow"),
        ("2026-05-06", "yellow"),
        ("2026-05-07", "red"),
    ],
)
def test_article_18_4_open_ended(today: str, expected: LightId) -> None:
    """Reports 1 April and 6 May: yellow five days ahead or missing, red when two are missing."""
    unmet = unmet_points(CURRENT.level(4), OPEN, set(), CALENDAR)
    dates = light_dates(OPEN, unmet)
    assert dates.due is None
    assert light(dates, date.fromisoformat(today), waiting=False) == expected


def test_open_ended_with_reports_given() -> None:
    points = deadlines.open_points(CURRENT.level(4), OPEN.base, CALENDAR)
    met = set(islice(points, 2))
    unmet = unmet_points(CURRENT.level(4), OPEN, met, CALENDAR)
    assert unmet == (date(2026, 6, 1), date(2026, 6, 30))
    assert light(light_dates(OPEN, unmet), date(2026, 5, 26), waiting=False) == "green"


def test_waiting() -> None:
    day = date(2026, 12, 14)
    assert not is_waiting(DUE, day)
    assert is_waiting(DUE, day, handed_in_on=DUE)
    assert not is_waiting(DUE, day, handed_in_on=DUE + DAY)
    assert is_waiting(None, day, handed_in_on=day)
    assert is_waiting(DUE, day, extension_pending=True)
    assert is_waiting(DUE, day, supplement_until=day)
    assert not is_waiting(DUE, day, supplement_until=day - DAY)


@pytest.mark.parametrize(
    ("shown", "today", "word"),
    [
        ("green", "2026-11-23", "正常"),
        ("yellow", "2026-12-10", "临期"),
        ("red", "2026-12-11", "逾期1天"),
        ("blue", "2026-12-20", "待审"),
        ("grey", "2026-12-20", "已结"),
    ],
)
def test_words(shown: LightId, today: str, word: str) -> None:
    assert light_word(shown, DUE, date.fromisoformat(today)) == word


def test_a_red_open_ended_item_counts_no_days() -> None:
    assert light_word("red", None, date(2026, 5, 7)) == "逾期"


bases = st.dates(date(2023, 1, 1), date(2028, 6, 30))


@given(bases, st.integers(0, 120), st.integers(-5, 200), st.booleans(), st.booleans())
def test_the_light_is_total_and_ordered(
    base: date, period: int, offset: int, lit: bool, waiting: bool
) -> None:
    due, today = base + period * DAY, base + offset * DAY
    plan = deadlines.plan(LEVEL, base, CALENDAR, explicit=due)
    dates = light_dates(plan, unmet_points(LEVEL, plan, set(), CALENDAR))
    shown = light(dates, today, lit=lit, waiting=waiting)
    if not lit:
        assert shown == "grey"
    elif waiting:
        assert shown == "blue"
    else:
        # Red never on the due day, and from the day after without exception.
        assert (shown == "red") is (today > due)
        assert shown in {"red", "yellow", "green"}
    if today == due and lit and not waiting:
        assert shown == "yellow"


@given(bases, st.integers(1, 120), st.data())
def test_a_light_only_darkens_while_nothing_happens(
    base: date, period: int, data: st.DataObject
) -> None:
    plan = deadlines.plan(LEVEL, base, CALENDAR, explicit=base + period * DAY)
    met = data.draw(st.sets(st.sampled_from(plan.points))) if plan.points else set()
    dates = light_dates(plan, unmet_points(LEVEL, plan, met, CALENDAR))
    order = ["green", "yellow", "red"]
    shown = [order.index(light(dates, base + n * DAY, waiting=False)) for n in range(period + 3)]
    assert shown == sorted(shown)
    assert shown[-1] == 2
