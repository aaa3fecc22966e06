"""The 学期报告 (第二十条) of the term: each number of its snapshot, counted again from the ledger.

The ledger knows no sensitive item, no void one and no 实地督查: the term has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal import figures
from portal.figures import By, Period, Scope
from portal.rooms.reports.snapshot.taking import take
from portal.rulebook.scope import view_as
from tests.semester.ledger import JUDGED, Account, Point
from tests.semester.term import Term

DONE = ("closed", "archived")
GIVEN = "ug_issued", "ug_signed", "ug_replied", "ug_met", "ug_unmet"
"""States of a notice that has gone out and stands."""
CLERK = "P03"


class Report:
    """The report of a term as of its last day."""

    def __init__(self, term: Term) -> None:
        self.term = term
        self.today = term.now.date()
        self.period = Period(date(2026, 8, 1), date(2027, 1, 31))
        self.all = list(term.ledger.accounts.values())

    def compare(self) -> None:
        """Take the snapshot as 党政办 does, and count all of it again."""
        with self.term.office.app.app_context():
            viewer = view_as(self.term.office.people[CLERK], self.term.clock)
            taken = take(viewer, *self.period, self.today)
            by_unit = figures.of(viewer, self.period, self.today, Scope(By.UNIT, official=True))
        wanted = self._figures(self.all)
        found = {name: taken.data["figures"][name] for name in wanted}
        assert found == wanted
        assert taken.data["balance"] == self._balance()
        rows = {name: len(taken.data[name]) for name in ("ledger", "unfinished", "urged")}
        assert rows == {
            "ledger": len(self._entered()),
            "unfinished": self._balance()["open"],
            "urged": wanted["urged"],
        }
        for code, unit_id in self.term.office.units.items():
            mine = [one for one in self.all if one.unit == code]
            of = by_unit.of(unit_id)
            counted = {
                "closed": of["closed"].part, "issued": of["closed"].whole,
                "due": of["due_closed"].whole, "due_closed": of["due_closed"].part,
                "on_time": of["on_time"].part, "overdue": of["overdue"].part,
            }  # fmt: skip
            again = self._figures(mine)
            assert counted == {name: again[name] for name in counted}, code

    # By the formulas of SPEC §6.2, over accounts ---------------------------------------------

    def _figures(self, accounts: Iterable[Account]) -> dict[str, Any]:
        accounts = list(accounts)
        issued = [
            one for one in accounts
            if one.issued_at is not None and one.state not in ("rejected", "void", "exempted")
        ]  # fmt: skip
        due = [one for one in issued if self._falls_due(one)]
        set_due = [
            one for one in due
            if one.state in DONE or (_past(one, self.today) and one.state not in JUDGED)
        ]  # fmt: skip
        in_time = [one for one in set_due if one.state in DONE and _in_time(one)]
        closed, due_closed = _number(issued, _done), _number(set_due, _done)
        owed, met = self._instalments(accounts)
        notices = [
            one for one in self.term.register.notices
            if one.state in GIVEN and one.account in accounts
        ]  # fmt: skip
        given = [
            asked for one in accounts for asked in one.requests
            if asked.state == "approved" and asked.asked is not None
        ]  # fmt: skip
        return {
            "filed": sum(one.number is not None for one in accounts),
            "issued": len(issued),
            "closed": closed,
            "closed_rate": _rate(closed, len(issued)),
            "due": len(set_due),
            "due_closed": due_closed,
            "due_rate": _rate(due_closed, len(set_due)),
            "on_time": len(in_time),
            "on_time_rate": _rate(len(in_time), len(set_due)),
            "pending": sum(one.state in JUDGED for one in due),
            "feedback_rate": _rate(met, owed),
            "overdue": sum(one.light(self.today) == "red" for one in accounts),
            "extended": len(given),
            "exempted": sum(one.exempted_on is not None for one in accounts),
            "urged": len(notices),
            "urged_items": len({one.account.name for one in notices}),
            "inspected": 0,
        }

    def _falls_due(self, one: Account) -> bool:
        return one.due is not None and self.period.first <= one.due <= self.period.last

    def _instalments(self, accounts: Iterable[Account]) -> tuple[int, int]:
        """Instalments that were owed by today or met before, and those met by their day."""
        owed = [
            point for one in accounts if one.issued_at is not None and one.state != "rejected"
            for point in one.points
            if self.period.first <= point.due <= self.period.last
            and (_met(point) or self._was_owed(one, point))
        ]  # fmt: skip
        return len(owed), sum(map(_met, owed))

    def _was_owed(self, one: Account, point: Point) -> bool:
        ended = _ended(one)
        return point.due < self.today and (ended is None or point.due <= ended)

    def _entered(self) -> list[Account]:
        """Filed, or handed out before (先交办后补签)."""
        return [one for one in self.all if one.number is not None or one.issued_at is not None]

    def _balance(self) -> dict[str, int]:
        entered = self._entered()
        closed = _number(entered, _done)
        exempted = sum(one.state == "exempted" for one in entered)
        return {
            "opening": 0, "entered": len(entered), "reopened": 0, "closed": closed,
            "exempted": exempted, "void": 0, "open": len(entered) - closed - exempted,
        }  # fmt: skip


def _done(one: Account) -> bool:
    return one.state in DONE


def _past(one: Account, today: date) -> bool:
    return one.due is not None and one.due < today


def _in_time(one: Account) -> bool:
    return one.due is not None and one.completed <= one.due


def _met(point: Point) -> bool:
    return point.answered is not None and point.answered <= point.due


def _ended(one: Account) -> date | None:
    """The last day on which the unit owed reports."""
    if one.state in DONE:
        return one.completed
    if one.state == "exempted":
        return one.exempted_on
    return one.hand_ins[-1].day if one.state in JUDGED else None


def _number(accounts: Iterable[Account], fits: Callable[[Account], bool]) -> int:
    return sum(map(fits, accounts))


def _rate(part: int, whole: int) -> str | None:
    """Per cent with one decimal, half up; None of nothing."""
    if not whole:
        return None
    return str((Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP))
