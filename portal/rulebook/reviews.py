"""第十八条（四）, SPEC §2.15: each January 党政办 decides on every long-running item. Pure.

Days are Shanghai days.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from portal.rulebook.policy import CURRENT
from portal.rulebook.policy_shapes import Policy

LONG_RUNNING: Final = 4
"""The level of what needs long to be done (第十八条（四）)."""
OUTCOMES: Final[dict[str, str]] = {
    "continue": "继续督办",
    "close": "办结",
    "routine": "转为常规工作",
}
"""What 党政办主任 may decide; the item itself goes on until the unit hands in."""
FOLLOWS: Final[dict[str, str]] = {
    "continue": "按原计划继续督办",
    "close": "请牵头单位申请办结",
    "routine": "请牵头单位按常规工作接续，并申请办结",
}
"""What each outcome asks of the lead unit."""


class Window(NamedTuple):
    """When a yearly review begins to wait, and its last day."""

    opens: date
    due: date


def window(since: date, *, open_ended: bool, policy: Policy = CURRENT) -> Window:
    """The next review of an item handed out, or last reviewed, on `since`: in January of the year
    after; of 长期 not later than a year after `since`, but never before it opens."""
    opens, due = january(since.year + 1)
    if open_ended:
        due = max(opens, min(due, since + timedelta(days=policy.limit("open_review", 4))))
    return Window(opens, due)


def january(year: int) -> Window:
    """The month in which the office decides."""
    return Window(date(year, 1, 1), date(year, 1, 31))
