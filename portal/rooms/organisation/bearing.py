"""What a change of the organisation would move: numbers alone, for an administrator sees no item.

The database counts, by functions that answer nobody but the system administrator's key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Appointment, Portfolio, Unit
from portal.rulebook.roles import Role, in_force

DAY = timedelta(days=1)


class Bearing(NamedTuple):
    """Of one unit: open items it leads and joins, boxes that wait for its head and its leader."""

    led: int
    joined: int
    for_head: int
    for_leader: int

    @property
    def items(self) -> int:
        """Open items that hang on the unit."""
        return self.led + self.joined


class Outlook(NamedTuple):
    """What a change moves, a sentence each; `digest` is what the person confirms."""

    lines: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Of these sentences and no others."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()


def bearing_of(unit_id: int) -> Bearing:
    """What hangs on a unit now; nothing but to the system administrator."""
    row = db.session.execute(
        select(func.unit_bearing(unit_id).table_valued(*Bearing._fields))
    ).one_or_none()
    return Bearing(*row) if row is not None else Bearing(0, 0, 0, 0)


def heads_work(unit: Unit) -> str:
    """What goes over with the head of a unit."""
    found = bearing_of(unit.id)
    return (
        f"{unit.short_name}在办事项{found.items}项（牵头{found.led}项、协办{found.joined}项），"
        f"其中待单位负责人签批{found.for_head}项，均由任职在期的负责人办理。"
    )


def leaders_work(unit: Unit) -> str:
    """What goes over with the leader in charge of a unit."""
    found = bearing_of(unit.id)
    return (
        f"{unit.short_name}牵头的在办事项{found.led}项，其中待分管校领导签批{found.for_leader}项，"
        "自生效之日起由新的分管校领导办理；已签批的不变。"
    )


def units_headed(person_id: int, day: date) -> Sequence[Unit]:
    """The units whose head, or acting head, the person is on a day."""
    return db.session.scalars(
        select(Unit)
        .join(Appointment, Appointment.unit_id == Unit.id)
        .where(
            Appointment.person_id == person_id,
            (Appointment.role == Role.UNIT_HEAD.value) | Appointment.acting_head,
            in_force(Appointment, day),
        )
        .order_by(Unit.sort_no)
    ).all()


def units_led(person_id: int, day: date) -> Sequence[Unit]:
    """The units that the person is the school leader in charge of, on a day or later."""
    return db.session.scalars(
        select(Unit)
        .join(Portfolio, Portfolio.unit_id == Unit.id)
        .where(
            Portfolio.leader_id == person_id,
            Portfolio.valid_to.is_(None) | (Portfolio.valid_to >= day),
        )
        .order_by(Unit.sort_no)
    ).all()


def has_head(unit_id: int, day: date, *, without: int) -> bool:
    """Whether somebody heads the unit on a day, other than by the appointment `without`."""
    found = select(Appointment.id).where(
        Appointment.unit_id == unit_id,
        Appointment.id != without,
        (Appointment.role == Role.UNIT_HEAD.value) | Appointment.acting_head,
        in_force(Appointment, day),
    )
    return db.session.scalar(found.limit(1)) is not None
