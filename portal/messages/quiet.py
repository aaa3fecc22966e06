"""When a message may leave the portal (SPEC §8.10): nobody is called at night because a job ran.

Pure: instants and the calendar are given.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from portal.clock import SHANGHAI
from portal.rulebook.workdays import Calendar

AFTER_NIGHT: Final = time(8, 37)
AFTER_NOON: Final = timedelta(minutes=7)
CROWDED: Final = (0, 30)
"""Minutes at which everybody's programs send, and providers drop (SPEC §7.8)."""


def next_time(instant: datetime, calendar: Calendar, *, urgent: bool) -> datetime:
    """The first moment from an aware `instant` on at which a message may leave, in Shanghai time.

    By day at once; what comes at noon waits until seven minutes after it, in the evening, at night
    and on rest days for 8:37 of the next working day. `urgent` (level 1; who wants no quiet
    hours): at once. When it is noon and night, the calendar says (免打扰时间).
    """
    local = instant.astimezone(SHANGHAI)
    if not urgent:
        local = _awake(local, calendar)
    return local + timedelta(minutes=1) if local.minute in CROWDED else local


def _awake(local: datetime, calendar: Calendar) -> datetime:
    day, hour = local.date(), local.time()
    evening, morning = calendar.night
    first = max(AFTER_NIGHT, morning)
    if not calendar.is_workday(day) or hour >= evening:
        return datetime.combine(calendar.next_workday(day), first, SHANGHAI)
    if hour < morning:
        return datetime.combine(day, first, SHANGHAI)
    if calendar.noon and calendar.noon[0] <= hour < calendar.noon[1]:
        return datetime.combine(day, calendar.noon[1], SHANGHAI) + AFTER_NOON
    return local
