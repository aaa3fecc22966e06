"""What is told by the calendar: weekly lists, delegations, the holidays of next year (SPEC §8.15).

The counts of a list are those of what its reader may know of, and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, Subquery, cast, func, or_, select

from portal.clock import shanghai_day, shanghai_instant
from portal.extensions import db
from portal.models import (
    Appointment,
    Delegation,
    FeedbackPoint,
    Item,
    Person,
    Portfolio,
)
from portal.reminders import weekly
from portal.reminders.occasions import Occasion, Span
from portal.reminders.weekly import FRIDAY, WEEK
from portal.rulebook.roles import Role, holds, in_force
from portal.rulebook.workdays import DAY

WEEK_ENDS: Final = time(16)
"""From when on the week's work counts as done on Friday, in Shanghai."""
HOLIDAYS_ASKED: Final = (11, 1)
"""Month and day from which the holidays of the next year are asked for (SPEC §3.3)."""
Counts = Mapping[str, Mapping[int, int]]


def weekly_list(kind: str, _roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """The week's first working day, or the day after on which the portal runs again: what the week
    asks of a unit, to its head and its liaison. Who has nothing to do gets no list."""
    monday = weekly.monday_of(span.today)
    first = weekly.list_day(monday, span.calendar)
    if first is None or not span.since <= first <= span.today:
        return
    until = monday + WEEK - DAY
    of_units = _members(span.today).subquery()
    reports = _items().join(FeedbackPoint, FeedbackPoint.item_id == Item.id)
    counts = {
        "a": _counted(reports.where(weekly.to_report(monday, until)), of_units),
        "b": _counted(_items().where(weekly.falls_due(monday, until)), of_units),
        "c": _counted(_items().where(weekly.was_late(monday, span.today)), of_units),
    }
    yield Occasion(kind, _week(monday), {}, persons=_by_person(counts))


def weekly_summary(kind: str, _roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """Friday, once the week's work is done, or the next working day: how the units of a school
    leader stand. 本周办结 counts what was struck off since the Friday before."""
    friday = span.today - (span.today.weekday() - FRIDAY) % 7 * DAY
    if _summed_up(friday, span) > span.moment.instant:
        friday -= WEEK
    if span.since > shanghai_day(_summed_up(friday, span)):
        return
    fields = _fields(span.today).subquery()
    counts = {
        "a": _counted(_items().where(weekly.in_hand()), fields),
        "b": _counted(_items().where(weekly.late(span.today)), fields),
        "c": _counted(_items().where(weekly.closed(friday)), fields),
    }
    yield Occasion(kind, _week(friday), {}, persons=_by_person(counts))


def monthly_list(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """SPEC §6.1: the first working day of a month, or the day after on which the portal runs again:
    the month before can be read, by 党政办 and 校领导."""
    begins = span.today.replace(day=1)
    first = span.calendar.roll_forward(begins)
    if not span.since <= first <= span.today:
        return
    month = begins - DAY
    held = or_(*(holds(role, Person.id, span.moment) for role in roles))
    persons = select(Person.id).where(
        Person.active, or_(held, Person.id.in_(_fields(span.today).with_only_columns(Person.id)))
    )
    told: dict[int, dict[str, Any]] = {one: {} for one in db.session.scalars(persons)}
    yield Occasion(kind, f"month:{month:%Y-%m}", {"month": month.month}, persons=told)


def _summed_up(friday: date, span: Span) -> datetime:
    """When the summary of this Friday's week is told: of a Friday at rest on the morning of the
    next working day."""
    day = span.calendar.roll_forward(friday)
    return shanghai_instant(day, WEEK_ENDS if day == friday else time.min)


def _fields(day: date) -> Select[int, int]:
    """分管、联系: school leaders and the units they are in charge of on a day."""
    return (
        select(Portfolio.leader_id.label("person_id"), Portfolio.unit_id)
        .join(Person, Person.id == Portfolio.leader_id)
        .where(Person.active, in_force(Portfolio, day))
    )


def delegations(kind: str, _roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """SPEC §1.5: a delegation begins, or is over by its day or because it was taken back; to both
    persons."""
    since, now = shanghai_instant(span.since), span.moment.instant
    ended = func.least(Delegation.ends_at, Delegation.revoked_at)
    begun = Delegation.starts_at.between(since, now) & (ended > now)
    over = ended.between(since, now) & (ended > Delegation.starts_at)
    rows = select(Delegation, ended.label("ended")).where(or_(begun, over))
    for row in db.session.execute(rows.order_by(Delegation.id)):
        lent, phase = row.Delegation, "ends" if row.ended <= now else "starts"
        facts = {
            "delegation": lent.id,
            "phase": phase,
            "date": shanghai_day(row.ended if phase == "ends" else lent.ends_at).isoformat(),
        }
        # Who lent is not told of himself in the third person: the message says what it is about.
        stands_in = {"from": lent.from_id} if phase == "starts" else {}
        told: dict[int, dict[str, Any]] = {lent.from_id: {}, lent.to_id: stands_in}
        yield Occasion(kind, f"delegation:{lent.id}:{phase}", facts, persons=told)


def next_calendar(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """SPEC §3.3: from 1 November on, once a week, while the next year has no holidays."""
    first = date(span.today.year, *HOLIDAYS_ASKED)
    year = span.today.year + 1
    if span.today >= first and not span.calendar.is_published(year):
        week = (span.today - first).days // 7 + 1
        yield Occasion(kind, f"calendar:{year}:{week}", {"year": year}, roles=tuple(roles))


def _week(day: date) -> str:
    """「week:2026-W48」."""
    year, week, _weekday = day.isocalendar()
    return f"week:{year}-W{week:02}"


def _items() -> Select[Any]:
    return select(func.count()).select_from(Item)


def _members(day: date) -> Select[int, int | None]:
    """Heads and liaisons of units; who is both counts once."""
    named = or_(
        Appointment.role.in_((Role.UNIT_HEAD.value, Role.LIAISON.value)), Appointment.acting_head
    )
    return (
        select(Appointment.person_id, Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Person.active, named, in_force(Appointment, day))
        .distinct()
    )


def _counted(items: Select[Any], persons: Subquery) -> dict[int, int]:
    """How many of the items each person's units lead, as far as that person may know of them."""
    known: ColumnElement[bool] = or_(
        Item.classification != "sensitive",
        cast(-persons.c.person_id, Integer) == Item.readers.any_(),
    )
    rows = db.session.execute(
        items.add_columns(persons.c.person_id)
        .join(persons, persons.c.unit_id == Item.lead_unit_id)
        .where(known)
        .group_by(persons.c.person_id)
    )
    return {person_id: count for count, person_id in rows}


def _by_person(counts: Counts) -> dict[int, dict[str, int]]:
    """The counts of everybody who has any."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(counts, 0))
    for name, of in counts.items():
        for person_id, count in of.items():
            found[person_id][name] = count
    return dict(found)
