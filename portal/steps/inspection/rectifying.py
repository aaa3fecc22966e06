"""整改 (第十七条, SPEC §2.12): the opinion and its points, the unit's answer, what was put right.

Each command is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from portal.attachments import commands as attachments
from portal.attachments.checking import Sound
from portal.clock import shanghai_instant
from portal.extensions import db
from portal.models import Inspection, Item, Rectification
from portal.rulebook import inspecting, policy, workflow, working_calendar
from portal.rulebook.scope import Viewer
from portal.rulebook.workdays import DAY
from portal.rulebook.workflow import Intent


class Point(NamedTuple):
    """A point of 整改意见 as its form has it: whose it is by unit and person."""

    problem: str
    requirement: str
    unit_id: int
    owner_id: int
    due: date


def issue(
    viewer: Viewer,
    item: Item,
    visit: Inspection,
    points: Sequence[Point],
    intent: Intent,
    *,
    declared: bool,
) -> None:
    """下达整改意见书: the points, numbered; the unit signs or objects within five working days."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("issue_opinion",), item):
        return
    if visit.state == "conducted":  # of another state the act itself says what it is
        db.session.add_all(
            Rectification(
                item_id=item.id,
                inspection_id=visit.id,
                nth=nth,
                state="open",
                asked_due=point.due,
                asked_owner_id=point.owner_id,
                **point._asdict(),
            )
            for nth, point in enumerate(points, 1)
        )
        db.session.flush()

    def effect() -> dict[str, Any]:
        days = policy.of(item.policy_version).limit("inspection_objection", item.level)
        last = working_calendar.current().add_workdays(viewer.moment.day, days)
        visit.issued_by_id, visit.issued_at = viewer.person_id, viewer.moment.instant
        visit.objection_until = shanghai_instant(last + DAY)
        visit.objected_by_id = visit.objected_at = None
        return _facts(visit) | {"points": len(points)}

    words = "\n".join(
        f"{nth}．{point.problem}整改要求：{point.requirement}"
        for nth, point in enumerate(points, 1)
    )
    workflow.perform(
        viewer,
        "issue_opinion",
        item,
        replace(intent, opinion=words),
        subject=visit,
        values={"declared": declared},
        effect=effect,
    )
    db.session.commit()


def _facts(visit: Inspection) -> dict[str, Any]:
    return {"inspected": inspecting.unit_name(visit.unit_id)}


def sign(viewer: Viewer, item: Item, visit: Inspection, intent: Intent) -> None:
    """签收整改意见书: 无异议."""
    intent = replace(intent, opinion=intent.opinion or "无异议。")
    _answer(viewer, "sign_opinion", item, visit, intent)


def uphold(
    viewer: Viewer, item: Item, visit: Inspection, intent: Intent, *, due: date | None = None
) -> None:
    """维持整改意见 against an objection, with the reason; the unit puts right what it asks, until
    `due` where a point's own day has passed meanwhile."""
    _answer(viewer, "uphold_opinion", item, visit, intent, due)


def _answer(
    viewer: Viewer,
    act: str,
    item: Item,
    visit: Inspection,
    intent: Intent,
    due: date | None = None,
) -> None:
    def effect() -> dict[str, Any]:
        visit.answered_by_id, visit.answered_at = viewer.person_id, viewer.moment.instant
        passed = inspecting.passed_points(visit, viewer.moment.day)
        if due is None or not passed:
            return _facts(visit)
        for point in passed:
            point.due = due
        return _facts(visit) | {"rectify_by": due.isoformat()}

    workflow.perform(viewer, act, item, intent, subject=visit, values={"due": due}, effect=effect)
    db.session.commit()


def object_to(
    viewer: Viewer, item: Item, visit: Inspection, intent: Intent, *, declared: bool
) -> None:
    """对整改意见提出异议, once to each opinion and within five working days."""

    def effect() -> dict[str, Any]:
        visit.objected_by_id, visit.objected_at = viewer.person_id, viewer.moment.instant
        return _facts(visit)

    workflow.perform(
        viewer,
        "object_to_opinion",
        item,
        intent,
        subject=visit,
        values={"declared": declared},
        effect=effect,
    )
    db.session.commit()


def withdraw(viewer: Viewer, item: Item, visit: Inspection, intent: Intent) -> None:
    """采纳异议: the points are withdrawn; 党政办 issues others or ends the inspection."""

    def effect() -> dict[str, Any]:
        for point in inspecting.points_of(visit):
            point.withdrawn = True
        visit.issued_by_id = visit.issued_at = visit.objection_until = None
        return _facts(visit)

    workflow.perform(viewer, "withdraw_opinion", item, intent, subject=visit, effect=effect)
    db.session.commit()


def reply(
    viewer: Viewer,
    item: Item,
    point: Rectification,
    intent: Intent,
    *,
    said: str,
    files: Sequence[Sound] = (),
    declared: bool,
) -> None:
    """报送整改 of one point with what shows it; also of one that is overdue."""

    def effect() -> dict[str, Any]:
        point.reply = said
        point.replied_by_id, point.replied_at = viewer.person_id, viewer.moment.instant
        kept = attachments.keep(
            viewer, item, files, "rectification", unit_id=point.unit_id, of=point
        )
        return {"nth": point.nth, "attachment_ids": kept}

    workflow.perform(
        viewer,
        "reply_point",
        item,
        replace(intent, opinion=said),
        subject=point,
        values={"declared": declared, "reply": said},
        effect=effect,
    )
    db.session.commit()


def verify(viewer: Viewer, item: Item, point: Rectification, intent: Intent) -> None:
    """核实整改: it is put right."""

    def effect() -> dict[str, Any]:
        point.verified_by_id, point.verified_at = viewer.person_id, viewer.moment.instant
        return {"nth": point.nth}

    workflow.perform(viewer, "verify_point", item, intent, subject=point, effect=effect)
    db.session.commit()


def reject(
    viewer: Viewer, item: Item, point: Rectification, intent: Intent, *, due: date | None
) -> None:
    """核实未通过, with the reason and a new day."""

    def effect() -> dict[str, Any]:
        if due is None:
            raise ValueError("the guards ask for the day")
        point.due = due
        point.verified_by_id, point.verified_at = viewer.person_id, viewer.moment.instant
        return {"nth": point.nth, "rectify_by": due.isoformat()}

    workflow.perform(
        viewer, "reject_point", item, intent, subject=point, values={"due": due}, effect=effect
    )
    db.session.commit()


def reassign(
    viewer: Viewer,
    item: Item,
    point: Rectification,
    intent: Intent,
    *,
    owner: tuple[int, int],
    due: date | None,
) -> None:
    """改派整改: to a unit and somebody of it, with a reason and a new day; the paper goes on naming
    whom it was issued to. What was replied to before is in the log alone."""

    def effect() -> dict[str, Any]:
        if due is None:
            raise ValueError("the guards ask for the day")
        relieved = point.unit_id
        point.unit_id, point.owner_id = owner
        point.due = due
        point.reply, point.replied_by_id, point.replied_at = "", None, None
        return {
            "nth": point.nth,
            "rectify_by": due.isoformat(),
            "relieved_id": relieved,
            "relieved": inspecting.unit_name(relieved),
            "rectifier": inspecting.unit_name(point.unit_id),
        }

    workflow.perform(
        viewer,
        "reassign_point",
        item,
        intent,
        subject=point,
        values={"owner": owner, "due": due},
        effect=effect,
    )
    db.session.commit()


def take_back(viewer: Viewer, item: Item, point: Rectification, intent: Intent) -> None:
    """撤销整改 of one point, with a reason: it blocks nothing any more."""

    def effect() -> dict[str, Any]:
        point.withdrawn = True
        return {"nth": point.nth}

    workflow.perform(viewer, "withdraw_point", item, intent, subject=point, effect=effect)
    db.session.commit()
