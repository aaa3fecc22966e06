"""卡在哪里: for 党政办 alone; the time of leaders is measured apart (SPEC §2.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.clock import SHANGHAI
from portal.rooms.waiting import queries
from portal.rooms.waiting.queries import clocks_of
from portal.rulebook import workdays
from portal.rulebook.policy import CURRENT
from portal.rulebook.two_clocks import Clocks, Wait, clocks, is_silent, long_since, waited_days
from tests.pages import get
from tests.people import draft
from tests.stages import bring
from tests.steps.acting import HANDLER, HEAD, LEADER, OFFICE, OFFICE_HEAD, OFFICE_LEADER, Actor
from tests.steps.extending import asking

As = Callable[[str], FlaskClient]
CALENDAR = workdays.built_in()
TITLES = "main .db-cell-title a"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("2026-11-20 17:00", "2026-11-20 18:00", 0),
        ("2026-11-20 17:00", "2026-11-23 08:00", 1),  # Friday to Monday
        ("2026-09-30 17:00", "2026-10-10 08:00", 3),  # over National Day to a working Saturday
        ("2026-11-23 08:00", "2026-11-20 08:00", 0),  # a clock that was put back
    ],
)
def test_waiting_is_counted_in_working_days(since: str, until: str, days: int) -> None:
    assert waited_days(_at(since), _at(until), CALENDAR) == days


@pytest.mark.parametrize("limit", [0, 2, 5])
def test_what_waits_too_long_is_the_same_for_queries(limit: int) -> None:
    """Over National Day and weekends: the last day since which more than the limit have passed."""
    for number in range(40):
        now = _at("2026-09-25 09:00") + timedelta(days=number)
        last = long_since(limit, now, CALENDAR)
        for back in range(20):
            since = now - timedelta(days=back)
            too_long = waited_days(since, now, CALENDAR) > limit
            assert too_long == (since.date() <= last), (now, back)


def test_what_waits_for_a_signature_is_no_day_of_the_unit() -> None:
    """Two signatures on one day are one day; before 交办 and after the end nothing counts."""
    waits = [
        Wait(_at("2026-11-06 09:00"), _at("2026-11-10 09:00")),
        Wait(_at("2026-11-12 09:00"), _at("2026-11-16 09:00")),
        Wait(_at("2026-11-13 09:00"), None),
    ]
    found = clocks(date(2026, 11, 9), date(2026, 11, 18), waits, _at("2026-11-18 09:00"), CALENDAR)
    assert found == Clocks(unit=2, waited=5)


@pytest.mark.parametrize(
    ("level", "now", "silent"),
    [
        (1, "2026-11-20 11:00", False),
        (1, "2026-11-20 11:31", True),
        (1, "2026-11-20 18:00", True),
        (2, "2026-11-24 18:00", False),
        (2, "2026-11-25 00:00", True),
    ],
)
def test_level_1_is_reminded_after_two_office_hours(level: int, now: str, silent: bool) -> None:
    """As N19 does; of the others after two working days. Asked on a Friday at 9:30."""
    since = _at("2026-11-20 09:30")
    assert is_silent(level, since, _at(now), CALENDAR, CURRENT) == silent


def test_a_level_1_item_is_marked_the_same_day(college: Flask, as_: As) -> None:
    with college.app_context():
        actor = Actor(college, draft(college, "A01", level=1, deadline_days=3))
        asking.stand(actor, "2026-11-20 09:30:00")
        actor.to_work()
        asking.ask(actor)
        asking.stand(actor, "2026-11-20 16:00:00")
    page = get(as_(OFFICE), "/waiting")
    assert "0个工作日 应提醒" in page.text
    assert "（一级事项2个办公小时）" in page.text


def test_the_office_sees_who_holds_what_up(college: Flask, as_: As) -> None:
    """By the person's post and step, with the days, and what is 久未签批."""
    with college.app_context():
        actor = Actor(college, draft(college, "A01", level=3, deadline_days=30))
        asking.stand(actor, "2026-11-02 09:00:00")
        actor.to_work()
        asking.ask(actor, HANDLER)
        asking.agree(actor, "sign_extension", HEAD)
        asking.stand(actor, "2026-11-11 09:00:00")
    page = get(as_(OFFICE), "/waiting")
    assert f"分管校领导 {LEADER}" in page.text
    assert "分管校领导签字" in page.text
    assert "7个工作日 久未签批" in page.text
    assert "仅党政办可见" in page.text


def test_many_boxes_stand_on_pages(
    college: Flask, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once, what has waited longest first; a page beyond is the last one."""
    monkeypatch.setattr(queries, "PAGE", 2)
    for number in range(3):
        public_id = draft(college, "A01", title=f"第{number}件")
        with college.app_context():
            bring(college, public_id, "pending_sign")
    seen = [
        [link.get_text() for link in get(as_(OFFICE), f"/waiting?page={page}").soup.select(TITLES)]
        for page in (1, 2, 9)
    ]
    assert [len(titles) for titles in seen] == [2, 1, 1]
    assert seen[1] == seen[2]
    assert len({*seen[0], *seen[1]}) == 3


def test_what_was_asked_in_vain_was_waited_for_too(college: Flask) -> None:
    """A request that the unit took back after the leader had let it lie: those days were not the
    unit's (SPEC §2.3)."""
    with college.app_context():
        actor = Actor(college, draft(college, "A01", level=3, deadline_days=30))
        asking.stand(actor, "2026-11-02 09:00:00")
        actor.to_work()
        asking.ask(actor, HEAD)
        asking.stand(actor, "2026-11-05 09:00:00")
        asking.withdraw(actor)
        asking.stand(actor, "2026-11-09 09:00:00")
        viewer, item = actor.item()
        assert clocks_of(viewer, [item])[item.id] == Clocks(unit=2, waited=3)


@pytest.mark.parametrize("who", [LEADER, OFFICE_LEADER, HEAD, "冉静", "周慎之", "黄素芬"])
def test_nobody_else_sees_it(as_: As, who: str) -> None:
    client = as_(who)
    assert client.get("/waiting").status_code == 404
    assert "卡在哪里" not in get(client, "/").text


def test_nothing_waits(as_: As) -> None:
    assert "目前没有等待签批的事项" in get(as_(OFFICE_HEAD), "/waiting").text
