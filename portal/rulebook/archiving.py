"""第十六条（七）: by when a closed item is archived, and for how long it may be kept."""

from __future__ import annotations

import calendar
from datetime import date

from portal.rulebook.policy import Policy


def archive_due(closed_on: date, policy: Policy) -> date:
    """The last day for 归档 of an item closed on that day: so many months later, on the same day
    of the month or its last one (SPEC §2.11)."""
    months = closed_on.month - 1 + policy.limit("archive")
    year, month = closed_on.year + months // 12, months % 12 + 1
    return date(year, month, min(closed_on.day, calendar.monthrange(year, month)[1]))
