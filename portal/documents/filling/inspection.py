"""Filling 实地督查方案, 实地督查记录 and 整改意见书 (第十七条, SPEC §2.12, §5.7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Final

from flask import current_app

from portal import store
from portal.clock import shanghai_day
from portal.config import Settings
from portal.documents.field_sheets import (
    FIXED,
    INSPECTED,
    InspectionPlanSheet,
    InspectionRecordSheet,
    N,
    Photo,
    TeamMember,
)
from portal.documents.filling.parts import control_code, several
from portal.documents.gongwen.content import Gongwen
from portal.documents.gongwen.rectification import Demand, Rectification, compose
from portal.documents.render import MOST_PHOTOS
from portal.documents.sheets import Sheet, SignatureBox, SignedCell
from portal.documents.sorts.inspections import OPINION, PLAN, RECORD
from portal.extensions import db
from portal.filters import full_date, full_time
from portal.models import (
    Attachment,
    Event,
    Inspection,
    InspectionMember,
    Item,
    Opinion,
    Person,
    Unit,
)
from portal.rulebook import inspecting
from portal.rulebook.item_texts import number_of
from portal.rulebook.scope import Viewer, visible

Fill = Callable[[Viewer, Item, str, int, str], Sheet]
PRINTED: Final = ("jpg", "png")
"""Kinds of files that are printed as photographs of the site."""
APPROVED: Final = "批　准"
ANSWERS: Final = {"sign_opinion": "agreed", "object_to_opinion": "objected"}
SILENT: Final = "逾期未提出异议，视同无异议。"


def plan(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> InspectionPlanSheet:
    """实地督查方案 with its approval. NotFound if this person has none of that kind."""
    visit = PLAN.visit_of(viewer, item, kind)
    team = inspecting.team_of(visit)
    return InspectionPlanSheet(
        college=college,
        number=_number(item),
        title=item.title,
        matter=visit.matter,
        unit=db.session.get_one(Unit, visit.unit_id).name,
        planned=full_date(visit.planned_on),
        repeat_reason=visit.repeat_reason,
        methods=tuple(visit.methods),
        talks_to_head=visit.talks_to_head,
        leader=_leader(team),
        members=_members(visit, team),
        shortfall=visit.shortfall,
        outline=visit.outline,
        drafted=_signed(visit.drafted_by_id, visit.drafted_at),
        approvals=(
            SignedCell(
                APPROVED, several(viewer, item, "inspection", "approve_inspection", visit.id)
            ),
        ),
        control_code=control_code(item, as_of_id, kind),
    )


def record(
    viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str
) -> InspectionRecordSheet:
    """实地督查记录 with its photographs and what the unit said. NotFound as `plan`."""
    visit = RECORD.visit_of(viewer, item, kind)
    team = inspecting.team_of(visit)
    answer = _answer(viewer, visit)
    return InspectionRecordSheet(
        college=college,
        number=_number(item),
        title=item.title,
        unit=db.session.get_one(Unit, visit.unit_id).name,
        at=_period(visit),
        place=visit.place,
        methods=tuple(visit.methods),
        leader=_leader(team),
        members=_members(visit, team),
        attendees=(visit.attendees,),
        findings=visit.findings,
        talks=visit.talks,
        photos=_photos(viewer, visit),
        conclusion=visit.conclusion or "",
        next_steps=visit.next_steps,
        signed=(_signed(visit.concluded_by_id, visit.concluded_at),),
        recorder=_signed(visit.recorded_by_id, visit.recorded_at),
        answer="agreed" if visit.deemed else ANSWERS.get(answer.act if answer else "", ""),
        objection=SILENT if visit.deemed else _words(viewer, answer),
        answered=_by(answer),
        control_code=control_code(item, as_of_id, kind),
    )


def opinion(viewer: Viewer, item: Item, kind: str, as_of_id: int, _college: str) -> Gongwen:
    """整改意见书 as it was issued. NotFound as `plan`."""
    visit = OPINION.visit_of(viewer, item, kind)
    team, points = inspecting.team_of(visit), inspecting.issued_points(visit)
    names = inspecting.names_of([one.person_id for one in team])
    return compose(
        Rectification(
            unit=db.session.get_one(Unit, visit.unit_id).name,
            number=_number(item),
            title=item.title,
            time=_period(visit),
            place=visit.place,
            team=tuple(names[one.person_id] for one in team),
            problems=tuple(line for line in visit.findings.splitlines() if line.strip()),
            demands=tuple(
                Demand(
                    point.problem,
                    point.requirement,
                    db.session.get_one(Person, point.asked_owner_id).name,
                    point.asked_due,
                )
                for point in points
            ),
            report_by=max(
                (point.asked_due for point in points), default=shanghai_day(_issued(visit))
            ),
            leader=_leader(team),
            day=shanghai_day(_issued(visit)),
            control_code=control_code(item, as_of_id, kind),
        )
    )


def _issued(visit: Inspection) -> datetime:
    if visit.issued_at is None:
        raise ValueError("the paper is there once it is issued")
    return visit.issued_at


def _number(item: Item) -> str:
    number = number_of(item)
    return str(number) if number else ""


def _period(visit: Inspection) -> str:
    """「2026年11月24日 09:30至11:40」."""
    if visit.begun_at is None or visit.ended_at is None:
        return ""
    begun, ended = full_time(visit.begun_at), full_time(visit.ended_at)
    same_day = shanghai_day(visit.begun_at) == shanghai_day(visit.ended_at)
    return f"{begun}至{ended.split()[-1] if same_day else ended}"


def _leader(team: Sequence[InspectionMember]) -> str:
    heads = [member.person_id for member in team if member.leads]
    return "、".join(inspecting.names_of(heads).values())


def _members(visit: Inspection, team: Sequence[InspectionMember]) -> tuple[TeamMember, ...]:
    """The whole team: who goes for one of the three offices, the others, the inspected unit's."""
    names = inspecting.names_of([member.person_id for member in team])
    fixed = inspecting.fixed_offices(shanghai_day(visit.drafted_at))
    return tuple(
        TeamMember(
            names[member.person_id],
            inspecting.unit_name(member.office_id),
            INSPECTED if member.inspected else FIXED if member.office_id in fixed else N,
        )
        for member in team
    )


def _signed(person_id: int | None, at: datetime | None) -> SignatureBox:
    if person_id is None or at is None:
        return SignatureBox()
    return SignatureBox("", db.session.get_one(Person, person_id).name, shanghai_day(at))


def _photos(viewer: Viewer, visit: Inspection) -> tuple[Photo, ...]:
    """The pictures of the record, the first ones if there are more than a sheet holds."""
    rows = db.session.scalars(
        visible(viewer, Attachment)
        .where(
            Attachment.item_id == visit.item_id,
            Attachment.subject == Inspection.__tablename__,
            Attachment.subject_id == visit.id,
            Attachment.state == "kept",
            Attachment.kind.in_(PRINTED),
        )
        .order_by(Attachment.id)
        .limit(MOST_PHOTOS)
    )
    settings: Settings = current_app.extensions["portal.settings"]
    folder = settings.files_dir.absolute()
    return tuple(
        Photo(store.path_of(folder, row.sha256).read_bytes(), PurePath(row.name).stem)
        for row in rows
    )


def _answer(viewer: Viewer, visit: Inspection) -> Event | None:
    """What the unit said to the opinion that stands; None as long as it has not."""
    if visit.issued_at is None:
        return None
    return db.session.scalars(
        visible(viewer, Event)
        .where(
            Event.item_id == visit.item_id,
            Event.act.in_(ANSWERS),
            Event.subject == Inspection.__tablename__,
            Event.subject_id == visit.id,
            Event.at >= visit.issued_at,
        )
        .order_by(Event.id.desc())
        .limit(1)
    ).one_or_none()


def _words(viewer: Viewer, event: Event | None) -> str:
    if event is None:
        return ""
    body = db.session.scalars(
        visible(viewer, Opinion).where(Opinion.id == event.opinion_id)
    ).one_or_none()
    return body.body if body else ""


def _by(event: Event | None) -> SignatureBox:
    if event is None or event.actor_id is None:
        return SignatureBox()
    return SignatureBox("", db.session.get_one(Person, event.actor_id).name, event.day)
