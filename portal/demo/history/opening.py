"""立项备案 and 交办 of one sample item as acts (第十二、十五条、第十六条（一）（二）).

The sample gives days; the times of day follow from the role: 党政办 drafts in the morning, leaders
sign one after the other, numbers are taken from a quarter to eleven on.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from portal.clock import shanghai_day
from portal.demo.history import people
from portal.demo.history.act import Course

DRAFTED, SUBMITTED, CONFIRMED = time(8, 30), time(8, 40), time(8, 50)
SIGNED = {
    "sign": (time(9, 0),),
    "review": (time(9, 20),),
    "approve": (time(9, 40), time(9, 50)),
}
ENTERED, FILED, APART = time(10, 15), time(10, 45), timedelta(minutes=5)
RETURNED, REFUSED = time(9, 30), time(9, 45)
Row = dict[str, Any]


def open_item(course: Course, row: Row, place: int) -> None:
    """Everything until the item is handed out; `place` counts the numbers taken that day from 0."""
    proposed = _day(row["proposed_on"])
    by_phone = phoned_at(row)
    if by_phone is not None:
        course.at = by_phone
    course.add(proposed, DRAFTED, row["proposed_by"], "draft", row=row)
    if row["status"] == "draft":
        return
    first = handed_out_first(row)
    if first:
        said, leader = row["phone_records"][0]["content"], row["responsible_leader_id"]
        course.soon(5, people.OFFICE_HEAD, "issue_first", opinion=said, leader=leader)
        course.wait_until(course.at + timedelta(minutes=15))
    else:
        _submit(course, row, proposed)
    _sign(course, row)
    _refuse(course, row)
    if row.get("filed_on"):
        _file(course, row, place, release=row.get("issued_on") == row["filed_on"])


def handed_out_first(row: Row) -> bool:
    """第十五条: 先交办后补签, where the number is younger than the notice."""
    return bool(row.get("issued_on")) and row["issued_on"] < row["filed_on"]


def phoned_at(row: Row) -> datetime | None:
    """When the telephone gave the order, if that was on the day of the draft."""
    for call in row.get("phone_records", ()):
        at = datetime.fromisoformat(call["at"])
        if shanghai_day(at) == _day(row["proposed_on"]):
            return at
    return None


def _submit(course: Course, row: Row, proposed: date) -> None:
    day = _day(row["submitted_on"]) if "submitted_on" in row else proposed
    course.add(day, SUBMITTED, row["proposed_by"], "submit")
    unit = row["lead_unit_id"]
    own = people.unit_of(row["proposed_by"]) == unit and unit != people.unit_of(people.OFFICE)
    if own and row["status"] != "pending_unit":
        course.add(day, CONFIRMED, people.head_of(unit, day), "sign", act="confirm_unit")


def _sign(course: Course, row: Row) -> None:
    papers = []
    for given in row["approvals"]:
        step, merged = given["step"], given["step"] == "sign" and given["merged"]
        if step == "filing" or merged or given.get("decision") == "refuse":
            continue
        at = SIGNED[step][-1 if given["person_id"] == people.PRESIDENT else 0]
        if given["via"] == "paper":
            papers.append(given)
            continue
        signer = given["person_id"]
        if "first_opinion" in given:
            first = given["first_opinion"]
            course.add(_day(given["on"]), at, signer, "sign", act=step, opinion=first)
            course.soon(2, signer, "take_back")
        course.add(_day(given["on"]), at, signer, "sign", act=step, opinion=given["opinion"])
    if papers:
        day = max(_day(given["on"]) for given in papers)
        course.add(day, ENTERED, papers[0]["recorded_by"], "enter_paper", boxes=papers)


def _refuse(course: Course, row: Row) -> None:
    """退回 and 不予立项, from the sample's note, which ends 「（分管领导退回 2026-11-18）」."""
    note = row.get("return_note")
    if not note:
        return
    words, _bracket, where = note.rstrip("）").rpartition("（")
    day = _day(where.split()[-1])
    if row["status"] == "returned":
        leader = row["responsible_leader_id"]
        course.add(day, RETURNED, leader, "return", opinion=words)
        return
    by = next(given for given in row["approvals"] if given.get("decision") == "refuse")
    course.add(day, REFUSED, by["person_id"], "reject", opinion=words)


def _file(course: Course, row: Row, place: int, *, release: bool) -> None:
    by = next(given for given in row["approvals"] if given["step"] == "filing")
    at = (datetime.combine(date.min, FILED) + place * APART).time()
    course.add(_day(row["filed_on"]), at, by["person_id"], "file", release=release)


def _day(text: str) -> date:
    return date.fromisoformat(text)
