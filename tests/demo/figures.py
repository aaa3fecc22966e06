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
from portal.models import Closure, Extension, Feedback, FeedbackPoint, Item
from tests.demo.lived import GIVEN, Lived

TODAY = date(2026, 11, 23)
PERIOD = (date(2026, 8, 1), date(2027, 1, 31))
ENDED = ("closed", "archived")
COUNTED = ("rejected", "void")


@dataclass(frozen=True)
class Known:
    """An item with what the figures ask of it; `exempted_on` is when 免于督办 ended it."""

    name: str
    item: Item
    last: Closure | None
    points: list[FeedbackPoint]
    reports: list[Feedback]
    exempted_on: date | None

    @property
    def due(self) -> date | None:
        """Its due day; what is exempted has none any more."""
        return None if self.exempted_on else self.item.due_effective

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
        last = rounds[-1] if rounds else None
        found.append(Known(name, item, last, points, reports, _exempted_on(lived, item)))
    return found


def _exempted_on(lived: Lived, item: Item) -> date | None:
    given = lived.of(Extension, item, Extension.kind == "exempt", Extension.state == "approved")
    return shanghai_day(given[0].decided_at) if given else None


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
    """Instalments of the period that are due, and those met in time; own items left out."""
    due = met = 0
    for one in all_of_them:
        if one.name not in GIVEN:
            continue
        end = one.exempted_on
        if one.last and one.last.handed_in_at:
            end = shanghai_day(one.last.handed_in_at)
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
