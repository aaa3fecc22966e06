"""When a message may leave the portal (SPEC §8.10): nobody is called at night because a job ran.

Pure: instants and the calendar are given.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from portal.clock import SHANGHAI
from portal.rulebook.workdays import Calendar

MORNING: Final = (time(7, 30), time(12))
AFTERNOON: Final = (time(14), time(21))
AFTER_NIGHT: Final = time(8, 37)
AFTER_NOON: Final = time(14, 7)
CROWDED: Final = (0, 30)
"""Minutes at which everybody's programs send, and providers drop (SPEC §7.8)."""


def next_time(instant: datetime, calendar: Calendar, *, urgent: bool) -> datetime:
    """The first moment from an aware `instant` on at which a message may leave, in Shanghai time.

    By day at once; what comes at noon waits for 14:07, in the evening, at night and on rest days
    for 8:37 of the next working day. `urgent` (level 1; who wants no quiet hours): at once.
    """
    local = instant.astimezone(SHANGHAI)
    if not urgent:
        local = _awake(local, calendar)
    return local + timedelta(minutes=1) if local.minute in CROWDED else local


def _awake(local: datetime, calendar: Calendar) -> datetime:
    day, hour = local.date(), local.time()
    if not calendar.is_workday(day) or hour >= AFTERNOON[1]:
        return datetime.combine(calendar.next_workday(day), AFTER_NIGHT, SHANGHAI)
    if hour < MORNING[0]:
        return datetime.combine(day, AFTER_NIGHT, SHANGHAI)
    if MORNING[1] <= hour < AFTERNOON[0]:
        return datetime.combine(day, AFTER_NOON, SHANGHAI)
    return local
