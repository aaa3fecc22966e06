"""办结, 销号 and 归档 of one sample item as acts (第十四条、第十六条（六）（七）)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

from portal.clock import shanghai_instant
from portal.demo.history import people, texts
from portal.demo.history.act import Course
from portal.demo.history.opening import Row
from portal.demo.history.working import READ
from portal.rulebook import workdays
from portal.rulebook.deadlines import co_due

CO_UNITS_DONE, APPLIED, CONFIRMED = time(15, 0), time(17, 0), time(17, 20)
NOTED_DOWN = time(17, 30)
REPLIED = {"口头": "oral", "书面": "written"}
SIGNED, CHECKED, REVIEWED = time(9, 30), time(10, 30), time(14, 30)
SECRETARY_READ, PRESIDENT_READ = time(9, 40), time(10, 20)
NOTED, CLOSED = time(11, 0), time(15, 0)
KEPT, ARCHIVED, PLACED = time(10, 0), time(11, 0), time(15, 0)

PLACED_LATER = ("C09",)
"""Archived, then its paper originals were given a place: both copies are to be signed anew."""
KEPT_BY_UNIT = ("B01",)
"""Closed, and signed for by the unit: the archivist's turn."""
PLACE = "综合档案室A区3架2层"

Stage = tuple[str, Callable[[Course, Row], None]]


def end_item(course: Course, row: Row) -> None:
    """From the hand-in to the archive, as far as the sample has come: the stage whose state is
    the item's own is still to be done."""
    if not row.get("closure"):
        return
    for state, stage in SIMPLE if row["method"] == "phone" else STAGES:
        if state == row["status"]:
            if row["id"] in KEPT_BY_UNIT:
                _keep(course, row, _after(_closed_on(row), 1))
            return
        stage(course, row)


def _co_units(course: Course, row: Row) -> None:
    day = _handed_in(row)
    for number, unit in enumerate(row["co_unit_ids"]):
        at = time(CO_UNITS_DONE.hour, 5 * number)
        course.add(_co_units_done(row), at, people.head_of(unit, day), "hand_in", unit=unit)


def _apply(course: Course, row: Row) -> None:
    """The co-units first, then the handler; a last report goes along where the sample has one."""
    closure, day = row["closure"], _handed_in(row)
    _co_units(course, row)
    full = texts.in_full(row["id"], None)
    if full is None:
        course.add(day, APPLIED, closure["by_id"], "apply_close", result=closure["result_text"])
        return
    course.add(
        day, APPLIED, closure["by_id"], "report",
        point=None, fields=texts.fields_of(full), result=closure["result_text"],
    )  # fmt: skip
    course.aside(_after(day, 1), READ, people.OFFICE, "read_report")


def _confirm(course: Course, row: Row) -> None:
    day = _handed_in(row)
    head = people.head_of(row["lead_unit_id"], day)
    course.add(day, CONFIRMED, head, "sign", act="confirm_close")


def _sign(course: Course, row: Row) -> None:
    leader = row["responsible_leader_id"]
    if leader not in people.SIGN_LATER:
        course.add(_after(_handed_in(row), 1), SIGNED, leader, "sign", act="sign_close")


def _check(course: Course, row: Row) -> None:
    course.add(
        _after(_handed_in(row), 1), CHECKED, people.OFFICE_HEAD, "sign",
        act="check_close", opinion=texts.CHECKED,
    )  # fmt: skip


def _review(course: Course, row: Row) -> None:
    day = _after(_handed_in(row), 1)
    course.add(day, REVIEWED, people.OFFICE_LEADER, "sign", act="review_close")


def _read(course: Course, row: Row) -> None:
    _read_on(course, row, _after(_handed_in(row), 2))


def _read_on(course: Course, row: Row, day: date) -> None:
    course.add(day, SECRETARY_READ, people.SECRETARY, "sign", act="read_close")
    course.add(day, PRESIDENT_READ, people.PRESIDENT, "sign", act="read_close")
    for office in (people.DISCIPLINE, people.HR):
        if not row.get("need_to_know") or office in row["need_to_know"]:
            course.add(day, NOTED, office, "note_filing", opinion=texts.NOTED)


def _reply(course: Course, row: Row) -> None:
    """第十五条: by telephone to the end; 党政办主任 writes the answer down when it has come."""
    closure, day = row["closure"], _handed_in(row)
    _co_units(course, row)
    form = REPLIED[row["phone_records"][-1]["reply_form"]]
    course.add(
        day, NOTED_DOWN, people.OFFICE_HEAD, "close_simple",
        result=closure["result_text"], by=closure["by_id"],
        replied_at=shanghai_instant(day, APPLIED), form=form,
    )  # fmt: skip


def _read_weekly(course: Course, row: Row) -> None:
    """批量阅知 on the Monday after."""
    day = _handed_in(row)
    _read_on(course, row, day + timedelta(days=7 - day.weekday()))


def _close(course: Course, row: Row) -> None:
    course.add(date.fromisoformat(row["closure"]["closed_on"]), CLOSED, people.OFFICE, "close")


def _archive(course: Course, row: Row) -> None:
    day = date.fromisoformat(row["closure"]["archived_on"])
    _keep(course, row, day)
    course.add(day, ARCHIVED, people.ARCHIVIST, "archive")
    if row["id"] in PLACED_LATER:
        course.add(day, PLACED, people.ARCHIVIST, "set_keeping", location=PLACE)


def _keep(course: Course, row: Row, day: date) -> None:
    course.add(day, KEPT, people.liaison_of(row["lead_unit_id"]), "keep_copy")


STAGES: tuple[Stage, ...] = (
    ("in_progress", _apply),
    ("closing_unit", _confirm),
    ("closing_sign", _sign),
    ("closing_check", _check),
    ("closing_review", _review),
    ("closing_report", _read),
    ("closing_filing", _close),
    ("closed", _archive),
)
"""Each stage with the state in which the item waits for it."""
SIMPLE: tuple[Stage, ...] = (
    ("in_progress", _reply),
    ("closing_filing", _read_weekly),
    ("closing_filing", _close),
    ("closed", _archive),
)
"""The same of what was handed out by telephone (第十五条)."""


def _closed_on(row: Row) -> date:
    return date.fromisoformat(row["closure"]["closed_on"])


def _handed_in(row: Row) -> date:
    return date.fromisoformat(row["closure"]["submitted_on"])


def _co_units_done(row: Row) -> date:
    """By their own date, or the working day before the hand-in; never before the notice."""
    calendar, issued = workdays.built_in(), date.fromisoformat(row["issued_on"])
    own = co_due(date.fromisoformat(row["due_effective"]), calendar, issued)
    before = calendar.add_workdays(_handed_in(row), -1)
    return max(issued, min(own, before))


def _after(day: date, count: int) -> date:
    return workdays.built_in().add_workdays(day, count)
