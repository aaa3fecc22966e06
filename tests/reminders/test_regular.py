"""SPEC §2.3, §8.15: silent signers, weekly lists, delegations, the holidays of next year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from portal.reminders import weekly
from portal.rulebook.workdays import built_in
from tests.conftest import ANCHOR
from tests.pages import get
from tests.people import draft
from tests.reminders.conftest import Days, Heard
from tests.steps.acting import (
    HANDLER,
    HEAD,
    LEADER,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    Actor,
    intent,
)
from tests.steps.extending import asking

Only = Callable[..., Heard]
LEVEL_2 = {"level": 2, "deadline_days": 15}


def _submit(days: Days, **fields: Any) -> Actor:
    from portal.steps.registration import commands as registration

    actor = Actor(days.college, draft(days.college, "A01", **fields))
    with days.college.app_context():
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
    return actor


def _at_work(days: Days, **fields: Any) -> Actor:
    actor = Actor(days.college, draft(days.college, "A01", **fields))
    with days.college.app_context():
        actor.to_work()
    return actor


def test_a_signer_is_reminded_after_two_working_days(days: Days, only: Only) -> None:
    """Submitted on Monday: on Wednesday not yet, on Thursday; signed, the next one from his day."""
    actor = _submit(days, **LEVEL_2)
    assert only(date(2026, 11, 25), "N19") == {}
    assert only(date(2026, 11, 26), "N19") == {"N19": {LEADER}}
    assert only(date(2026, 11, 27), "N19") == {}
    with days.college.app_context():
        actor.sign(LEADER, "sign")
    assert only(date(2026, 12, 1), "N19") == {}
    assert only(date(2026, 12, 2), "N19") == {"N19": {OFFICE_LEADER}}
    assert {row.facts["action"] for row, _name in days.messages("N19")} == {"审签", "审核"}


def test_the_word_is_that_of_what_waits(days: Days, only: Only) -> None:
    """免于督办 waits for the principal as 「审定免办」, not as 「审定延期」."""
    actor = _at_work(days, **LEVEL_2)
    with days.college.app_context():
        asking.ask(actor, kind="exempt")
        for who, act in (
            (LEADER, "agree_extension"), (OFFICE_HEAD, "check_extension"),
            (OFFICE_LEADER, "review_extension"),
        ):  # fmt: skip
            asking.agree(actor, act, who)
    assert only(date(2026, 11, 26), "N19") == {"N19": {PRESIDENT}}
    assert {row.facts["action"] for row, _name in days.messages("N19")} == {"审定免办"}


def test_of_level_one_after_two_office_hours(days: Days, only: Only) -> None:
    _submit(days)  # at nine
    assert only(ANCHOR, "N19", at=time(10, 59)) == {}
    assert only(ANCHOR, "N19", at=time(11, 0)) == {"N19": {LEADER}}


def test_the_weekly_list_counts_what_the_week_asks(days: Days, only: Only) -> None:
    """On Monday, or on Tuesday if Monday was lost; once a week; nobody gets an empty one."""
    _at_work(days, **LEVEL_2)
    days.at(ANCHOR)
    days.round()
    days.at(ANCHOR + timedelta(days=8), time(8))  # Tuesday
    days.round()
    days.at(ANCHOR + timedelta(days=9))
    days.round()
    days.at(ANCHOR + timedelta(days=14))
    days.round()
    found = [(row.occasion, row.facts) for row, name in days.messages("N14") if name == HEAD]
    assert found == [
        ("week:2026-W49", {"a": 2, "b": 0, "c": 0}),
        ("week:2026-W50", {"a": 0, "b": 1, "c": 0}),
    ]
    # 邓涛 is 督办联络员 of the unit.
    assert {name for _row, name in days.messages("N14")} == {HEAD, HANDLER}


def test_a_list_does_not_count_what_its_reader_may_not_know_of(days: Days) -> None:
    actor = _at_work(days, classification="sensitive")
    with days.college.app_context():
        actor.item(HEAD)
    days.change(
        "UPDATE item SET readers = array_remove(readers, (SELECT -id::int FROM person"
        " WHERE name = %s))",
        HANDLER,
    )
    days.at(ANCHOR)
    days.round()
    assert [name for _row, name in days.messages("N14")] == [HEAD]


def test_the_summary_of_the_week_is_told_on_friday_afternoon(days: Days, only: Only) -> None:
    """To the leaders in charge of units at work; lost, it is told on Monday, with that week's own
    number of closed items."""
    _at_work(days)
    friday = date(2026, 11, 27)
    days.at(ANCHOR)
    days.round()
    assert only(friday, "N15", at=time(15, 59)) == {}
    assert only(friday, "N15", at=time(16)) == {"N15": {LEADER}}
    days.change("UPDATE item SET state = 'closed', lit = false, closed_on = %s", date(2026, 12, 2))
    days.at(date(2026, 12, 7))
    days.round()
    days.round()
    found = [(row.occasion, row.facts) for row, _name in days.messages("N15")]
    assert found == [
        ("week:2026-W48", {"a": 1, "b": 1, "c": 0}),
        ("week:2026-W49", {"a": 0, "b": 0, "c": 1}),
    ]


@pytest.mark.parametrize(
    ("revoked", "ends"), [(None, date(2026, 12, 5)), (date(2026, 12, 1), date(2026, 12, 1))]
)
def test_a_delegation_is_told_at_both_ends(
    days: Days, only: Only, revoked: date | None, ends: date
) -> None:
    """By its day, or on the day on which it was taken back."""
    days.change("DELETE FROM delegation")
    days.change(
        "INSERT INTO delegation (from_id, to_id, kind, scope, roles, starts_at, ends_at, reason,"
        " created_by_id) SELECT a.id, b.id, 'AB角', '审签', '{responsible_leader}',"
        " '2026-11-25T00:00+08', '2026-12-05T00:00+08', '外出', a.id FROM person a, person b"
        " WHERE a.name = %s AND b.name = %s",
        LEADER,
        PRESIDENT,
    )
    both = {"N16": {LEADER, PRESIDENT}}
    told = {}
    for day in (ANCHOR + timedelta(days=n) for n in range(14)):
        if day == revoked:
            days.change("UPDATE delegation SET revoked_at = '2026-12-01T08:00+08'")
        if found := only(day, "N16"):
            told[day] = found
    assert told == {date(2026, 11, 25): both, ends: both}
    rows = [row for row, name in days.messages("N16") if name == LEADER]
    assert [(row.facts["phase"], row.facts["date"]) for row in rows] == [
        ("starts", "2026-12-05"), ("ends", ends.isoformat()),
    ]  # fmt: skip


def test_the_holidays_of_next_year_are_asked_for_every_week(days: Days, only: Only) -> None:
    """SPEC §3.3: from 1 November; 2027 is not published in the calendar that comes with the
    portal."""
    told = [
        day
        for day in (date(2026, 10, 30) + timedelta(days=n) for n in range(17))
        if only(day, "N18") == {"N18": {OFFICE_HEAD}}
    ]
    assert told == [date(2026, 11, 1), date(2026, 11, 8), date(2026, 11, 15)]
    assert {row.facts["year"] for row, _name in days.messages("N18")} == {2027}


def test_a_monday_at_rest_is_told_on_the_next_working_day() -> None:
    """SPEC §6.1: 2026-09-28 to 30 are work, 1 to 7 October rest, so is Monday the fifth: its list
    comes on Thursday the eighth. A week of rest days has none."""
    calendar = built_in()
    assert weekly.list_day(date(2026, 10, 5), calendar) == date(2026, 10, 8)
    assert weekly.list_day(date(2026, 11, 30), calendar) == date(2026, 11, 30)
    rest = {date(2026, 11, 30) + timedelta(days=n): "校庆" for n in range(5)}
    closed = replace(calendar, holidays={**calendar.holidays, **rest})
    assert weekly.list_day(date(2026, 11, 30), closed) is None


def test_the_months_lists_are_told_on_its_first_working_day(days: Days, only: Only) -> None:
    """To 党政办 and 校领导, once, of the month before; 1 December is a Tuesday."""
    days.at(ANCHOR)
    days.round()
    assert only(date(2026, 11, 30), "N40") == {}
    told = only(date(2026, 12, 2), "N40")["N40"]
    assert {OFFICE_HEAD, OFFICE_LEADER, PRESIDENT, LEADER} <= told
    assert not {HEAD, HANDLER} & told
    assert only(date(2026, 12, 3), "N40") == {}
    assert {row.occasion for row, _name in days.messages("N40")} == {"month:2026-11"}
    assert {row.facts["month"] for row, _name in days.messages("N40")} == {11}


def test_a_message_leads_to_the_page_that_it_counts(days: Days, as_: Callable[..., Any]) -> None:
    """The numbers of the message are the rows of the page, read at the same time."""
    _at_work(days, **LEVEL_2)
    days.at(ANCHOR)
    days.round()
    days.at(ANCHOR + timedelta(days=7))
    days.round()
    client = as_(HEAD)
    link = get(client, "/messages?kind=N14").soup.find("a", string="查看清单")
    assert link is not None
    assert link["href"] == "/papers/weekly-list?week=2026-W49"
    page = get(client, str(link["href"]))
    shown = [
        row.get_text(strip=True) for row in page.soup.select("#units tbody tr:last-child .db-num")
    ]
    facts = next(row.facts for row, name in days.messages("N14") if name == HEAD)
    assert shown == [str(facts[name]) for name in "abc"]
