"""延期督办 and 免于督办 of one sample item as acts (第十九条).

The sample gives the day of the request and of the decision, the leader in charge who signed and who
of 党政办 decided; further signatures follow the chain.
"""

from __future__ import annotations

from datetime import date, time

from portal.demo.history import people, texts
from portal.demo.history.act import Course
from portal.demo.history.opening import Row
from portal.rulebook import workdays

ASKED, SIGNED, CHECKED, REVIEWED = time(10, 0), time(15, 30), time(9, 30), time(10, 10)
DECIDED = (time(15, 0), time(15, 20))
AS_SUPERIORS = "州发改委批复工期"
"""The basis of a day that a superior named; whoever asks for another has its consent."""


def ask(course: Course, row: Row, given: Row) -> None:
    """Asked by the unit's head; signed the same day or the next, as far as the sample has come."""
    applied = date.fromisoformat(given["applied_on"])
    head = people.head_of(row["lead_unit_id"], applied)
    course.add(applied, ASKED, head, "ask_extension", asked=_asked(row, given))
    if given["signed_by_id"] is None:
        return
    decided = date.fromisoformat(given["approved_on"])
    course.add(applied, SIGNED, given["signed_by_id"], "agree_extension", act="agree_extension")
    if given["status"] == "rejected":
        course.add(
            decided,
            CHECKED,
            given["decided_by_id"],
            "refuse_extension",
            opinion=given["note"] + "。",
        )
        return
    _decide(course, row, given, decided)


def _decide(course: Course, row: Row, given: Row, decided: date) -> None:
    office = given["decided_by_id"]
    if given["kind"] != "exempt":
        course.add(decided, CHECKED, office, "agree_extension", act="check_extension")
        return
    before = workdays.built_in().add_workdays(decided, -1)
    course.add(before, CHECKED, office, "agree_extension", act="check_extension")
    course.add(before, REVIEWED, people.OFFICE_LEADER, "agree_extension", act="review_extension")
    for at, principal in zip(DECIDED, people.PRINCIPALS[row["principal"]], strict=False):
        course.add(decided, at, principal, "agree_extension", act="exempt")


def _asked(row: Row, given: Row) -> Row:
    """What the request says; a late one claims 不可抗力 and brings what is to show it."""
    superior = row["deadline"]["basis"] == AS_SUPERIORS
    return {
        "kind": given["kind"],
        "reason": given["reason"] + "。",
        "progress": texts.so_far(row, given["applied_on"]),
        "new_due": given["new_due"],
        "late_ground": not given["timely"],
        "named_by": "superior" if superior else "college",
        "evidence": superior or not given["timely"] or "附" in given["reason"],
    }
