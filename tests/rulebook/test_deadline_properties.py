"""第八、十六、十八、十九条: what must hold of the dates that follow an issue, whatever the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.clock import SHANGHAI, shanghai_day
from portal.rulebook import deadline_changes as changes
from portal.rulebook import deadlines, receipts, verdicts
from portal.rulebook.policy import CURRENT, Level
from portal.rulebook.workdays import DAY, Calendar, built_in

CALENDAR = built_in()
bases = st.dates(date(2023, 1, 1), date(2028, 6, 30))
BEGINS = datetime(2023, 1, 1, tzinfo=SHANGHAI)
SECONDS = int((datetime(2026, 12, 20, tzinfo=SHANGHAI) - BEGINS).total_seconds())
moments = st.integers(0, SECONDS).map(lambda after: BEGINS + timedelta(seconds=after))
levels = st.sampled_from(CURRENT.levels)
counted = st.sampled_from([level for level in CURRENT.levels if level.days_max])


@given(levels, moments, st.integers(0, 10_000))
def test_receipt_is_never_deemed_before_the_notice(
    level: Level, issued: datetime, later: int
) -> None:
    """A later notice is never deemed received earlier; after hours the next day's count."""
    until = receipts.receipt_by(level, issued, CALENDAR)
    assert until > issued
    assert receipts.receipt_by(level, issued + timedelta(minutes=later), CALENDAR) >= until
    if level.report_every is None:
        assert CALENDAR.is_workday(shanghai_day(until))
    else:
        assert CALENDAR.is_workday(shanghai_day(until - timedelta(seconds=1)))


@given(levels, moments)
def test_both_ways_to_say_when_a_notice_counts_as_received_agree(
    level: Level, issued: datetime
) -> None:
    """One names the last second, the other the instant after it; of office hours both agree."""
    until = changes.receipt_until(level, issued, CALENDAR)
    assert receipts.receipt_by(level, issued, CALENDAR) - until in (
        timedelta(0),
        timedelta(seconds=1),
    )


@given(bases)
def test_objections_and_plans_end_on_working_days(issued_on: date) -> None:
    """Each one or more working days after the notice, never on the day itself."""
    last = receipts.objection_until(issued_on, CALENDAR)
    assert issued_on < last
    assert CALENDAR.is_workday(last)
    for level in CURRENT.levels:
        plan = receipts.plan_until(level, issued_on, CALENDAR)
        assert (plan is None) == (level.report_every is None)
        assert plan is None or (plan >= last and CALENDAR.is_workday(plan))


@given(bases, st.integers(0, 400), st.integers(0, 30))
def test_a_co_units_date_lies_between_notice_and_lead(base: date, period: int, more: int) -> None:
    """And moves with the lead's own, never the other way."""
    due = base + period * DAY
    inner = deadlines.co_due(due, CALENDAR, base)
    assert base <= inner <= due
    assert inner > base or period == 0
    assert deadlines.co_due(due + more * DAY, CALENDAR, base) >= inner


@given(bases, st.integers(0, 400), st.integers(0, 60))
def test_a_longer_period_is_yellow_no_earlier(base: date, period: int, more: int) -> None:
    """第十六条（四）: 临期 begins inside the period, one to ten days before its end."""
    due = base + period * DAY
    yellow = deadlines.yellow_from(base, due)
    assert base <= yellow <= due
    assert (due - yellow).days <= CURRENT.limit("yellow_max")
    assert period == 0 or yellow < due
    assert deadlines.yellow_from(base, due + more * DAY) >= yellow


@given(bases, st.integers(0, 400), st.integers(-60, 460), st.integers(0, 90))
def test_a_reset_never_forgives_what_was_late(
    base: date, period: int, decided: int, more: int
) -> None:
    """第十六条（六）: decided after the due day the old one still judges; the new one lights."""
    effective, decided_on = base + period * DAY, base + decided * DAY
    new = decided_on + more * DAY
    judged, lit = changes.reset(effective, new, decided_on)
    assert lit == new
    assert judged == (new if decided_on <= effective else effective)
    late_already = decided_on > effective
    assert not late_already or verdicts.verdict(effective, judged, decided_on).overdue_days > 0


@given(counted, st.dates(date(2026, 11, 1), date(2027, 12, 20)), st.data())
def test_a_published_calendar_never_takes_days_away(
    level: Level, base: date, data: st.DataObject
) -> None:
    """SPEC §3.3: loading the table of a year moves due days later or not at all."""
    old = deadlines.plan(level, base, CALENDAR)
    changed = data.draw(st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=12))
    rest = {day for day in changed if day.weekday() < 5}
    table = Calendar(
        CALENDAR.published | {2027},
        dict(CALENDAR.holidays) | dict.fromkeys(rest, "假"),
        CALENDAR.makeup | (changed - rest),
    )
    new = deadlines.recomputed(old, deadlines.plan(level, base, table))
    assert old.due is not None
    assert new.due is not None
    assert new.due >= old.due
    assert new.yellow_from is not None
    assert old.yellow_from is not None
    assert new.yellow_from >= old.yellow_from


@given(levels, bases, st.integers(0, 120), st.sets(st.integers(0, 10)))
def test_the_point_proposed_is_open_and_has_begun(
    level: Level, base: date, after: int, answered: set[int]
) -> None:
    """第十八条: never one that is answered, never one whose window lies ahead."""
    plan = deadlines.plan(level, base, CALENDAR, explicit=base + 100 * DAY)
    points = list(plan.points)
    met = {points[number] for number in answered if number < len(points)}
    day = base + after * DAY
    proposed = verdicts.proposed_point(base, points, met, day)
    open_ones = [point for point in points if point not in met]
    begun = [
        point for point in open_ones
        if day > (points[points.index(point) - 1] if points.index(point) else base - DAY)
    ]  # fmt: skip
    assert proposed == (begun[0] if begun else None)


@given(bases, st.integers(0, 60), st.integers(0, 20), st.integers(0, 20))
def test_a_supplement_in_time_keeps_the_first_day(
    base: date, used: int, again: int, allowed: int
) -> None:
    """第十六条（六）: in time the first hand-in counts, else the second; never a day between."""
    first = base + used * DAY
    second, until = first + again * DAY, first + allowed * DAY
    counted_day = verdicts.completed_on(first, second, until)
    assert counted_day == (first if second <= until else second)
