"""岗位交接 of one sample item as acts (第八条), and how each kind of them is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from portal.clock import SHANGHAI
from portal.config import Settings
from portal.demo.history import people
from portal.demo.history.act import Act, Course
from portal.demo.history.opening import Row
from portal.demo.history.stage import Stage, intent_of
from portal.models import Handover
from portal.steps.handing import commands
from portal.steps.handing.commands import Line, Wanted

BEFORE = timedelta(minutes=10)
"""How long before the first confirmation the list was made."""
SUPERVISED = time(16, 20)


def take_over(course: Course, row: Row, given: Row) -> None:
    """Made by who hands over; confirmed by him, by the successor and by the unit's head."""
    day, unit = date.fromisoformat(given["on"]), row["lead_unit_id"]
    given_at, taken_at = (
        datetime.fromisoformat(given[f"{side}_confirmed_at"]).astimezone(SHANGHAI)
        for side in ("from", "to")
    )
    course.add(day, (given_at - BEFORE).time(), given["from_id"], "hand_over", unit=unit,
               person=given["to_id"], given=given)  # fmt: skip
    for at, who, act in (
        (given_at.time(), given["from_id"], "confirm_giving"),
        (taken_at.time(), given["to_id"], "confirm_taking"),
        (SUPERVISED, people.head_of(unit, day), "confirm_handover"),
    ):
        course.add(day, at, who, "confirm_handover", act=act)


def _hand_over(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    given = act.values["given"]
    wanted = Wanted(
        kind="person",
        unit_id=stage.units[act.values["unit"]],
        from_id=stage.people[act.who],
        to_id=stage.people[act.values["person"]],
        reason=given["reason"],
    )
    line = Line(
        item.id, open_matters=given["open_matters"], materials="、".join(given["materials"])
    )
    commands.begin(viewer, wanted, [line], intent_of(act), declared=True)


def _confirm(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    line = stage.first(viewer, item, Handover, Handover.effective_at.is_(None))
    commands.confirm(viewer, item, line, act.values["act"], intent_of(act))


DOERS: dict[str, Callable[[Stage, Act, Settings], None]] = {
    "hand_over": _hand_over,
    "confirm_handover": _confirm,
}
