"""An inspection and its points in words, for the panels of its acts and for the item's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from portal.extensions import db
from portal.filters import full_date, full_time
from portal.models import Event, Inspection, InspectionMember, Opinion, Person, Rectification, Unit
from portal.rulebook import inspecting
from portal.rulebook.scope import Viewer, visible

Part = Inspection | Rectification


class Row(NamedTuple):
    """One line."""

    label: str
    text: str


def visit_of(part: Part) -> Inspection:
    """The inspection itself, or that of the point."""
    if isinstance(part, Inspection):
        return part
    return db.session.get_one(Inspection, part.inspection_id)


def unit_of(part: Part) -> str:
    """The unit that is inspected, or that puts the point right."""
    return inspecting.unit_name(part.unit_id)


def rows_of(viewer: Viewer, part: Part) -> list[Row]:
    """What whoever acts on an inspection, or on a point of it, reads before doing so."""
    if isinstance(part, Rectification):
        return [row for row in _point(part) if row.text]
    rows = [*plan_rows(part), *record_rows(part), *opinion_rows(viewer, part)]
    return [row for row in rows if row.text]


def plan_rows(visit: Inspection) -> list[Row]:
    """督查方案."""
    team = inspecting.team_of(visit)
    leaders = [member for member in team if member.leads]
    head = "，约谈单位主要负责人" if visit.talks_to_head else ""
    return [
        Row("督查事由", visit.matter),
        Row("督查对象", db.session.get_one(Unit, visit.unit_id).name),
        Row("督查时间", full_date(visit.planned_on)),
        Row("督查方式", inspecting.methods_text(visit) + head),
        Row("组长", _named(leaders)),
        Row("成员", _named([member for member in team if not member.leads])),
        Row("未满足“3+N”的原因", visit.shortfall),
        Row("30天内再次督查的原因", visit.repeat_reason),
        Row("督查提纲", visit.outline),
    ]


def record_rows(visit: Inspection) -> list[Row]:
    """督查记录 and 结论; none before anybody went."""
    if visit.begun_at is None or visit.ended_at is None:
        return []
    rows = [
        Row("实施时间", f"{full_time(visit.begun_at)}至{full_time(visit.ended_at)}"),
        Row("督查地点", visit.place),
        Row("被督查单位参加人", visit.attendees),
        Row("发现的主要问题", visit.findings),
        Row("谈话要点", visit.talks),
    ]
    if visit.conclusion is not None:
        signer = db.session.get_one(Person, visit.concluded_by_id).name
        rows.append(Row("督查结论", f"{inspecting.CONCLUSIONS[visit.conclusion]}（{signer}签署）"))
        rows.append(Row("下一步工作建议", visit.next_steps))
    return rows


def opinion_rows(viewer: Viewer, visit: Inspection) -> list[Row]:
    """整改意见书: its points, and what the unit said to it."""
    points = inspecting.points_of(visit)
    rows = [Row(f"整改意见第{point.nth}条", _in_short(point)) for point in points]
    return [*rows, *verdict_rows(viewer, visit)]


def verdict_rows(viewer: Viewer, visit: Inspection) -> list[Row]:
    """Until when the unit may object, what it said, and what was answered."""
    rows: list[Row] = []
    if visit.state == "opinion_issued" and visit.objection_until is not None:
        rows.append(Row("异议期限", f"{full_time(visit.objection_until)}前"))
    if visit.deemed:
        rows.append(Row("单位意见", "逾期未提出异议，视同无异议。"))
    for label, act in (
        ("单位意见", "sign_opinion"),
        ("单位异议", "object_to_opinion"),
        ("异议答复（维持）", "uphold_opinion"),
        ("异议答复（采纳）", "withdraw_opinion"),
    ):
        rows.append(Row(label, words_of(viewer, act, visit)))
    return rows


def _in_short(point: Rectification) -> str:
    owner = db.session.get_one(Person, point.owner_id).name
    whose = f"{unit_of(point)}{owner}"
    return f"{point.problem}\n整改要求：{point.requirement}（{whose}，{full_date(point.due)}前）"


def _point(point: Rectification) -> list[Row]:
    owner = db.session.get_one(Person, point.owner_id).name
    return [
        Row("问题", point.problem),
        Row("整改要求", point.requirement),
        Row("责任人", f"{owner}（{unit_of(point)}）"),
        Row("整改时限", f"{full_date(point.due)}前"),
        Row("整改情况", point.reply),
    ]


def _named(team: Sequence[InspectionMember]) -> str:
    """「何玉萍（党政办）、坤建军（保卫处，被督查单位）」."""
    names = inspecting.names_of([member.person_id for member in team])
    units = {member.office_id: inspecting.unit_name(member.office_id) for member in team}
    return "、".join(
        f"{names[one.person_id]}（{units[one.office_id]}{'，被督查单位' if one.inspected else ''}）"
        for one in team
    )


def words_of(viewer: Viewer, act: str, part: Part) -> str:
    """What was written with an act on the inspection or its point; empty before it is done."""
    said = db.session.scalars(
        visible(viewer, Event)
        .join(Opinion, Opinion.id == Event.opinion_id)
        .where(
            Event.item_id == part.item_id,
            Event.act == act,
            Event.subject == part.__tablename__,
            Event.subject_id == part.id,
        )
        .order_by(Event.id.desc())
        .limit(1)
        .with_only_columns(Opinion.body)
    ).one_or_none()
    return said or ""
