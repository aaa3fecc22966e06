"""第八条、第十六条（三）: until when a unit signs for a notice, objects to it and sends its plan.

Pure: instants are aware, days are Shanghai days.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.clock import shanghai_day, shanghai_instant
from portal.rulebook.policy import CURRENT
from portal.rulebook.policy_shapes import Level, Policy
from portal.rulebook.workdays import DAY, Calendar


def receipt_by(
    level: Level, issued: datetime, calendar: Calendar, *, policy: Policy = CURRENT
) -> datetime:
    """视同签收 from this instant on (SPEC §2.5): level 1 two office hours after the notice, the
    others the end of the next working day."""
    if level.report_every is None:
        hours = timedelta(hours=policy.limit("receipt_hours", level.number))
        return calendar.add_office_time(issued, hours)
    last = calendar.add_workdays(shanghai_day(issued), policy.limit("receipt", level.number))
    return shanghai_instant(last + DAY)


def objection_until(issued_on: date, calendar: Calendar, *, policy: Policy = CURRENT) -> date:
    """The last day on which a unit may say that the matter is not its own (SPEC §2.5)."""
    return calendar.add_workdays(issued_on, policy.limit("objection"))


def made_up_by(handed_out: date, calendar: Calendar, *, policy: Policy = CURRENT) -> date:
    """第十五条, SPEC T40: the last day on which signatures and number are made up of what was
    handed out first."""
    return calendar.add_workdays(handed_out, policy.limit("supplementary"))


def plan_until(
    level: Level, issued_on: date, calendar: Calendar, *, policy: Policy = CURRENT
) -> date | None:
    """The last day for 工作计划 (SPEC §2.6); None where the level asks for none."""
    if level.report_every is None:
        return None
    return calendar.add_workdays(issued_on, policy.limit("plan", level.number))
