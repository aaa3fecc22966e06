"""实地督查 (第七、十七条, SPEC §2.12): its plan, the approval of it, the record, the conclusion.

Each command is one transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete

from portal.attachments import commands as attachments
from portal.attachments.checking import Sound
from portal.extensions import db
from portal.models import Inspection, InspectionMember, Item
from portal.rulebook import inspecting, workflow
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent

AGREED = "同意。"
RECORD_WORDS = "发现的主要问题：{}\n谈话要点：{}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """督查方案 as its form has it; `member_ids` are the others beside the leader."""

    matter: str
    planned_on: date
    methods: tuple[str, ...]
    talks_to_head: bool
    leader_id: int
    member_ids: tuple[int, ...]
    outline: str
    shortfall: str = ""
    repeat_reason: str = ""

    @property
    def words(self) -> str:
        """What the event keeps of it, so that the log proves what was approved."""
        reasons = (
            f"未满足“3+N”组成原则，原因：{self.shortfall}" if self.shortfall else "",
            f"30天内再次督查，原因：{self.repeat_reason}" if self.repeat_reason else "",
        )
        return "\n".join(
            part for part in (self.matter, f"督查提纲：{self.outline}", *reasons) if part
        )


@dataclass(frozen=True, kw_only=True)
class Record:
    """督查记录 as its form has it."""

    begun_at: datetime
    ended_at: datetime
    place: str
    attendees: str
    findings: str
    talks: str = ""


def plan(
    viewer: Viewer,
    item: Item,
    unit_id: int,
    given: Plan,
    intent: Intent,
    *,
    declared: bool,
    draft: Inspection | None = None,
) -> None:
    """发起实地督查 of one unit for one item; `draft` is a plan that came back and is sent anew."""
    _plan(viewer, item, unit_id, given, intent, uuid.uuid4(), declared=declared, draft=draft)
    db.session.commit()


def plan_together(
    viewer: Viewer,
    items: Sequence[Item],
    unit_id: int,
    given: Plan,
    intent: Intent,
    *,
    declared: bool,
) -> None:
    """One way to one unit for several of its items: a plan of each, all or none of them.

    Each item keeps its own plan and record, for who knows of one may not know of another.
    """
    for item in sorted(items, key=lambda item: item.id):
        own = Intent(None, uuid.uuid5(intent.key, item.public_id.hex))
        _plan(viewer, item, unit_id, given, own, intent.key, declared=declared)
    db.session.commit()


def _plan(
    viewer: Viewer,
    item: Item,
    unit_id: int,
    given: Plan,
    intent: Intent,
    journey: uuid.UUID,
    *,
    declared: bool,
    draft: Inspection | None = None,
) -> None:
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("inspect",), item):
        return
    visit = draft or Inspection(
        item_id=item.id, unit_id=unit_id, state="plan_draft", journey=journey
    )
    visit.methods, visit.talks_to_head = list(given.methods), given.talks_to_head
    visit.matter, visit.outline, visit.planned_on = given.matter, given.outline, given.planned_on
    visit.shortfall, visit.repeat_reason = given.shortfall, given.repeat_reason
    visit.drafted_by_id, visit.drafted_at = viewer.person_id or 0, viewer.moment.instant
    db.session.add(visit)
    db.session.flush()
    _name_team(viewer, visit, given)
    workflow.perform(
        viewer,
        "inspect",
        item,
        replace(intent, opinion=given.words),
        subject=visit,
        values={"declared": declared, "team": (given.leader_id, *given.member_ids)},
        effect=lambda: _facts(visit) | {"planned_on": given.planned_on.isoformat()},
    )


def _name_team(viewer: Viewer, visit: Inspection, given: Plan) -> None:
    """The team as chosen, each for the unit he or she is of today; whoever is of none, or leads and
    is of the inspected unit, is left out, and the conditions of the act say so."""
    db.session.execute(delete(InspectionMember).where(InspectionMember.inspection_id == visit.id))
    for person_id in dict.fromkeys((given.leader_id, *given.member_ids)):
        of = inspecting.office_of(person_id, visit.unit_id, viewer.moment.day)
        leads = person_id == given.leader_id
        if of is None or (leads and of.inspected):
            continue
        member = _member(visit, person_id, of)
        member.leads = leads
        db.session.add(member)
        db.session.flush()


def _member(visit: Inspection, person_id: int, of: inspecting.Of) -> InspectionMember:
    return InspectionMember(
        item_id=visit.item_id,
        inspection_id=visit.id,
        unit_id=visit.unit_id,
        person_id=person_id,
        office_id=of.unit_id,
        leads=False,
        inspected=of.inspected,
    )


def _facts(visit: Inspection) -> dict[str, Any]:
    """What every event of an inspection keeps: which unit it is of."""
    return {"inspected": inspecting.unit_name(visit.unit_id)}


def approve(viewer: Viewer, item: Item, visit: Inspection, intent: Intent) -> None:
    """批准督查方案."""
    intent = replace(intent, opinion=intent.opinion or AGREED)
    _do(viewer, "approve_inspection", item, visit, intent)


def send_back(viewer: Viewer, item: Item, visit: Inspection, intent: Intent) -> None:
    """退回修改, with a reason."""
    _do(viewer, "return_inspection", item, visit, intent)


def cancel(viewer: Viewer, item: Item, visit: Inspection, intent: Intent) -> None:
    """取消督查 before anybody went, with a reason: it counts nowhere."""
    _do(viewer, "cancel_inspection", item, visit, intent)


def replace_chief(
    viewer: Viewer, item: Item, visit: Inspection, intent: Intent, *, chief_id: int
) -> None:
    """更换组长, with a reason; who led before stays of the team, which the approved plan names."""

    def effect() -> dict[str, Any]:
        team = {one.person_id: one for one in inspecting.team_of(visit)}
        before = next(one for one in team.values() if one.leads)
        now = inspecting.office_of(before.person_id, visit.unit_id, viewer.moment.day)
        before.leads, before.inspected = False, now is not None and now.inspected
        of = inspecting.office_of(chief_id, visit.unit_id, viewer.moment.day)
        if of is None:
            raise ValueError("the guards ask for a unit")
        chief = team.get(chief_id) or _member(visit, chief_id, of)
        chief.leads = True
        db.session.add(chief)
        return _facts(visit) | {"chief_from": before.person_id, "chief_to": chief_id}

    workflow.perform(
        viewer,
        "replace_chief",
        item,
        intent,
        subject=visit,
        values={"chief": chief_id},
        effect=effect,
    )
    db.session.commit()


def _do(viewer: Viewer, act: str, item: Item, visit: Inspection, intent: Intent) -> None:
    workflow.perform(viewer, act, item, intent, subject=visit, effect=lambda: _facts(visit))
    db.session.commit()


def record(
    viewer: Viewer,
    item: Item,
    visit: Inspection,
    given: Record,
    intent: Intent,
    *,
    files: Sequence[Sound] = (),
    declared: bool,
) -> None:
    """登记督查记录, with photographs and other files."""

    def effect() -> dict[str, Any]:
        visit.begun_at, visit.ended_at = given.begun_at, given.ended_at
        visit.place, visit.attendees = given.place, given.attendees
        visit.findings, visit.talks = given.findings, given.talks
        visit.recorded_by_id, visit.recorded_at = viewer.person_id, viewer.moment.instant
        kept = attachments.keep(viewer, item, files, "inspection", unit_id=visit.unit_id, of=visit)
        return _facts(visit) | {"attachment_ids": kept}

    words = RECORD_WORDS.format(given.findings, given.talks or "无")
    workflow.perform(
        viewer,
        "record_inspection",
        item,
        replace(intent, opinion=words),
        subject=visit,
        values={"declared": declared, "record": given},
        effect=effect,
    )
    db.session.commit()


def conclude(
    viewer: Viewer,
    item: Item,
    visit: Inspection,
    intent: Intent,
    *,
    conclusion: str,
) -> None:
    """签署督查结论 by the team's leader; the opinion is 下一步工作建议, if there is any."""

    def effect() -> dict[str, Any]:
        visit.conclusion, visit.next_steps = conclusion, intent.opinion
        visit.concluded_by_id, visit.concluded_at = viewer.person_id, viewer.moment.instant
        return _facts(visit) | {"conclusion": conclusion}

    workflow.perform(
        viewer,
        "conclude_inspection",
        item,
        intent,
        subject=visit,
        values={"conclusion": conclusion},
        effect=effect,
    )
    db.session.commit()


def finish(viewer: Viewer, item: Item, visit: Inspection, act: str, intent: Intent) -> None:
    """督查结束 without an opinion, or 整改完成."""
    _do(viewer, act, item, visit, intent)
