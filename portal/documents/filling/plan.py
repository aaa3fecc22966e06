"""Filling 工作计划表 (第十六条（三）, SPEC §2.6): a unit's milestones as last sent."""

from __future__ import annotations

from sqlalchemy import select

from portal.documents.filling.parts import control_code, head_of
from portal.documents.sheets import SignatureBox
from portal.documents.sorts.plans import PLAN, Planned, plan_of
from portal.documents.work_sheets import PlannedStep, PlanSheet
from portal.extensions import db
from portal.models import Event, FeedbackPoint, Item, ItemMember, Person
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.item_texts import limit_text, number_of, reporting_text
from portal.rulebook.scope import Viewer, visible


def sheet(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> PlanSheet:
    """The plan of one unit. NotFound if there is none, or not for this person."""
    planned = plan_of(viewer, item, kind)
    sent = _sent(viewer, item, planned)
    head = head_of(planned.unit.id, sent.at)
    sender = db.session.get_one(Person, sent.actor_id).name
    signed = SignatureBox("", sender, sent.day)
    number = number_of(item)
    return PlanSheet(
        college=college,
        number=str(number) if number else "",
        title=item.title,
        unit=planned.unit.name,
        lead=planned.share.role == "lead",
        unit_head=head,
        handlers=_handlers(item, planned.unit.id),
        responsible_leader=db.session.get_one(Person, item.responsible_leader_id).name,
        issued_on=long_date(item.issued_on) if item.issued_on else "",
        deadline=_deadline(item, planned),
        steps=tuple(PlannedStep(step.title, _until(step)) for step in planned.steps),
        reporting=_reporting(viewer, item, planned),
        planned=signed,
        confirmed=signed if _is_of_head(sender, head) else SignatureBox(),
        control_code=control_code(item, as_of_id, kind),
    )


def _until(step: object) -> str:
    return f"{long_date(step.due)}前"  # type: ignore[attr-defined]  # a milestone or an instalment


def _is_of_head(sender: str, head: str) -> bool:
    return head.partition("（")[0] == sender


def _sent(viewer: Viewer, item: Item, planned: Planned) -> Event:
    return db.session.scalars(
        visible(viewer, Event)
        .where(
            Event.item_id == item.id,
            Event.act == PLAN,
            Event.subject_id == planned.share.id,
        )
        .order_by(Event.id.desc())
        .limit(1)
    ).one()


def _handlers(item: Item, unit_id: int) -> tuple[str, ...]:
    return tuple(
        db.session.scalars(
            select(Person.name)
            .join(ItemMember, ItemMember.person_id == Person.id)
            .where(
                ItemMember.item_id == item.id,
                ItemMember.unit_id == unit_id,
                ItemMember.role.in_(("handler", "co_handler")),
            )
            .order_by(Person.sort_no)
        )
    )


def _deadline(item: Item, planned: Planned) -> str:
    inner = planned.share.inner_due
    if planned.share.role == "co" and inner is not None:
        return f"{long_date(inner)}前"
    return limit_text(item)


def _reporting(viewer: Viewer, item: Item, planned: Planned) -> tuple[str, ...]:
    """When the unit reports. Co-units report to the lead unit and are shown no instalments."""
    if planned.share.role != "lead":
        return (f"{reporting_text(item)}，报牵头单位汇总",)
    points = db.session.scalars(
        visible(viewer, FeedbackPoint)
        .where(FeedbackPoint.item_id == item.id)
        .order_by(FeedbackPoint.due, FeedbackPoint.seq)
    )
    return (reporting_text(item), *(f"{point.title}：{_until(point)}" for point in points))
