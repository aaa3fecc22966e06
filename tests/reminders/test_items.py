"""第十六（四）、十八、十九条: an item's own reminders, day by day, by level, state and light."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from portal.reminders.table import REMINDERS
from portal.rulebook import posting, text
from tests.conftest import ANCHOR
from tests.packages import stand_in
from tests.people import draft
from tests.reminders.conftest import Days, Heard
from tests.steps.acting import CO_HEAD, HANDLER, HEAD, LEADER, OFFICE, Actor

Only = Callable[..., Heard]
ITEMS = ("N04", "N05", "N06", "N07", "N08")
UNIT = {HANDLER, HEAD}
OFFICES = {OFFICE, "泽仁旺姆", "罗䶮"}
RED = {*UNIT, LEADER, *OFFICES}
MONTHLY = {
    "level": 4, "deadline_kind": "open", "deadline_days": None, "deadline_date": None,
}  # fmt: skip
LEVELS: dict[str, tuple[dict[str, Any], dict[date, Heard]]] = {
    # due Thursday 26, the one report on the 25th, 临期 and cut-off one day before
    "一级": ({"level": 1, "deadline_days": 3}, {
        date(2026, 11, 24): {"N04": {HANDLER}, "N07": {HEAD}},
        date(2026, 11, 25): {"N06": UNIT},
        date(2026, 11, 26): {"N05": UNIT},
        date(2026, 11, 27): {"N08": RED},
    }),
    # due Tuesday 8 December, reports on 30 November (Saturday 28 rolled) and 3 December
    "二级": ({"level": 2, "deadline_days": 15}, {
        date(2026, 11, 27): {"N04": {HANDLER}},
        date(2026, 12, 1): {"N05": UNIT},
        date(2026, 12, 2): {"N04": {HANDLER}, "N07": {HEAD}},
        date(2026, 12, 3): {"N06": UNIT},
        date(2026, 12, 4): {"N05": UNIT},
        date(2026, 12, 9): {"N08": RED},
    }),
    # without an end: a report every 30 days; the second one missing is red
    "长期": (MONTHLY, {
        date(2026, 12, 22): {"N04": {HANDLER}},
        date(2026, 12, 24): {"N05": UNIT},
        date(2027, 1, 21): {"N04": {HANDLER}},
        date(2027, 1, 23): {"N05": UNIT, "N08": RED},
    }),
}  # fmt: skip
"""What is told on which day of an item handed out on 23 November 2026 on which nobody acts."""


def _at_work(days: Days, **fields: Any) -> Actor:
    actor = Actor(days.college, draft(days.college, "A01", **fields))
    with days.college.app_context():
        actor.to_work()
    return actor


def test_every_rule_has_its_message_and_its_article() -> None:
    for reminder in REMINDERS:
        assert reminder.kind in posting.kinds()
        assert text.references(reminder.article)
    # 归档 has three occasions for one message.
    assert len({(reminder.kind, reminder.when) for reminder in REMINDERS}) == len(REMINDERS)


@pytest.mark.parametrize("level", LEVELS)
def test_each_is_told_once_on_its_day(days: Days, only: Only, level: str) -> None:
    fields, expected = LEVELS[level]
    _at_work(days, **fields)
    around = {day + timedelta(days=n) for day in expected for n in (-1, 0, 1)}
    found = {day: told for day in sorted({ANCHOR, *around}) if (told := only(day, *ITEMS))}
    assert found == expected


def test_what_the_messages_say(days: Days) -> None:
    """Days and numbers, and never a word of the item."""
    _at_work(days, level=2, deadline_days=15)
    for day in (27, 31, 32, 33, 39):
        days.at(date(2026, 11, 1) + timedelta(days=day - 1))
        days.round()
    found = {
        (row.kind, *(f"{name}={value}" for name, value in sorted(row.facts.items())))
        for row, _name in days.messages(*ITEMS)
    }
    assert found == {
        ("N04", "date=2026-11-30"), ("N04", "date=2026-12-03"), ("N05", "date=2026-11-30"),
        ("N05", "date=2026-12-03"), ("N07", "date=2026-12-03"), ("N06", "due=2026-12-08", "n=5"),
        ("N08", "due=2026-12-08"),
    }  # fmt: skip


OVER = date(2026, 11, 27)
"""The first red day of item A01, 一级, handed out on 23 November."""


def _hand_in(days: Days, actor: Actor) -> None:
    with days.college.app_context():
        actor.apply_close()


def _blue(days: Days, _actor: Actor) -> None:
    days.change("UPDATE item SET blue = true")


def _applied(days: Days, actor: Actor) -> None:
    with days.college.app_context():
        actor.apply_close(HANDLER)


def _ended(state: str) -> Callable[[Days, Actor], None]:
    def end(days: Days, _actor: Actor) -> None:
        days.change("UPDATE item SET state = %s, lit = false", state)

    return end


def _gone(days: Days, _actor: Actor) -> None:
    days.change("UPDATE person SET active = false WHERE name = %s", HANDLER)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (lambda _days, _actor: None, RED),
        (_applied, RED),  # its head has not handed in yet
        (_hand_in, None),
        (_blue, None),
        (_ended("closed"), None),
        (_ended("exempted"), None),
        (_ended("void"), None),
        (_gone, RED - {HANDLER}),
    ],
)
def test_nobody_is_urged_about_what_waits_or_has_ended(
    days: Days, only: Only, what: Callable[[Days, Actor], None], told: set[str] | None
) -> None:
    what(days, _at_work(days))
    assert only(OVER, "N08") == ({"N08": told} if told else {})


def test_red_is_told_when_the_waiting_is_over(days: Days, only: Only) -> None:
    """第十九条: an application refused after the due day: from then on the unit is late."""
    actor = _at_work(days)
    days.change("UPDATE item SET blue = true")
    assert only(OVER, "N08") == {}
    days.at(OVER + timedelta(days=3))
    days.change("UPDATE item SET blue = false")
    with days.college.app_context():
        actor.receive(CO_HEAD, "HGC")  # any act on the item
    assert only(OVER + timedelta(days=3), "N08") == {"N08": RED}
    assert only(OVER + timedelta(days=4), "N08") == {}


def test_a_report_in_time_leaves_nothing_to_tell(days: Days, only: Only) -> None:
    """Handed in by the handler it is not asked for; missing it is until the head sends it on."""
    actor = _at_work(days, level=2, deadline_days=15)
    days.at(date(2026, 11, 26))
    with days.college.app_context():
        point = _first_point(actor)
        actor.report(HANDLER, point_id=point)
    assert only(date(2026, 11, 27), *ITEMS) == {}
    assert only(date(2026, 12, 1), *ITEMS) == {"N05": UNIT}


def test_a_merged_instalment_is_not_missing(days: Days, only: Only) -> None:
    actor = _at_work(days, level=2, deadline_days=15)
    days.at(date(2026, 11, 26))
    with days.college.app_context():
        actor.report(HEAD, point_id=_first_point(actor))
    days.change(
        "UPDATE feedback_point SET merged_into_id = (SELECT min(id) FROM feedback_point)"
        " WHERE id = (SELECT max(id) FROM feedback_point)"
    )
    assert only(date(2026, 12, 4), "N05") == {}


def _first_point(actor: Actor) -> int:
    from portal.steps.execution import commands as execution

    return int(execution.points_of(actor.item(HEAD)[1])[0].id)


def test_another_due_day_is_another_occasion(days: Days, only: Only) -> None:
    """第十九条: after an extension 临期 and 逾期 are told anew, for the new day."""
    _at_work(days)
    assert only(date(2026, 11, 25), "N06") == {"N06": UNIT}
    days.change("UPDATE item SET due = %s, red_from = %s", date(2026, 12, 1), date(2026, 12, 2))
    assert only(date(2026, 11, 26), "N06") == {}
    assert only(date(2026, 11, 29), "N06") == {"N06": UNIT}
    assert only(date(2026, 12, 2), "N08") == {"N08": RED}


def test_an_open_application_makes_the_cutoff_nobodys_matter(days: Days, only: Only) -> None:
    actor = _at_work(days, level=2, deadline_days=15)
    with days.college.app_context():
        item_id = actor.item()[1].id
    days.change(
        "INSERT INTO approval (item_id, chain, form_version, beside, state, opened_at)"
        " VALUES (%s, 'extension', 1, false, 'open', now())",
        item_id,
    )
    assert only(date(2026, 12, 2), "N07") == {}


@pytest.mark.parametrize(("given", "told"), [(1, {"N07": {HEAD}}), (2, {})])
def test_nobody_is_invited_to_an_extension_that_is_not_given(
    days: Days, only: Only, given: int, told: Heard
) -> None:
    """第十九条, SPEC §2.9: after the second one no further extension; 免于督办 and what was refused
    are no extensions."""
    actor = _at_work(days, level=2, deadline_days=15)
    with days.college.app_context():
        item_id = actor.item()[1].id
    approved = [("extend", "approved")] * given
    for seq, (kind, state) in enumerate([*approved, ("extend", "rejected"), ("exempt", "lapsed")]):
        days.change(
            "INSERT INTO extension (item_id, public_id, seq, kind, state, reason, progress, salt,"
            " asked_due, late_ground, of_superior, granted, applied_by_id, applied_at, timely)"
            " SELECT %s, gen_random_uuid(), %s, %s, %s, '', '', '', %s, false, false, 0, min(id),"
            " now(), true FROM person",
            item_id,
            seq + 1,
            kind,
            state,
            date(2026, 12, 8) if kind == "extend" else None,
        )
    assert only(date(2026, 12, 2), "N07") == told


def test_of_a_sensitive_item_only_the_listed_are_told(days: Days, only: Only) -> None:
    actor = _at_work(days, classification="sensitive")
    with days.college.app_context():
        listed = {HEAD, LEADER}
        _viewer, item = actor.item(HEAD)
        item_id = item.id
    days.change(
        "UPDATE need_to_know SET to_at = now() WHERE item_id = %s AND person_id NOT IN"
        " (SELECT id FROM person WHERE name = ANY (%s))",
        item_id,
        sorted(listed),
    )
    assert only(OVER, "N08") == {"N08": listed}


def test_a_closed_item_is_asked_for_until_it_is_archived(days: Days, only: Only) -> None:
    """第十六条（七）: within a month after 销号; the lead unit too, whose copy is unsigned."""
    actor = _at_work(days)
    days.change("UPDATE item SET state = 'closed', lit = false, closed_on = %s", ANCHOR)
    _copy(days, actor, "unit", None)
    assert only(date(2026, 12, 23), "N21") == {}
    assert only(date(2026, 12, 24), "N21") == {"N21": {"黄素芬", HANDLER, *OFFICES}}
    assert only(date(2026, 12, 25), "N21") == {}


def test_who_has_signed_is_not_asked(days: Days, only: Only) -> None:
    """The unit's copy is signed for: 档案员 and the office are late."""
    actor = _at_work(days)
    days.change("UPDATE item SET state = 'closed', lit = false, closed_on = %s", ANCHOR)
    stand_in(actor.public_id, days.college)
    _copy(days, actor, "unit", 1)
    assert only(date(2026, 12, 24), "N21") == {"N21": {"黄素芬", *OFFICES}}


@pytest.mark.parametrize(
    ("unit", "office", "told"),
    [(1, 1, {"黄素芬", "邓涛"}), (1, 2, {"邓涛"}), (2, 1, {"黄素芬"}), (2, 2, set())],
)
def test_a_new_version_is_asked_for_like_the_first(
    days: Days, only: Only, unit: int, office: int, told: set[str]
) -> None:
    """第十六条（七）: archived, then changed; whoever has not signed for the new version within a
    month is told once."""
    actor = _at_work(days)
    stand_in(actor.public_id, days.college)
    with days.college.app_context():
        actor.report(HEAD)
    stand_in(actor.public_id, days.college)
    days.change("UPDATE item SET state = 'archived', lit = false, closed_on = %s", ANCHOR)
    _copy(days, actor, "unit", unit)
    _copy(days, actor, "office", office)
    assert only(date(2026, 12, 23), "N21") == {}
    assert only(date(2026, 12, 24), "N21") == ({"N21": told} if told else {})
    assert only(date(2026, 12, 25), "N21") == {}


def _copy(days: Days, actor: Actor, keeper: str, version: int | None) -> None:
    """A copy, signed for this version of the package."""
    days.change(
        "INSERT INTO archive_record (item_id, keeper, archive_no, retention, location, kept_on,"
        " package_id) SELECT id, %s, '', '30年', '', %s, (SELECT id FROM archive_package"
        " WHERE item_id = item.id AND version = %s) FROM item WHERE public_id = %s",
        keeper, ANCHOR if version else None, version, actor.public_id,
    )  # fmt: skip


def test_nothing_is_told_of_drafts(days: Days, draft_item: Callable[..., uuid.UUID]) -> None:
    draft_item("A01")
    days.at(OVER)
    days.round()
    assert days.messages(*ITEMS, "N19", "N21") == []
