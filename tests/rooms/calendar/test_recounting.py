"""SPEC §3.3: with a new table open items of levels 2 and 3 issued by days move later, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.extensions import db
from portal.models import Event, FeedbackPoint, Item, ItemUnit
from portal.rooms.calendar import clock as clock_rule
from portal.rooms.calendar import queries
from portal.rulebook import deadlines, recounting, workdays, working_calendar
from portal.rulebook.policy import CURRENT
from portal.rulebook.workdays import DAY, Calendar
from tests.pages import get
from tests.people import draft
from tests.rooms.calendar.keeping import (
    TABLE_2027,
    confirm,
    load,
    propose,
    recount,
    stand_at,
)
from tests.steps.acting import HANDLER, HEAD, OFFICE, OFFICE_HEAD, Actor

As = Callable[[str], FlaskClient]
ISSUED = date(2026, 12, 10)
COUNTED = {"level": 3, "deadline_kind": "days", "deadline_days": 30}
"""Case D15: issued on 10 December for 30 days, due on Monday 11 January 2027, 暂定."""
NAMED = {
    "level": 3, "deadline_kind": "date", "deadline_days": None, "deadline_basis": "会议要求",
    "deadline_date": date(2027, 1, 11),
}  # fmt: skip
URGENT = {"level": 1, "deadline_kind": "days", "deadline_days": 3}


def at_work(app: Flask, **fields: Any) -> Actor:
    actor = Actor(app, draft(app, "A01", **fields))
    with app.app_context():
        actor.to_work()
    return actor


@pytest.fixture
def counted(college: Flask) -> Actor:
    """D15 in work."""
    stand_at(college, ISSUED)
    return at_work(college, **COUNTED)


def dates(actor: Actor) -> tuple[date | None, date | None, date | None, list[date]]:
    """Due by original and in force, first yellow day, instalments."""
    with actor.app.app_context():
        _viewer, item = actor.item()
        points = db.session.scalars(
            select(FeedbackPoint.due)
            .where(FeedbackPoint.item_id == item.id)
            .order_by(FeedbackPoint.due)
        )
        return item.due_original, item.due_effective, item.yellow_from, list(points)


def recounts(actor: Actor) -> list[Event]:
    return [event for event in actor.events() if event.act == "recount_deadline"]


def test_a_new_table_moves_the_date_and_the_unit_hears_of_it(
    college: Flask, worker: Flask, counted: Actor
) -> None:
    """From 11 to 12 January, the co-units' own date too; by one event of the clock's."""
    before = dates(counted)
    assert before[:2] == (date(2027, 1, 11), date(2027, 1, 11))
    load(college)
    assert dates(counted) == before
    assert recount(worker, college) == 1
    due = date(2027, 1, 12)
    assert dates(counted)[:2] == (due, due)
    with college.app_context():
        (event,) = recounts(counted)
        assert (event.actor_id, event.acting_as) == (None, "system")
        assert event.facts == {"calendar": 3, "before": "2027-01-11", "due": "2027-01-12"}
        told = {counted.viewer(who).person_id for who in (HEAD, HANDLER, OFFICE)}
        assert told <= set(event.tells)
        _viewer, item = counted.item()
        assert (item.due, item.red_from) == (due, date(2027, 1, 13))
        inner = set(
            db.session.scalars(
                select(ItemUnit.inner_due).where(ItemUnit.item_id == item.id, ItemUnit.role == "co")
            )
        )
        assert inner == {date(2027, 1, 7)}


def test_twice_is_once_and_a_corrected_table_goes_on(
    college: Flask, worker: Flask, counted: Actor
) -> None:
    """Run again, with a version that changes nothing of it, with one that would move it back: no
    second event; a further correction moves it on from where it counts."""
    load(college)
    assert [recount(worker, college) for _ in range(3)] == [1, 0, 0]
    load(college, TABLE_2027 + "\n中秋节 9月15日")
    assert recount(worker, college) == 0
    load(college, "元旦 1月1日至3日")
    assert recount(worker, college) == 0
    assert dates(counted)[1] == date(2027, 1, 12)
    with college.app_context():
        assert len(recounts(counted)) == 1
        assert counted.item()[1].counted_by == working_calendar.in_force().number == 5
    load(college, "元旦 1月1日至3日\n补休 1月11日至13日")
    assert recount(worker, college) == 1
    assert dates(counted)[1] == date(2027, 1, 14)


def test_no_date_moves_earlier(college: Flask, worker: Flask, counted: Actor) -> None:
    """The raw day 9 January becomes a working Saturday: 11 January stays."""
    load(college, "元旦 1月1日至3日\n调休上班 1月9日")
    assert recount(worker, college) == 0
    assert dates(counted)[:2] == (date(2027, 1, 11), date(2027, 1, 11))


def test_what_was_named_or_does_not_roll_stays(college: Flask, worker: Flask) -> None:
    """第十八条（五）; level 1 never moves."""
    stand_at(college, ISSUED)
    actors = [at_work(college, **NAMED)]
    stand_at(college, date(2027, 1, 8))
    actors.append(at_work(college, **URGENT))
    before = [dates(actor) for actor in actors]
    load(college)
    assert recount(worker, college) == 0
    assert [dates(actor) for actor in actors] == before
    with college.app_context():
        assert [recounts(actor) for actor in actors] == [[], []]


def test_a_date_set_anew_stays(college: Flask, worker: Flask, counted: Actor) -> None:
    """延期 or 调整: what is in force is no longer what was counted from the day of issue."""
    with college.app_context():
        _viewer, item = counted.item(OFFICE_HEAD)
        item.due_effective = item.due = date(2027, 1, 11 + 7)
        db.session.commit()
    load(college)
    assert recount(worker, college) == 0
    assert dates(counted)[1] == date(2027, 1, 18)


def test_instalments_move_and_those_reported_on_stay(
    college: Flask, worker: Flask, counted: Actor
) -> None:
    """The first one was answered before its day turned into a holiday; the second moves."""
    with college.app_context():
        _viewer, item = counted.item()
        first = db.session.scalars(
            select(FeedbackPoint.id)
            .where(FeedbackPoint.item_id == item.id)
            .order_by(FeedbackPoint.due)
        ).first()
        counted.report(HEAD, point_id=first)
    assert dates(counted)[3] == [date(2026, 12, 21), date(2026, 12, 30)]
    load(college, YEAR_2026 + "\n补休 12月21日\n补休 12月30日", 2026)
    recount(worker, college)
    assert dates(counted)[3] == [date(2026, 12, 21), date(2026, 12, 31)]


def test_another_number_of_instalments_asks_nothing_twice(college: Flask, counted: Actor) -> None:
    """What was reported on at 21 December is not asked for again at its new day."""
    with college.app_context():
        _viewer, item = counted.item()
        points = select(FeedbackPoint.id).where(FeedbackPoint.item_id == item.id)
        counted.report(
            HEAD, point_id=db.session.scalars(points.order_by(FeedbackPoint.due)).first()
        )
        _viewer, item = counted.item(OFFICE_HEAD)
        known = recounting.counted_of(item)
        assert known is not None
        now = deadlines.Plan(
            ISSUED, known.due, known.due, known.points, None, (), provisional=False
        )
        later = (date(2026, 12, 22), date(2026, 12, 31), date(2027, 1, 6))
        moved = recounting.Moved(known, now, now._replace(points=later))
        recounting.move(item, moved, working_calendar.in_force())
        days = db.session.scalars(
            select(FeedbackPoint.due)
            .where(FeedbackPoint.item_id == item.id)
            .order_by(FeedbackPoint.due)
        ).all()
        assert days == [date(2026, 12, 21), *later[1:]]
        db.session.rollback()


REST = st.lists(st.integers(0, 45), max_size=9)


@given(
    st.sampled_from([(2, 15), (2, 11), (2, 7), (3, 30), (3, 20)]),
    st.integers(0, 60), REST, REST, REST, REST,
)  # fmt: skip
@example((2, 11), 7, [], [], [5, 6, 7, 8], [])  # one report instead of two, a day before the first
@settings(max_examples=100, deadline=None)
def test_no_report_is_asked_for_earlier(
    period: tuple[int, int], start: int, rest: list[int], work: list[int], new_rest: list[int],
    new_work: list[int],
) -> None:  # fmt: skip
    """Whatever becomes of the calendar, also where the number of reports changes: the n-th one is
    due on the day that was promised, or later."""
    (level, days), issued = period, date(2026, 10, 1) + start * DAY
    old, new = _calendar(issued, rest, work), _calendar(issued, new_rest, new_work)
    row = CURRENT.level(level)
    raw, due = deadlines.last_day(row, issued, days, old)
    was = deadlines.dated(row, issued, raw, due, old, counted=True, policy=CURRENT)
    counted = recounting.Counted(level, CURRENT.version, issued, days, due, was.points)
    moved = recounting.outlook(counted, old, new)
    if moved is None:
        return
    assert moved.days >= 0
    after = moved.after.points
    assert list(after) == sorted(set(after))
    assert all(new >= old for old, new in zip(was.points, after, strict=False))


def _calendar(first: date, rest: list[int], work: list[int]) -> Calendar:
    """The shipped one with some more days off, and some weekends worked."""
    off = {first + number * DAY: "补休" for number in rest}
    on = {first + number * DAY for number in work} - off.keys()
    known = workdays.built_in()
    return replace(known, holidays={**known.holidays, **off}, makeup=known.makeup | on)


YEAR_2026 = (
    "元旦 1月1日至3日\n调休上班 1月4日\n春节 2月15日至23日\n2月14日、2月28日上班\n"
    "清明节 4月4日至6日\n劳动节 5月1日至5日\n5月9日上班\n端午节 6月19日至21日\n"
    "中秋节 9月25日至27日\n国庆节 10月1日至7日\n9月20日、10月10日上班"
)


def test_killed_in_the_middle_it_goes_on(
    college: Flask, worker: Flask, counted: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first item is done, the second fails; the next run does the second and only that."""
    other = at_work(college, **COUNTED, title="另一事项")
    load(college)
    real, done = clock_rule.recounting.move, []

    def dying(item: Item, *args: Any) -> Any:
        done.append(item.id)
        if len(done) == 2:
            raise SystemExit
        return real(item, *args)

    with monkeypatch.context() as patch:
        patch.setattr(clock_rule.recounting, "move", dying)
        with pytest.raises(SystemExit):
            recount(worker, college)
    assert [dates(actor)[1] for actor in (counted, other)] == [
        date(2027, 1, 12), date(2027, 1, 11),
    ]  # fmt: skip
    assert recount(worker, college) == 1
    with college.app_context():
        assert [len(recounts(actor)) for actor in (counted, other)] == [1, 1]


def test_an_item_issued_while_the_calendar_changed_is_found(
    college: Flask, worker: Flask, counted: Actor
) -> None:
    """Its transaction counted by the version before and ended after the rule had run."""
    load(college)
    recount(worker, college)
    late = at_work(college, **COUNTED, title="另一事项")
    with college.app_context():
        _viewer, item = late.item()
        item.counted_by, item.due_original = 2, date(2027, 1, 11)
        item.due_effective = item.due = date(2027, 1, 11)
        db.session.commit()
    assert recount(worker, college) == 1
    assert dates(late)[1] == date(2027, 1, 12)


def test_provisional_until_the_table_is_there(
    college: Flask, worker: Flask, counted: Actor, as_: As
) -> None:
    """暂定 beside the date on the page; gone with the table, and the unit hears that it is sure."""
    page = f"/items/{counted.public_id}"
    assert "2027年1月11日前（暂定）" in get(as_(HEAD), page).text
    load(college, "元旦 1月1日至3日")
    assert "暂定" not in get(as_(HEAD), page).text
    assert recount(worker, college) == 0
    with college.app_context():
        (event,) = recounts(counted)
        assert event.facts["before"] == event.facts["due"] == "2027-01-11"
    assert "节假日调整，重新计算时限" in get(as_(HEAD), page).text


def test_what_is_shown_before_is_what_happens(
    college: Flask, worker: Flask, counted: Actor
) -> None:
    """The outlook of a proposal and what the clock then does are the same."""
    with college.app_context():
        made = propose(college, TABLE_2027)
        outlook = queries.outlook_of(made)
        (group,) = outlook.groups
        assert (group.due, group.new_due, group.days) == (
            date(2027, 1, 11), date(2027, 1, 12), 1,
        )  # fmt: skip
        assert (outlook.items, outlook.notices) == (1, 1)
        tables = dict(made.tables)
        viewer = counted.viewer(OFFICE)
        ((item, moved),) = queries.items_moved(viewer, tables)
        assert (item.public_id, moved.days) == (counted.public_id, 1)
        confirm(college, made)
        assert queries.still_to_count() == 1
    recount(worker, college)
    with college.app_context():
        assert queries.still_to_count() == 0
        assert counted.item()[1].due == group.new_due


def test_a_sensitive_item_moves_and_is_told_to_no_administrator(
    college: Flask, worker: Flask
) -> None:
    """SPEC §7.5: not even as a number."""
    stand_at(college, ISSUED)
    actor = at_work(college, **COUNTED, classification="sensitive")
    with college.app_context():
        made = propose(college, TABLE_2027)
        assert queries.outlook_of(made).items == 0
        confirm(college, made)
        assert queries.still_to_count() == 0
    assert recount(worker, college) == 1
    assert dates(actor)[1] == date(2027, 1, 12)


@pytest.fixture
def closing(college: Flask, counted: Actor) -> Iterator[Actor]:
    """Handed in on 12 January, a day after 11 January, and being judged."""
    stand_at(college, date(2027, 1, 12))
    with college.app_context():
        counted.apply_close()
        yield counted


def test_what_was_late_by_the_old_table_is_in_time_by_the_new(
    college: Flask, worker: Flask, closing: Actor
) -> None:
    """待审 from the day on which it was handed in, whenever the table comes."""
    assert not closing.item()[1].blue
    stand_at(college, date(2027, 1, 20))
    load(college)
    assert recount(worker, college) == 1
    db.session.expire_all()
    assert closing.item()[1].blue


def test_each_transaction_has_one_calendar(college: Flask) -> None:
    """What was read first holds to the end of the transaction; the next one reads anew."""
    with college.app_context():
        first = working_calendar.in_force()
        made = propose(college, TABLE_2027)
        assert working_calendar.in_force() == first
        confirm(college, made)
        assert working_calendar.in_force().number == first.number + 1
        assert working_calendar.current().is_published(2027)
        assert not working_calendar.numbered(first.number).is_published(2027)
