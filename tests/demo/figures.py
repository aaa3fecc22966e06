"""The figures of SPEC §6.2, reckoned plainly from the rows of the loaded sample.

A reckoning of the tests alone, from stored days and reports: what the portal will show later is
checked against the same file.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean

from portal.clock import shanghai_day
from portal.models import Closure, Feedback, FeedbackPoint, Item
from tests.demo.lived import EVERY, EXTENDED, GIVEN, Lived

TODAY = date(2026, 11, 23)
PERIOD = (date(2026, 8, 1), date(2027, 1, 31))
ENDED = ("closed", "archived")
COUNTED = ("rejected", "void")


@dataclass(frozen=True)
class Known:
    """An item with what the figures ask of it."""

    name: str
    item: Item
    last: Closure | None
    points: list[FeedbackPoint]
    reports: list[Feedback]

    @property
    def due(self) -> date | None:
        """Its due day; of an item whose extension cannot be entered yet, the sample's."""
        if self.name in EXTENDED:
            return date.fromisoformat(GIVEN[self.name]["due_effective"])
        return self.item.due_effective

    @property
    def closed(self) -> bool:
        return self.item.state in ENDED

    @property
    def pending(self) -> bool:
        """Handed in and waiting for review."""
        return self.item.state.startswith("closing_")


def known(lived: Lived, items: dict[str, Item], names: Collection[str]) -> list[Known]:
    """These items but for the void, the rejected and those without a notice."""
    found = []
    for name in names:
        item = items[name]
        if item.state in COUNTED:
            continue
        rounds = lived.of(Closure, item)
        points, reports = lived.of(FeedbackPoint, item), lived.of(Feedback, item)
        found.append(Known(name, item, rounds[-1] if rounds else None, points, reports))
    return found


def figures(all_of_them: list[Known]) -> dict[str, object]:
    """The figures of indicator_examples.json that the portal's rows can answer today."""
    filed = [one for one in all_of_them if _within(one.item.filed_on)]
    issued = [one for one in all_of_them if _within(one.item.issued_on)]
    due = [one for one in all_of_them if _within(one.due) and one.item.issued_on]
    judged = [one for one in due if one.closed or (_past(one.due) and not one.pending)]
    closed = [one for one in judged if one.closed]
    late = [one for one in all_of_them if _past(one.due) and not (one.closed or one.pending)]
    used = [
        one.last.days_used
        for one in all_of_them
        if one.last and _within(one.item.closed_on) and one.item.level < 4
        and one.last.days_used is not None
    ]  # fmt: skip
    days_late = [(TODAY - one.due).days for one in late if one.due]
    return {
        "n_filed": len(filed),
        "n_issued": len(issued),
        "n_closed_of_issued": sum(one.closed for one in issued),
        "r_closed": percent(sum(one.closed for one in issued), len(issued)),
        "due_set": sorted(one.name for one in judged),
        "n_due": len(judged),
        "n_pending_review": sum(one.pending for one in due),
        "r_due_closed": percent(len(closed), len(judged)),
        "r_on_time": percent(sum(bool(one.last and one.last.on_time) for one in closed),
                             len(judged)),
        "r_on_time_original": percent(
            sum(bool(one.last and one.last.on_time_original) for one in closed), len(judged)
        ),
        "avg_days_levels_1_3": one_decimal(fmean(used)) if used else None,
        "n_overdue": len(late),
        "overdue": sorted(one.name for one in late),
        "avg_overdue_days": one_decimal(fmean(days_late)) if days_late else None,
    }  # fmt: skip


def reports_due(all_of_them: list[Known]) -> tuple[int, int]:
    """Instalments of the period that are due, and those met in time; own items and those without
    their extension left out."""
    due = met = 0
    for one in all_of_them:
        if one.name in EXTENDED or one.name not in GIVEN:
            continue
        end = shanghai_day(one.last.handed_in_at) if one.last and one.last.handed_in_at else None
        sent = {
            report.point_id: shanghai_day(report.confirmed_at)
            for report in one.reports
            if report.point_id and report.confirmed_at
        }
        for point in one.points:
            in_time = point.id in sent and sent[point.id] <= point.due
            fell_due = point.due < TODAY and (end is None or point.due <= end)
            if _within(point.due) and (in_time or fell_due):
                due, met = due + 1, met + in_time
    return due, met


def reports_of_the_extended(names: Collection[str]) -> tuple[int, int]:
    """What the extended items among `names` add to the sample's own count, by its own rows."""
    due = met = 0
    for name in EXTENDED & set(names):
        row = EVERY[name]
        exempt = [one for one in row["extensions"] if one["kind"] == "exempt"]
        end = exempt[0]["approved_on"] if exempt else None
        for point in row["feedback_points"]:
            in_time = any(
                one["point"] == point and one["submitted_on"] <= point for one in row["feedbacks"]
            )
            fell_due = point < TODAY.isoformat() and (end is None or point <= end)
            if _within(date.fromisoformat(point)) and (in_time or fell_due):
                due, met = due + 1, met + in_time
    return due, met


def percent(part: int, whole: int) -> str | None:
    """One decimal, halves up; no percentage of nothing."""
    return one_decimal(100 * Decimal(part) / whole) if whole else None


def one_decimal(value: float | Decimal) -> str:
    """One decimal, halves up."""
    return str(Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _within(day: date | None) -> bool:
    return day is not None and PERIOD[0] <= day <= PERIOD[1]


def _past(day: date | None) -> bool:
    return day is not None and day < TODAY
