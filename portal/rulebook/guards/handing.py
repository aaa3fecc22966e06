"""Conditions of 岗位交接 (第八条, SPEC §1.6): whose it is, to whom, who supervises, when forced."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Appointment, Handover, Item, ItemMember, Person
from portal.models.handover import OPEN
from portal.rulebook import knowledge, policy, working_calendar
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.guards.situation import Situation
from portal.rulebook.holding import holders
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import Role, in_force

HANDLERS = ("handler", "co_handler")


def supervised_in_unit(line: type[Handover]) -> ColumnElement[bool]:
    """The unit's own head sees to it."""
    return line.supervisor == "unit_head"


def supervised_by_office(line: type[Handover]) -> ColumnElement[bool]:
    """A unit's head hands over or takes over: 党政办主任 sees to it."""
    return line.supervisor == "office_head"


def supervised_by_leader(line: type[Handover]) -> ColumnElement[bool]:
    """党政办主任 hands over or takes over: 党政办分管领导 sees to it."""
    return line.supervisor == "office_leader"


def giver_owns(situation: Situation) -> None:
    """Who hands over works on the item in that unit, or heads the unit or did so until lately."""
    line = situation.subject
    if line.kind == "head":
        held = select(Appointment.id).where(
            Appointment.person_id == line.from_id,
            Appointment.unit_id == line.unit_id,
            (Appointment.role == Role.UNIT_HEAD.value) | Appointment.acting_head,
        )
    else:
        held = select(ItemMember.id).where(
            ItemMember.item_id == line.item_id,
            ItemMember.unit_id == line.unit_id,
            ItemMember.person_id == line.from_id,
            ItemMember.role.in_(HANDLERS),
        )
    if db.session.scalar(held.limit(1)) is None:
        said = "移交人不是本事项的承办人，也不是该单位负责人。"
        raise Unmet(said, article="8", fields={"giver": said})


def taker_fits(situation: Situation) -> None:
    """Somebody else, of the unit, who is one of the college still (第十六条（三）)."""
    line = situation.subject
    there = db.session.scalar(
        select(Person.id)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Person.id == line.to_id,
            Person.active,
            Appointment.unit_id == line.unit_id,
            in_force(Appointment, situation.moment.day),
        )
        .limit(1)
    )
    if there is None or line.to_id == line.from_id:
        said = "接手人应为该单位的其他人员。"
        raise Unmet(said, article="8", fields={"taker": said})


def not_handed_over(situation: Situation) -> None:
    """One 交接 of an item and a unit at a time."""
    line = situation.subject
    other = db.session.scalar(
        select(Handover.id)
        .where(
            Handover.item_id == line.item_id,
            Handover.unit_id == line.unit_id,
            Handover.id != line.id,
            Handover.state.in_(OPEN),
        )
        .limit(1)
    )
    if other is not None:
        raise Unmet("本事项正在办理交接，请先办结或撤回。", article="8")


def not_a_party(situation: Situation) -> None:
    """Who hands over or takes over does not see to it that all is handed over."""
    if situation.person_id in (situation.subject.from_id, situation.subject.to_id):
        raise Unmet("移交人、接手人不能监交。", article="8")


def taker_may_know(situation: Situation) -> None:
    """SPEC §7.5 (17): a successor is put on the list by name; until then nothing moves."""
    item: Item = situation.item
    if item.classification == "sensitive" and situation.subject.to_id not in knowledge.listed(item):
        said = "接手人尚不在本事项知悉范围，请先由党政办主任或机要保密员增加知悉人。"
        raise Unmet(said, article="21")


def taker_in_office(situation: Situation) -> None:
    """A head hands over to who heads the unit now; the office itself follows from the post."""
    line = situation.subject
    if line.kind != "head":
        return
    heads = holders(
        Role.UNIT_HEAD, situation.moment, item=situation.item, unit=line.unit_id, directly=True
    )
    if line.to_id not in heads:
        raise Unmet("接手人尚未任该单位负责人，请先登记任职。", article="8")


def party_silent(situation: Situation) -> None:
    """SPEC §1.6: three working days without the one whose turn it is (decision 0160), or who hands
    over has left the college without confirming."""
    line = situation.subject
    left = not db.session.scalar(select(Person.active).where(Person.id == line.from_id))
    if line.state == "requested" and left:
        return
    who, since = _awaited(line)
    wait = policy.CURRENT.limit("handover_force")
    last = working_calendar.current().add_workdays(shanghai_day(since), wait)
    if situation.moment.day <= last:
        first = last + timedelta(days=1)
        raise Unmet(
            f"{who}{wait}个工作日内未确认的方可强制移交，最早为{long_date(first)}。", article="8"
        )


def _awaited(line: Handover) -> tuple[str, datetime]:
    """Whose turn it is, and since when. No line waits before the one before has confirmed."""
    if line.given_at is None:
        return "移交人", line.begun_at
    if line.taken_at is None:
        return "接手人", line.given_at
    return "监交人", line.taken_at
