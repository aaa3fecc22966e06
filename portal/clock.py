"""The one clock: instants in UTC, days in Asia/Shanghai (SPEC §3: 「天」 is a Shanghai day).

Tests and the demo set it; sessions, lockouts and backups use real time on purpose.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock:
    """Real time, shifted by whole days when the demo's date stands elsewhere."""

    def __init__(self, shift: timedelta = timedelta(0)) -> None:
        self.shift = shift

    @classmethod
    def standing_at(cls, day: date) -> Clock:
        """A clock whose Shanghai day is `day` now; the time of day stays the real one."""
        real = datetime.now(SHANGHAI).date()
        return cls(day - real)

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC) + self.shift

    def today(self) -> date:
        """The Shanghai day."""
        return shanghai_day(self.now())


def shanghai_day(instant: datetime) -> date:
    """The Shanghai calendar day of an aware instant (case S04: 31 December 16:00Z is next year)."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(SHANGHAI).date()


def shanghai_instant(day: date, at: time = time(0)) -> datetime:
    """The UTC instant of a Shanghai day and time of day."""
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)
