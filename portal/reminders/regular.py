"""What is told by the calendar: weekly lists, delegations, the holidays of next year (SPEC §8.15).

The counts of a list are those of what its reader may know of, and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
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
from portal.reminders.occasions import Occasion, Span
from portal.reminders.queries import OWED_BY_UNIT
from portal.rulebook.owed import owed
from portal.rulebook.roles import Role, in_force
from portal.rulebook.rule_shapes import MADE_UP
from portal.rulebook.workdays import DAY

FRIDAY, WEEK = 4, 7 * DAY
WEEK_ENDS: Final = time(16)
"""From when on the week's work counts as done on Friday, in Shanghai."""
HOLIDAYS_ASKED: Final = (11, 1)
"""Month and day from which the holidays of the next year are asked for (SPEC §3.3)."""
OWED = Item.lit & ~Item.blue & Item.state.in_(OWED_BY_UNIT)
Counts = Mapping[str, Mapping[int, int]]


def weekly_list(kind: str, _roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """Monday, or the day after on which the portal runs again: what the week asks of a unit, to its
    head and its liaison. Who has nothing to do gets no list."""
    monday = span.today - span.today.weekday() * DAY
    if span.since > monday:
        return
    until, red = monday + WEEK - DAY, Item.red_from <= span.today
    of_units = _members(span.today).subquery()
    counts = {
        "a": _counted(_reports(monday, until).where(OWED), of_units),
        "b": _counted(_items().where(OWED, Item.due.between(monday, until), ~red), of_units),
        "c": _counted(_items().where(OWED, red), of_units),
    }
    yield Occasion(kind, _week(monday), {}, persons=_by_person(counts))


def weekly_summary(kind: str, _roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """Friday, once the week's work is done: how the units of a school leader stand. 本周办结 counts
    what was struck off since the Friday before."""
    friday = span.today - (span.today.weekday() - FRIDAY) % 7 * DAY
    if shanghai_instant(friday, WEEK_ENDS) > span.moment.instant:
        friday -= WEEK
    if span.since > friday:
        return
    fields = (
        select(Portfolio.leader_id.label("person_id"), Portfolio.unit_id)
        .join(Person, Person.id == Portfolio.leader_id)
        .where(Person.active, in_force(Portfolio, span.today))
        .subquery()
    )
    closed = Item.closed_on.between(friday - WEEK + DAY, friday)
    counts = {
        "a": _counted(_items().where(Item.state.in_(MADE_UP)), fields),
        "b": _counted(_items().where(OWED, Item.red_from <= span.today), fields),
        "c": _counted(_items().where(closed), fields),
    }
    yield Occasion(kind, _week(friday), {}, persons=_by_person(counts))


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


def _reports(first: date, last: date) -> Select[Any]:
    """Instalments of these days that no report answers."""
    return (
        _items()
        .join(FeedbackPoint, FeedbackPoint.item_id == Item.id)
        .where(FeedbackPoint.due.between(first, last), owed())
    )


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
