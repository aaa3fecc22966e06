"""The lights as stored dates: an act or the clock's jobs set them, midnight changes nothing.

第十六条第（四）（六）项, 第十八条. Order of the tests: grey, blue, red, yellow, green.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from portal.rulebook.deadlines import Plan, open_points
from portal.rulebook.policy import CURRENT, Level, LightId, Policy
from portal.rulebook.workdays import DAY, Calendar


class LightDates(NamedTuple):
    """What is stored with an item: its due day (None if open-ended), first yellow, first red."""

    due: date | None
    yellow_from: date
    red_from: date


def unmet_points(
    level: Level, plan: Plan, met: Collection[date], calendar: Calendar
) -> tuple[date, ...]:
    """第十八条: the points no report answers yet, past and coming; the next two if open-ended."""
    if plan.due is not None:
        return tuple(point for point in plan.points if point not in met)
    return tuple(islice(_open_unmet(level, plan, met, calendar), 2))


def _open_unmet(
    level: Level, plan: Plan, met: Collection[date], calendar: Calendar
) -> Iterator[date]:
    return (point for point in open_points(level, plan.base, calendar) if point not in met)


def light_dates(plan: Plan, unmet: Sequence[date], *, policy: Policy = CURRENT) -> LightDates:
    """The light dates of a plan whose `unmet` points (`unmet_points`) have no report.

    A missing report turns the light yellow the day after its point. Open-ended: yellow five days
    before the first unmet report, red the day after the second.
    """
    if plan.due is None or plan.yellow_from is None:
        first, second = unmet[0], unmet[policy.limit("open_red", 4) - 1]
        return LightDates(None, first - policy.limit("open_yellow", 4) * DAY, second + DAY)
    yellow = min([plan.yellow_from, *(point + DAY for point in unmet)])
    return LightDates(plan.due, yellow, plan.due + DAY)


def missing_reports(unmet: Sequence[date], today: date) -> int:
    """第十八条: how many reports are missing today (欠报N期); one due today is not."""
    return sum(point < today for point in unmet)


def is_waiting(
    due: date | None,
    today: date,
    *,
    handed_in_on: date | None = None,
    extension_pending: bool = False,
    supplement_until: date | None = None,
) -> bool:
    """Whether the item waits for others (blue, 待审) and nobody urges.

    A closing handed in on or before the due day; a timely extension request undecided
    (`extension_pending`); a supplement whose own date has not passed. `due` is the light's date.
    """
    in_time = handed_in_on is not None and (due is None or handed_in_on <= due)
    supplementing = supplement_until is not None and today <= supplement_until
    return in_time or extension_pending or supplementing


def light(dates: LightDates | None, today: date, *, lit: bool = True, waiting: bool) -> LightId:
    """The light of an item today; `lit` is its state's, `waiting` see `is_waiting`."""
    if not lit or dates is None:
        return "grey"
    if waiting:
        return "blue"
    if dates.red_from <= today:
        return "red"
    return "yellow" if dates.yellow_from <= today else "green"


def light_word(shown: LightId, due: date | None, today: date, *, policy: Policy = CURRENT) -> str:
    """The word beside the colour: 「正常」, 「临期」, 「逾期3天」, 「待审」, 「已结」."""
    word = policy.light(shown).word
    if shown == "red" and due is not None:
        return f"{word}{(today - due).days}天"
    return word
