"""借阅 of one archived sample item as acts (第十六条（七）), and how each kind of them is done.

The sample names no loan; one item's papers are lent since, another's have come back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Final

from portal.config import Settings
from portal.demo.history import people
from portal.demo.history.act import Act, Course
from portal.demo.history.opening import Row
from portal.demo.history.stage import Stage, intent_of
from portal.models import Loan
from portal.models.loan import OPEN
from portal.rulebook.guards import LoanAsked
from portal.steps.lending import commands

ASKED, GRANTED, LENT, BACK = time(9, 0), time(14, 0), time(15, 0), time(16, 0)
BEFORE_TODAY: Final = date(2026, 11, 18)
"""A Wednesday some days before the demo's day."""
DAYS: Final = 7
LOANS: Final = {
    "B06": ("original", "编制下一年度迎新工作方案，查阅办理材料。", False),
    "A02": ("copy", "修订防汛应急预案，查阅值守安排。", True),
}
"""By item: what was borrowed, what for, and whether it has come back."""


def lend(course: Course, row: Row) -> None:
    """Asked for by the unit's 联络员, granted by 党政办主任, handed out by 档案员."""
    if row["id"] not in LOANS:
        return
    kind, reason, returned = LOANS[row["id"]]
    day = max(BEFORE_TODAY, date.fromisoformat(row["closure"]["archived_on"]) + timedelta(days=1))
    borrower = people.liaison_of(row["lead_unit_id"])
    course.add(day, ASKED, borrower, "ask_loan", medium=kind, reason=reason)
    moves = [(GRANTED, people.OFFICE_HEAD, "grant_loan"), (LENT, people.ARCHIVIST, "lend")]
    if returned:
        moves.append((BACK, people.ARCHIVIST, "take_back_loan"))
    for at, who, act in moves:
        course.add(day, at, who, "move_loan", act=act)


def _ask(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    due_back = viewer.moment.day + timedelta(days=DAYS)
    asked = LoanAsked(act.values["medium"], act.values["reason"], due_back)
    commands.ask(viewer, item, asked, intent_of(act), declared=True)


def _move(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    loan = stage.first(viewer, item, Loan, Loan.state.in_(OPEN))
    commands.move(viewer, item, loan, act.values["act"], intent_of(act))


DOERS: Final[dict[str, Callable[[Stage, Act, Settings], None]]] = {
    "ask_loan": _ask,
    "move_loan": _move,
}
