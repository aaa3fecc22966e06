"""Days as an iCalendar (RFC 5545), by the library icalendar: escapes, folding, line ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta

from portal.config import Settings
from portal.messages.days import Day
from portal.messages.wording import link_to

NAME = "督办督查"
TYPE = "text/calendar"
READ_EVERY = timedelta(hours=1)


def calendar_of(days: Iterable[Day], settings: Settings) -> bytes:
    """All-day events; the same days give the same bytes."""
    from icalendar import Calendar, Event  # only who asks for a calendar loads it

    calendar = Calendar()
    calendar.add("prodid", "-//duban//portal//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", READ_EVERY, parameters={"VALUE": "DURATION"})
    for day in days:
        event = Event()
        event.add("uid", f"{day.uid}@duban")
        event.add("dtstamp", day.changed_at.astimezone(UTC))
        event.add("sequence", day.version)
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))
        event.add("summary", day.summary)
        event.add("transp", "TRANSPARENT")
        if day.note:
            event.add("description", day.note)
        if link := link_to(settings, day.address):
            event.add("url", link)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
