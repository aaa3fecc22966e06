"""第十八、十九条: every worked case, and what must hold for all dates."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.clock import SHANGHAI, shanghai_day
from portal.rulebook import deadline_changes as changes
from portal.rulebook import deadline_texts as texts
from portal.rulebook import deadlines, lights, verdicts
from portal.rulebook.deadlines import DeadlineError, Plan
from portal.rulebook.policy import CURRENT
from portal.rulebook.workdays import DAY, Calendar, built_in

CALENDAR = built_in()
LOCAL = built_in(local=True)
FILE = json.loads(
    (Path(__file__).parents[1] / "data" / "deadline_cases.json").read_text(encoding="utf-8")
)
Given = dict[str, Any]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _calendar(given: Given) -> Calendar:
    return LOCAL if given.get("local_holidays") else CALENDAR


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _due(given: Given) -> Given:
    level = CURRENT.level(given["level"])
    level = level._replace(mode=given.get("mode", level.mode))
    try:
        plan = deadlines.plan(
            level,
            date.fromisoformat(given["base"]),
            _calendar(given),
            days=given.get("days"),
            explicit=_day(given.get("explicit")),
        )
    except DeadlineError as error:
        return {"error": error.code}
    return {
        "due": _iso(plan.due),
        "raw": _iso(plan.raw),
        "feedback": [day.isoformat() for day in plan.points],
        "yellow_from": _iso(plan.yellow_from),
        "warnings": list(plan.warnings),
    }


def _light(given: Given) -> Given:
    base, due, today = (date.fromisoformat(given[key]) for key in ("base", "due", "today"))
    plan = Plan(base, due, due, (), deadlines.yellow_from(base, due), (), False)
    waiting = lights.is_waiting(
        due,
        today,
        handed_in_on=_day(given.get("closure_submitted")),
        extension_pending=given.get("ext_pending", False),
    )
    dates = lights.light_dates(plan, ())
    return {"light": lights.light(dates, today, lit=not given.get("done"), waiting=waiting)}


def _extension(given: Given) -> Given:
    base, due = date.fromisoformat(given["base"]), date.fromisoformat(given["due"])
    cutoff = changes.extension_cutoff(base, due)
    result: Given = {
        "cutoff": cutoff.strftime("%Y-%m-%d %H:%M:%S"),
        "timely": changes.timely(_moment(given["applied_at"]), cutoff),
    }
    if "extend_days" in given:
        level = CURRENT.level(given.get("level", 3))
        new = changes.extended_due(level, due, CALENDAR, days=given["extend_days"])
        result["new_due"] = new.isoformat()
    return result


def _completed(given: Given) -> date:
    if "completed_at" in given:
        return shanghai_day(_moment(given["completed_at"]))
    return date.fromisoformat(given["completed_on"])


def _verdict(given: Given) -> Given:
    original, effective = _day(given["original_due"]), _day(given["effective_due"])
    return verdicts.verdict(original, effective, _completed(given))._asdict()


def _match(given: Given) -> Given:
    found = verdicts.match(
        date.fromisoformat(given["base"]),
        [date.fromisoformat(day) for day in given["points"]],
        [date.fromisoformat(day) for day in given["submitted"]],
    )
    return {
        "matched": [_iso(day) for day in found.matched],
        "on_time": list(found.on_time),
        "extra": [_iso(day) for day in found.extra],
    }


def _days_used(given: Given) -> Given:
    return {"days": verdicts.days_used(date.fromisoformat(given["base"]), _completed(given))}


def _co_due(given: Given) -> Given:
    assert given["workdays_before"] == CURRENT.limit("co_unit_before")
    lead_due = date.fromisoformat(given["lead_due"])
    return {"co_due": _iso(deadlines.co_due(lead_due, CALENDAR, lead_due - 30 * DAY))}


def _local_date(given: Given) -> Given:
    return {"date": _iso(shanghai_day(_moment(given["ts"])))}


OPS: dict[str, Callable[[Given], Given]] = {
    "due": _due,
    "light": _light,
    "extension": _extension,
    "verdict": _verdict,
    "match": _match,
    "days_used": _days_used,
    "co_due": _co_due,
    "local_date": _local_date,
}


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["id"])
def test_worked_case(case: Given) -> None:
    assert OPS[case["op"]](case["input"]) == case["expect"], case["why"]


@pytest.mark.parametrize(
    ("level", "base", "days", "due", "points"),
    [
        (2, "2026-09-18", 15, "2026-10-08", ["2026-09-23", "2026-09-28"]),
        (3, "2026-10-08", 30, "2026-11-09", ["2026-10-19", "2026-10-28"]),
        # The five-day point rolls onto the due day, and back it would be the day of issue: none.
        (2, "2026-09-30", 7, "2026-10-08", []),
        # Two points roll to the same day after Spring Festival: one report.
        (2, "2026-02-11", 15, "2026-02-26", ["2026-02-24"]),
    ],
)
def test_more_plans(level: int, base: str, days: int, due: str, points: list[str]) -> None:
    plan = deadlines.plan(CURRENT.level(level), date.fromisoformat(base), CALENDAR, days=days)
    assert (_iso(plan.due), [_iso(day) for day in plan.points]) == (due, points)


def test_article_18_4_level_4_with_a_date() -> None:
    plan = deadlines.plan(CURRENT.level(4), date(2026, 3, 2), CALENDAR, explicit=date(2026, 12, 31))
    assert [f"{day:%m-%d}" for day in plan.points] == [
        "04-01", "05-06", "06-01", "06-30", "07-30", "08-31", "09-28", "10-28", "11-27", "12-28"
    ]  # fmt: skip


def test_article_18_4_open_ended() -> None:
    level = CURRENT.level(4)
    plan = deadlines.plan(level, date(2026, 3, 2), CALENDAR)
    assert plan == Plan(date(2026, 3, 2), None, None, (), None, (), False)
    points = deadlines.open_points(level, plan.base, CALENDAR)
    assert [f"{next(points):%m-%d}" for _ in range(3)] == ["04-01", "05-06", "06-01"]


@pytest.mark.parametrize(
    ("level", "days", "open_ended", "code"),
    [
        (1, 4, False, "days_out_of_range"),
        (1, 0, False, "days_out_of_range"),
        (2, 6, False, "days_out_of_range"),
        (2, 16, False, "days_out_of_range"),
        (3, 31, False, "days_out_of_range"),
        (4, 30, False, "days_not_allowed"),
        (3, None, True, "needs_due"),
    ],
)
def test_article_18_ranges(level: int, days: int | None, open_ended: bool, code: str) -> None:
    with pytest.raises(DeadlineError) as caught:
        deadlines.plan(
            CURRENT.level(level), date(2026, 11, 2), CALENDAR, days=days, open_ended=open_ended
        )
    assert caught.value.code == code
    assert str(caught.value) == deadlines.PROBLEMS[code]


def test_only_counted_dates_are_provisional() -> None:
    """「暂定」 marks what may still move; a named date cannot."""
    base = date(2026, 12, 10)
    assert deadlines.plan(CURRENT.level(3), base, CALENDAR).provisional
    named = deadlines.plan(CURRENT.level(3), base, CALENDAR, explicit=date(2027, 1, 8))
    assert named.warnings == ("calendar_missing",)
    assert not named.provisional


@pytest.mark.parametrize(
    ("base", "due", "until"),
    [
        ("2026-11-16", "2026-11-23", "2026-11-18 23:59:59"),
        ("2026-11-16", "2026-11-21", "2026-11-20 23:59:59"),
        ("2026-11-16", "2026-11-22", "2026-11-17 23:59:59"),
        ("2026-11-16", "2026-11-18", "2026-11-17 23:59:59"),
        ("2026-11-23", "2026-11-23", "2026-11-23 12:00:00"),
        # A cut-off on a Sunday stays there.
        ("2026-11-02", "2026-11-27", "2026-11-22 23:59:59"),
    ],
)
def test_article_19_cutoff(base: str, due: str, until: str) -> None:
    cutoff = changes.extension_cutoff(date.fromisoformat(base), date.fromisoformat(due))
    assert cutoff.strftime("%Y-%m-%d %H:%M:%S") == until
    assert changes.timely(cutoff.astimezone(UTC), cutoff)
    assert not changes.timely(cutoff + timedelta(seconds=1), cutoff)


@pytest.mark.parametrize(
    ("level", "days", "explicit", "due"),
    [
        (1, 1, None, "2026-11-21"),
        (2, 1, None, "2026-11-23"),
        (3, None, "2026-11-29", "2026-11-29"),
        (4, 1, None, "2026-11-21"),
    ],
)
def test_article_19_new_date(level: int, days: int | None, explicit: str | None, due: str) -> None:
    new = changes.extended_due(
        CURRENT.level(level), date(2026, 11, 20), CALENDAR, days=days, explicit=_day(explicit)
    )
    assert new.isoformat() == due


@pytest.mark.parametrize("asked", [{}, {"days": 0}, {"days": -3}, {"explicit": date(2026, 11, 20)}])
def test_article_19_new_date_must_be_later(asked: dict[str, Any]) -> None:
    with pytest.raises(DeadlineError) as caught:
        changes.extended_due(CURRENT.level(2), date(2026, 11, 20), CALENDAR, **asked)
    assert caught.value.code == "not_later"


def test_article_19_plan_goes_on_with_the_same_step() -> None:
    level = CURRENT.level(3)
    old = deadlines.plan(level, date(2026, 10, 12), CALENDAR)
    new = changes.extended_plan(
        level, old, date(2026, 11, 9), CALENDAR, explicit=date(2026, 11, 30)
    )
    assert [f"{day:%m-%d}" for day in new.points] == ["10-22", "11-02", "11-11", "11-23"]
    assert new.base == old.base


def test_article_19_a_point_given_is_not_asked_again() -> None:
    """D05's point moved back to Friday; extended that Friday, Monday asks nothing."""
    level = CURRENT.level(2)
    old = deadlines.plan(level, date(2026, 11, 16), CALENDAR, days=7)
    assert old.points == (date(2026, 11, 20),)
    late = changes.extended_plan(level, old, date(2026, 11, 20), CALENDAR, days=7)
    assert late.points == (date(2026, 11, 20), date(2026, 11, 26))
    early = changes.extended_plan(level, old, date(2026, 11, 18), CALENDAR, days=7)
    assert early.points == (date(2026, 11, 23), date(2026, 11, 26))


def test_article_19_no_report_is_asked_for_after_the_fact() -> None:
    level = CURRENT.level(2)
    old = deadlines.plan(level, date(2026, 11, 2), CALENDAR, days=10)
    assert old.due == date(2026, 11, 12)
    new = changes.extended_plan(level, old, date(2026, 11, 19), CALENDAR, days=15)
    assert new.points == (date(2026, 11, 9), date(2026, 11, 23))


def test_an_open_ended_item_can_be_given_an_end() -> None:
    level = CURRENT.level(4)
    old = deadlines.plan(level, date(2026, 3, 2), CALENDAR)
    with pytest.raises(DeadlineError):
        changes.extended_plan(level, old, date(2026, 5, 10), CALENDAR, days=30)
    new = changes.extended_plan(level, old, date(2026, 5, 10), CALENDAR, explicit=date(2026, 7, 1))
    assert [f"{day:%m-%d}" for day in new.points] == ["04-01", "05-06", "06-01", "06-30"]


def test_article_16_6_reset() -> None:
    due, new = date(2026, 11, 17), date(2026, 12, 1)
    assert changes.reset(due, new, date(2026, 11, 17)) == (new, new)
    assert changes.reset(due, new, date(2026, 11, 18)) == (due, new)
    with pytest.raises(DeadlineError):
        changes.reset(due, date(2026, 11, 17), date(2026, 11, 18))


def test_article_16_6_supplement_keeps_the_first_day() -> None:
    first, again = date(2026, 11, 17), date(2026, 11, 20)
    assert verdicts.completed_on(first) == first
    assert verdicts.completed_on(first, again, date(2026, 11, 20)) == first
    assert verdicts.completed_on(first, again, date(2026, 11, 19)) == again
    assert verdicts.completed_on(first, again) == again


def test_open_ended_items_have_no_verdict() -> None:
    assert verdicts.verdict(None, None, date(2026, 11, 17)) == (None, None, 0)


@pytest.mark.parametrize(
    ("level", "issued", "until"),
    [
        (1, "2026-11-23T11:00", "2026-11-23T15:30:00"),
        (2, "2026-11-20T09:00", "2026-11-23T23:59:59"),
        (3, "2026-09-30T23:59", "2026-10-08T23:59:59"),
    ],
)
def test_article_16_3_deemed_receipt(level: int, issued: str, until: str) -> None:
    got = changes.receipt_until(CURRENT.level(level), _moment(issued), CALENDAR)
    assert got == _moment(until)


@pytest.mark.parametrize(
    ("lead_due", "base", "inner"),
    [
        ("2026-11-09", "2026-10-08", "2026-11-05"),
        ("2026-11-24", "2026-11-23", "2026-11-24"),
        ("2026-11-25", "2026-11-23", "2026-11-24"),
        ("2026-11-23", "2026-11-23", "2026-11-23"),
        ("2026-11-29", "2026-11-09", "2026-11-26"),
    ],
)
def test_article_8_inner_date(lead_due: str, base: str, inner: str) -> None:
    got = deadlines.co_due(date.fromisoformat(lead_due), CALENDAR, date.fromisoformat(base))
    assert got.isoformat() == inner


def test_a_published_table_moves_dates_later_only() -> None:
    level, base = CURRENT.level(3), date(2026, 12, 10)
    old = deadlines.plan(level, base, CALENDAR)
    holidays = dict(CALENDAR.holidays) | {date(2027, 1, 11): "假"}
    closed = Calendar(CALENDAR.published | {2027}, holidays, CALENDAR.makeup)
    worked = Calendar(
        CALENDAR.published | {2027}, CALENDAR.holidays, CALENDAR.makeup | {date(2027, 1, 9)}
    )
    later = deadlines.recomputed(old, deadlines.plan(level, base, closed))
    assert (later.due, later.provisional) == (date(2027, 1, 12), False)
    earlier = deadlines.recomputed(old, deadlines.plan(level, base, worked))
    assert (earlier.due, earlier.yellow_from) == (old.due, old.yellow_from)


@pytest.mark.parametrize(
    ("level", "arguments", "words"),
    [
        (2, {"days": 15}, "自交办之日起15天"),
        (1, {}, "自交办之日起3天"),
        (2, {"due": date(2026, 11, 24)}, "2026年11月24日前"),
        (3, {"due": date(2026, 1, 3), "days": 30}, "2026年1月3日前"),
        (4, {"open_ended": True}, "长期（每30天反馈）"),
        (4, {}, "长期（每30天反馈）"),
    ],
)
def test_deadline_in_words(level: int, arguments: dict[str, Any], words: str) -> None:
    assert texts.deadline_text(CURRENT.level(level), **arguments) == words


def test_cycle_in_words() -> None:
    cycles = [texts.cycle_text(level) for level in CURRENT.levels]
    assert cycles == ["办理期间至少反馈1次", "每5天反馈1次", "每10天反馈1次", "每30天反馈1次"]
    workdays = CURRENT.level(2)._replace(mode="workday")
    assert texts.cycle_text(workdays) == "每5个工作日反馈1次"
    assert texts.deadline_text(workdays, days=7) == "自交办之日起7个工作日"


def test_vacation_warning() -> None:
    assert texts.vacation_text(date(2027, 2, 10), CALENDAR) == (
        "完成时限在寒假期间（2027年1月18日—2月28日），请确认"
    )
    assert texts.vacation_text(date(2026, 11, 24), CALENDAR) is None
    assert set(texts.WARNINGS) == {"rolled_forward", "due_on_rest_day", "calendar_missing"}
    assert texts.WARNINGS["due_on_rest_day"] == "该日为休息日"


@pytest.mark.parametrize(
    ("day", "met", "proposed"),
    [
        ("2026-10-07", [], None),
        ("2026-10-08", [], "2026-10-19"),
        ("2026-10-19", [], "2026-10-19"),
        ("2026-10-19", ["2026-10-19"], None),
        ("2026-10-20", ["2026-10-19"], "2026-10-28"),
        ("2026-10-20", [], "2026-10-19"),
        ("2026-11-02", ["2026-10-28"], "2026-10-19"),
        ("2026-11-02", ["2026-10-19", "2026-10-28"], None),
    ],
)
def test_article_18_proposed_point(day: str, met: list[str], proposed: str | None) -> None:
    points = [date(2026, 10, 19), date(2026, 10, 28)]
    answered = {date.fromisoformat(point) for point in met}
    got = verdicts.proposed_point(date(2026, 10, 8), points, answered, date.fromisoformat(day))
    assert _iso(got) == proposed


bases = st.dates(date(2023, 1, 1), date(2028, 6, 30))
levels = st.sampled_from(CURRENT.levels)
modes = st.sampled_from(["natural", "workday"])


@st.composite
def plans(draw: st.DrawFn) -> tuple[Any, Plan]:
    level = draw(levels)._replace(mode=draw(modes))
    base, calendar = draw(bases), draw(st.sampled_from([CALENDAR, LOCAL]))
    if level.default_days is None or draw(st.booleans()):
        explicit = base + draw(st.integers(0, 400)) * DAY
        return level, deadlines.plan(level, base, calendar, explicit=explicit)
    days = draw(st.integers(level.days_min, level.days_max))
    return level, deadlines.plan(level, base, calendar, days=days)


@given(plans())
def test_a_plan_holds_together(drawn: tuple[Any, Plan]) -> None:
    level, plan = drawn
    assert plan.due is not None
    assert plan.raw is not None
    assert plan.base <= plan.raw <= plan.due
    assert plan.base <= plan.yellow_from <= plan.due
    assert list(plan.points) == sorted(set(plan.points))
    if level.number == 1:
        assert len(plan.points) == 1
        assert plan.base <= plan.points[0] <= plan.due
        return
    for point in plan.points:
        assert plan.base < point < plan.due
        assert CALENDAR.is_workday(point)


@given(bases, st.sampled_from([1, 2, 3]), st.data())
def test_more_days_never_end_earlier(base: date, number: int, data: st.DataObject) -> None:
    level = CURRENT.level(number)
    days = data.draw(st.integers(level.days_min, level.days_max - 1))
    one = deadlines.plan(level, base, CALENDAR, days=days)
    more = deadlines.plan(level, base, CALENDAR, days=days + 1)
    next_day = deadlines.plan(level, base + DAY, CALENDAR, days=days)
    assert one.due <= more.due
    assert one.due <= next_day.due


@given(bases, st.integers(0, 400))
def test_the_cutoff_lies_between_issue_and_due(base: date, period: int) -> None:
    due = base + period * DAY
    cutoff = changes.extension_cutoff(base, due).date()
    assert base <= cutoff <= due
    assert cutoff == due if period <= 1 else cutoff < due


@given(plans(), st.integers(0, 60), st.integers(1, 90))
def test_an_extended_plan_keeps_what_was_due(
    drawn: tuple[Any, Plan], after: int, days: int
) -> None:
    level, old = drawn
    decided = old.base + after * DAY
    new = changes.extended_plan(level, old, decided, CALENDAR, days=days)
    assert new.due > old.due
    past = [point for point in old.points if point <= decided]
    assert list(new.points[: len(past)]) == past
    assert all(point > decided for point in new.points[len(past) :])
    assert list(new.points) == sorted(set(new.points))


@given(plans(), st.lists(st.integers(0, 60), max_size=12))
def test_every_report_is_matched_once_or_extra(drawn: tuple[Any, Plan], offsets: list[int]) -> None:
    _, plan = drawn
    submitted = [plan.base + n * DAY for n in offsets]
    found = verdicts.match(plan.base, plan.points, submitted)
    used = [day for day in found.matched if day is not None] + list(found.extra)
    assert sorted(used) == sorted(submitted)
    assert len(found.matched) == len(found.on_time) == len(plan.points)


@given(bases, st.integers(0, 60), st.integers(0, 120), st.integers(0, 30))
def test_verdicts_agree(base: date, period: int, used: int, more: int) -> None:
    original = base + period * DAY
    effective, done = original + more * DAY, base + used * DAY
    judged = verdicts.verdict(original, effective, done)
    assert judged.on_time is (judged.overdue_days == 0)
    assume(judged.on_time_original)
    assert judged.on_time
