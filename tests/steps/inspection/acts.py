"""实地督查 as acts of the sample's people, for the tests of what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.models import Inspection, Item, Person, Rectification, Unit
from portal.steps.inspection import commands, rectifying
from portal.steps.inspection.commands import Plan, Record
from portal.steps.inspection.rectifying import Point
from tests.steps.acting import (
    HANDLER,
    HEAD,
    LEAD,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    REASON,
    Actor,
    intent,
)

CHIEF, DISCIPLINE, HR, FINANCE = "泽仁旺姆", "冉静", "蔡晓琳", "曾骉"
TEAM = (DISCIPLINE, HR, FINANCE, HEAD)
"""Beside the chief; the last one is of the inspected unit."""
DEPUTY = "三郎彭措"
OF_UNIT = (HEAD, DEPUTY, HANDLER)
"""Of the inspected unit: its head, who is of the team to explain; the deputy; 承办人, who is 联络员
as well."""
NAMES_IT = (
    "推进缓慢，现场核查整改情况。", "一看现场", "发起实地督查", "督查方案", "方案待批",
    "方案拟制", "取消督查",
)  # fmt: skip
"""What of a plan stands on a page, in a log, on a sheet."""
SECOND = {"level": 2, "deadline_kind": "days", "deadline_days": 15}
"""Of level 2 党政办分管领导 approves alone."""


def person(name: str) -> int:
    """A person's id."""
    return db.session.scalars(select(Person.id).where(Person.name == name)).one()


def unit(code: str = LEAD) -> int:
    """A unit's id."""
    return db.session.scalars(select(Unit.id).where(Unit.code == code)).one()


def a_plan(actor: Actor, chief: str = CHIEF, team: tuple[str, ...] = TEAM, **given: Any) -> Plan:
    """A plan of the day after tomorrow."""
    plan = Plan(
        matter="推进缓慢，现场核查整改情况。",
        planned_on=actor.viewer(OFFICE).moment.day + timedelta(days=2),
        methods=("interview", "on_site"),
        talks_to_head=False,
        leader_id=person(chief),
        member_ids=tuple(person(name) for name in team),
        outline="一看现场，二查台账，三谈责任人。",
    )
    return replace(plan, **given)


def plan(actor: Actor, who: str = OFFICE, code: str = LEAD, **given: Any) -> Inspection:
    """发起实地督查; returns it."""
    wanted = a_plan(actor, **given)
    viewer, item = actor.item(who)
    commands.plan(viewer, item, unit(code), wanted, intent(None), declared=True)
    return visit(actor)


def plan_again(actor: Actor, **given: Any) -> Inspection:
    """The returned plan, sent anew."""
    wanted = a_plan(actor, **given)
    viewer, item = actor.item(OFFICE)
    draft = visit(actor)
    commands.plan(viewer, item, draft.unit_id, wanted, intent(None), declared=True, draft=draft)
    return visit(actor)


def approve(actor: Actor, who: str = OFFICE_LEADER) -> Inspection:
    """批准督查方案."""
    viewer, item = actor.item(who)
    commands.approve(viewer, item, visit(actor), intent(None))
    return visit(actor)


def send_back(actor: Actor, who: str = OFFICE_LEADER) -> Inspection:
    """退回修改."""
    viewer, item = actor.item(who)
    commands.send_back(viewer, item, visit(actor), intent(None, REASON))
    return visit(actor)


def cancel(actor: Actor) -> Inspection:
    """取消督查."""
    viewer, item = actor.item(OFFICE)
    commands.cancel(viewer, item, visit(actor), intent(None, REASON))
    return visit(actor)


def named(words: str) -> set[str]:
    """What of a plan stands in these words."""
    return {word for word in NAMES_IT if word in words}


def a_record(actor: Actor, **given: Any) -> Record:
    """A record of the last hour."""
    now = actor.viewer(OFFICE).moment.instant
    record = Record(
        begun_at=now - timedelta(hours=1),
        ended_at=now,
        place="南校区5号公寓",
        attendees="坤建军（处长）、邓涛",
        findings="2处警示牌未安装。",
        talks="已约谈现场负责人。",
    )
    return replace(record, **given)


def record(actor: Actor, who: str = CHIEF, **given: Any) -> Inspection:
    """登记督查记录."""
    said = a_record(actor, **given)
    viewer, item = actor.item(who)
    commands.record(viewer, item, visit(actor), said, intent(None), declared=True)
    return visit(actor)


def conclude(actor: Actor, conclusion: str = "poor", who: str = CHIEF) -> Inspection:
    """签署督查结论."""
    viewer, item = actor.item(who)
    words = intent(None, "请限期整改。")
    commands.conclude(viewer, item, visit(actor), words, conclusion=conclusion)
    return visit(actor)


def a_point(actor: Actor, owner: str = HANDLER, days: int = 3, code: str = LEAD) -> Point:
    """A point due in some days."""
    due = actor.viewer(OFFICE).moment.day + timedelta(days=days)
    return Point("2处警示牌未安装", "安装到位", unit(code), person(owner), due)


def issue(actor: Actor, *points: Point, who: str = OFFICE_HEAD) -> Inspection:
    """下达整改意见书 with these points, or with one."""
    wanted = points or (a_point(actor),)
    viewer, item = actor.item(who)
    rectifying.issue(viewer, item, visit(actor), wanted, intent(None), declared=True)
    return visit(actor)


def sign(actor: Actor, who: str = HEAD) -> Inspection:
    """签收整改意见书."""
    viewer, item = actor.item(who)
    rectifying.sign(viewer, item, visit(actor), intent(None))
    return visit(actor)


def contest(actor: Actor, who: str = HEAD) -> Inspection:
    """对整改意见提出异议."""
    viewer, item = actor.item(who)
    rectifying.object_to(viewer, item, visit(actor), intent(None, REASON), declared=True)
    return visit(actor)


def rule(actor: Actor, *, accepted: bool, days: int | None = None) -> Inspection:
    """采纳 or 维持, with a new day in so many days."""
    viewer, item = actor.item(OFFICE_HEAD)
    words = intent(None, REASON)
    if accepted:
        rectifying.withdraw(viewer, item, visit(actor), words)
    else:
        due = None if days is None else viewer.moment.day + timedelta(days=days)
        rectifying.uphold(viewer, item, visit(actor), words, due=due)
    return visit(actor)


def reply(actor: Actor, nth: int = 1, who: str = HANDLER) -> Rectification:
    """报送整改 of a point."""
    viewer, item = actor.item(who)
    rectifying.reply(
        viewer, item, point(actor, nth), intent(None), said="已安装到位。", declared=True
    )
    return point(actor, nth)


def verify(actor: Actor, nth: int = 1, who: str = DISCIPLINE) -> Rectification:
    """核实整改."""
    viewer, item = actor.item(who)
    rectifying.verify(viewer, item, point(actor, nth), intent(None))
    return point(actor, nth)


def reject(actor: Actor, nth: int = 1, who: str = DISCIPLINE, days: int = 2) -> Rectification:
    """核实未通过."""
    viewer, item = actor.item(who)
    day = viewer.moment.day + timedelta(days=days)
    rectifying.reject(viewer, item, point(actor, nth), intent(None, REASON), due=day)
    return point(actor, nth)


def finish(actor: Actor, act: str = "finish_rectifying", who: str = OFFICE) -> Inspection:
    """整改完成, or 督查结束 without an opinion."""
    viewer, item = actor.item(who)
    commands.finish(viewer, item, visit(actor), act, intent(None))
    return visit(actor)


def gone(actor: Actor) -> Inspection:
    """Planned, approved, recorded."""
    plan(actor)
    approve(actor)
    return record(actor)


def rectifying_now(actor: Actor, *points: Point) -> Inspection:
    """To 整改中."""
    gone(actor)
    conclude(actor)
    issue(actor, *points)
    return sign(actor)


def visit(actor: Actor) -> Inspection:
    """The item's latest inspection, as whoever looked last."""
    if not db.session.info.get("keys"):
        actor.viewer(OFFICE)
    found = _of(actor, Inspection)
    return db.session.scalars(found.order_by(Inspection.id.desc()).limit(1)).one()


def point(actor: Actor, nth: int = 1) -> Rectification:
    """A point that stands, of the latest inspection."""
    found = _of(actor, Rectification).where(
        Rectification.nth == nth, Rectification.withdrawn.is_(False)
    )
    return db.session.scalars(found.order_by(Rectification.id.desc()).limit(1)).one()


def _of(actor: Actor, table: Any) -> Any:
    item = select(Item.id).where(Item.public_id == actor.public_id)
    return select(table).where(table.item_id.in_(item))
