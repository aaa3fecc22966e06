"""The working calendar, against the published tables and against itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import SHANGHAI
from portal.rulebook.workdays import DAY, Calendar, built_in, from_data

CALENDAR = built_in()
days = st.dates(date(2023, 1, 1), date(2028, 12, 31))


def _data(**tables: Any) -> dict[str, Any]:
    return {
        "national": {"2026": {"published": True, "holidays": [], "makeup_workdays": []}}
    } | tables


@pytest.mark.parametrize(
    ("day", "works", "why"),
    [
        ("2026-11-23", True, None),
        ("2026-11-21", False, "周六"),
        ("2026-11-22", False, "周日"),
        ("2026-10-01", False, "国庆节"),
        ("2026-10-10", True, None),
        ("2026-09-20", True, None),
        ("2026-02-14", True, None),
        ("2026-02-15", False, "春节"),
        ("2023-12-30", False, "元旦"),
        ("2027-10-01", True, None),
        ("2027-01-02", False, "周六"),
    ],
)
def test_known_days(day: str, works: bool, why: str | None) -> None:
    assert CALENDAR.is_workday(date.fromisoformat(day)) is works
    assert CALENDAR.rest_name(date.fromisoformat(day)) == why


@pytest.mark.parametrize(("year", "workdays"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, workdays: int) -> None:
    """Weekdays, less holidays on weekdays, plus make-up days: counted from the notices."""
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    assert sum(CALENDAR.is_workday(first + n * DAY) for n in range(length)) == workdays


def test_make_up_days_are_weekends_and_no_holidays() -> None:
    for day in CALENDAR.makeup:
        assert day.weekday() >= 5
        assert day not in CALENDAR.holidays


def test_an_unpublished_year_has_weekends_only() -> None:
    assert not CALENDAR.is_published(2027)
    assert CALENDAR.is_published(2026)
    table = {
        "published": False,
        "holidays": [{"name": "x", "start": "2027-01-04", "end": "2027-01-05"}],
    }
    calendar = from_data({"national": {"2027": table | {"makeup_workdays": ["2027-01-09"]}}})
    assert calendar.is_workday(date(2027, 1, 4))
    assert not calendar.is_workday(date(2027, 1, 9))


def test_local_holidays_are_off_until_switched_on() -> None:
    day = date(2026, 11, 9)
    assert CALENDAR.is_workday(day)
    assert built_in(local=True).rest_name(day) == "羌历年"


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    row = {"name": "寒假", "start": "2026-03-01", "end": "2026-01-19"}
    with pytest.raises(ValueError, match="寒假"):
        from_data(_data(vacations=[row]))


def test_terms_vacations_and_report_periods() -> None:
    term = CALENDAR.term_of(date(2026, 11, 23))
    assert term is not None
    assert term.code == "2026-2027-1"
    vacation = CALENDAR.vacation_of(date(2027, 2, 1))
    assert vacation is not None
    assert vacation.name == "2027年寒假"
    assert CALENDAR.vacation_of(date(2026, 11, 23)) is None
    period = CALENDAR.report_period_of(date(2026, 8, 1))
    assert period is not None
    assert period.end == date(2027, 1, 31)


def test_terms_and_vacations_never_overlap() -> None:
    for span in CALENDAR.terms:
        assert not any(CALENDAR.vacation_of(day) for day in span.days())


@pytest.mark.parametrize(
    ("moment", "hours", "until"),
    [
        ("2026-11-23T09:00", 2, "2026-11-23T11:00"),
        ("2026-11-23T11:00", 2, "2026-11-23T15:30"),
        ("2026-11-23T13:00", 2, "2026-11-23T16:30"),
        ("2026-11-23T16:00", 2, "2026-11-23T18:00"),
        ("2026-11-23T17:00", 2, "2026-11-24T09:30"),
        ("2026-11-20T17:30", 2, "2026-11-23T10:00"),
        ("2026-11-21T12:00", 2, "2026-11-23T10:30"),
        ("2026-11-23T06:00", 2, "2026-11-23T10:30"),
        ("2026-09-30T17:00", 9, "2026-10-09T09:30"),
    ],
)
def test_office_time(moment: str, hours: int, until: str) -> None:
    start = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    end = CALENDAR.add_office_time(start.astimezone(UTC), timedelta(hours=hours))
    assert end == datetime.fromisoformat(until).replace(tzinfo=SHANGHAI)


def test_office_time_without_office_hours_is_an_error() -> None:
    with pytest.raises(ValueError, match="office hours"):
        from_data(_data()).add_office_time(datetime.now(UTC), timedelta(hours=1))


@given(days)
def test_rolling_ends_on_the_first_working_day(day: date) -> None:
    rolled = CALENDAR.roll_forward(day)
    assert CALENDAR.is_workday(rolled)
    assert rolled >= day
    between = ((day + n * DAY) for n in range((rolled - day).days))
    assert not any(CALENDAR.is_workday(rest) for rest in between)


@given(days)
def test_next_and_previous_pass_over_rest_only(day: date) -> None:
    after, before = CALENDAR.next_workday(day), CALENDAR.previous_workday(day)
    assert before < day < after
    assert CALENDAR.is_workday(after)
    assert CALENDAR.is_workday(before)
    if CALENDAR.is_workday(day):
        assert CALENDAR.previous_workday(after) == day == CALENDAR.next_workday(before)


@given(days, st.integers(min_value=0, max_value=60))
def test_adding_counts_working_days(day: date, count: int) -> None:
    end = CALENDAR.add_workdays(day, count)
    walked = sum(CALENDAR.is_workday(day + n * DAY) for n in range(1, (end - day).days + 1))
    assert walked == count


@given(days, st.integers(min_value=-40, max_value=40), st.integers(min_value=-40, max_value=40))
def test_adding_is_monotone(day: date, one: int, other: int) -> None:
    if one <= other:
        assert CALENDAR.add_workdays(day, one) <= CALENDAR.add_workdays(day, other)


def test_equal_calendars_are_equal() -> None:
    assert built_in() == CALENDAR
    assert isinstance(CALENDAR, Calendar)
