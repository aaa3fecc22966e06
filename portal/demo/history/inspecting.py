"""实地督查 and 整改 of one sample item as acts (第七、十七条), and how each kind is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

from portal.clock import shanghai_instant
from portal.config import Settings
from portal.demo.history import people, texts
from portal.demo.history.act import Act, Course
from portal.demo.history.opening import Row
from portal.demo.history.stage import Stage, intent_of
from portal.extensions import db
from portal.models import Inspection, Item, Person, Rectification
from portal.rulebook.inspecting import CONCLUSIONS, METHODS
from portal.rulebook.scope import Viewer
from portal.steps.inspection import commands, rectifying

AHEAD = timedelta(days=3)
"""How long before the visit its plan was drawn up."""
PLANNED, APPROVED = time(8, 50), time(10, 10)
BEGUN, ENDED = time(14, 30), time(16, 40)
RECORDED, CONCLUDED, ISSUED, SIGNED = time(17, 0), time(17, 10), time(17, 20), time(17, 40)
REPLIED, VERIFIED, FINISHED = time(18, 0), time(18, 20), time(18, 40)


def inspect(course: Course, visit: Row) -> None:
    """One inspection. Whoever the sample names, the plan is approved by whom the rule-book asks:
    none of the items is of level 1, and no unit's head was talked to alone."""
    day = date.fromisoformat(visit["on"])
    leader = next(one["person_id"] for one in visit["team"] if one.get("leader"))
    course.aside(day - AHEAD, PLANNED, people.OFFICE, "plan_inspection", visit=visit)
    course.aside(day - AHEAD, APPROVED, people.OFFICE_LEADER, "approve_inspection")
    course.aside(day, RECORDED, leader, "record_inspection", visit=visit)
    points = visit["rectifications"]
    course.aside(
        day, CONCLUDED, leader, "conclude_inspection", conclusion=visit["conclusion"],
        opinion="" if points else visit["unit_opinion"],
    )  # fmt: skip
    if not points:
        course.aside(day, ISSUED, people.OFFICE_HEAD, "end_inspection", act="finish_inspection")
        return
    course.aside(day, ISSUED, people.OFFICE_HEAD, "issue_opinion", points=points)
    opinion = visit["unit_opinion"]
    course.aside(day, SIGNED, visit["signed_by"], "sign_opinion", opinion=opinion)
    for point in points:
        _put_right(course, visit, point)
    if all(point["verified_on"] for point in points):
        last = max(date.fromisoformat(point["verified_on"]) for point in points)
        course.aside(last, FINISHED, people.OFFICE, "end_inspection", act="finish_rectifying")


def _put_right(course: Course, visit: Row, point: Row) -> None:
    """Replied to by the unit's head on its day and found put right by 纪委办; or neither."""
    if not point["verified_on"]:
        return
    due, verified = (date.fromisoformat(point[end]) for end in ("due", "verified_on"))
    day = min(due, verified)
    later = timedelta(minutes=point["no"])
    head = people.head_of(point["owner_unit"], day)
    discipline = next(one["person_id"] for one in visit["team"] if one["side"] == "纪委办")
    course.aside(
        day, _after(REPLIED, later), head, "reply_point", nth=point["no"], said=texts.PUT_RIGHT
    )
    course.aside(verified, _after(VERIFIED, later), discipline, "verify_point", nth=point["no"])


def _after(at: time, later: timedelta) -> time:
    return time(at.hour, at.minute + later.seconds // 60)


def _plan(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    visit = act.values["visit"]
    team = visit["team"]
    leader = next(one["person_id"] for one in team if one.get("leader"))
    commands.plan(
        viewer, item, item.lead_unit_id,
        commands.Plan(
            matter=texts.INSPECTED_FOR,
            planned_on=date.fromisoformat(visit["on"]),
            methods=tuple(key for key, word in METHODS.items() if word in visit["kind"]),
            talks_to_head=False,
            leader_id=stage.people[leader],
            member_ids=tuple(
                stage.people[one["person_id"]] for one in team if one["person_id"] != leader
            ),
            outline=texts.OUTLINE,
        ),
        intent_of(act),
        declared=True,
    )  # fmt: skip


def _approve(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    commands.approve(viewer, item, _visit(stage, viewer, item), intent_of(act))


def _visit(stage: Stage, viewer: Viewer, item: Item) -> Inspection:
    """The inspection under way: one at a time."""
    return stage.first(viewer, item, Inspection, Inspection.state != "finished")


def _record(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    visit = act.values["visit"]
    day = date.fromisoformat(visit["on"])
    names = [db.session.get_one(Person, stage.people[one]).name for one in visit["present"]]
    commands.record(
        viewer, item, _visit(stage, viewer, item),
        commands.Record(
            begun_at=shanghai_instant(day, BEGUN),
            ended_at=shanghai_instant(day, ENDED),
            place=visit["place"],
            attendees="、".join(names),
            findings=visit["findings"],
        ),
        intent_of(act),
        declared=True,
    )  # fmt: skip


def _conclude(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    words = {word: key for key, word in CONCLUSIONS.items()}
    commands.conclude(
        viewer, item, _visit(stage, viewer, item), intent_of(act),
        conclusion=words[act.values["conclusion"]],
    )  # fmt: skip


def _issue(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    points = [
        rectifying.Point(
            one["problem"],
            one["requirement"],
            stage.units[one["owner_unit"]],
            stage.people[one["owner_id"]],
            date.fromisoformat(one["due"]),
        )
        for one in act.values["points"]
    ]
    rectifying.issue(
        viewer, item, _visit(stage, viewer, item), points, intent_of(act), declared=True
    )


def _sign(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    rectifying.sign(viewer, item, _visit(stage, viewer, item), intent_of(act))


def _point(stage: Stage, viewer: Viewer, item: Item, nth: int) -> Rectification:
    visit = _visit(stage, viewer, item)
    return stage.first(
        viewer, item, Rectification,
        Rectification.inspection_id == visit.id, Rectification.nth == nth,
    )  # fmt: skip


def _reply(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    point = _point(stage, viewer, item, act.values["nth"])
    rectifying.reply(viewer, item, point, intent_of(act), said=act.values["said"], declared=True)


def _verify(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    point = _point(stage, viewer, item, act.values["nth"])
    rectifying.verify(viewer, item, point, intent_of(act))


def _end(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    commands.finish(viewer, item, _visit(stage, viewer, item), act.values["act"], intent_of(act))


DOERS: dict[str, Callable[[Stage, Act, Settings], None]] = {
    "plan_inspection": _plan,
    "approve_inspection": _approve,
    "record_inspection": _record,
    "conclude_inspection": _conclude,
    "issue_opinion": _issue,
    "sign_opinion": _sign,
    "reply_point": _reply,
    "verify_point": _verify,
    "end_inspection": _end,
}
