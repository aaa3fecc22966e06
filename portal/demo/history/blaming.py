"""问责线索 of one sample item as acts (第二十二至二十五条), and how each kind of them is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

from sqlalchemy import select

from portal.config import Settings
from portal.demo import sample
from portal.demo.history import people, texts
from portal.demo.history.act import Act, Course
from portal.demo.history.opening import Row
from portal.demo.history.stage import Stage
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Case, Item
from portal.rooms.accountability import clock, commands
from portal.rooms.accountability.commands import said_of
from portal.rulebook import urging
from portal.rulebook.scope import everything, view_as_clock, visible

RAISED, CHECKED, ASKED, STATED = time(8, 5), time(10, 20), time(10, 50), time(11, 30)
PROPOSED, REFERRED = time(9, 5), time(9, 40)


def hold(course: Course, row: Row) -> None:
    """Every record of the item, as far as the sample knows of it."""
    for record in sample.accountability():
        if record["item_id"] == row["id"]:
            _record(course, record)


def _record(course: Course, record: Row) -> None:
    raised = date.fromisoformat(record["raised_on"])
    course.aside(raised, RAISED, "", "raise_case", criterion=record["criterion"])
    check = record["office_check"]
    if check is None:
        return
    day = date.fromisoformat(check["on"])
    course.aside(day, CHECKED, check["by"], "case", act="check_clue")
    if record["status"] == "dropped":
        course.aside(
            day, ASKED, check["by"], "case", act="drop_clue", opinion=check["note"],
            values={"justified": check["justified"]},
        )  # fmt: skip
        return
    course.aside(day, ASKED, check["by"], "case", act="hear_unit", opinion=check["note"])
    stated = record["statement"]
    day = date.fromisoformat(stated["on"])
    course.aside(day, STATED, stated["by"], "case", act="state_case", opinion=stated["text"])
    day = date.fromisoformat(record["referred_on"])
    course.aside(
        day, PROPOSED, people.OFFICE_HEAD, "case", act="propose_referral", opinion=texts.REFERRED,
        values={"referred_to": record["referred_to"]},
    )  # fmt: skip
    course.aside(day, REFERRED, people.OFFICE_LEADER, "case", act="refer")


def _raise(stage: Stage, act: Act, _settings: Settings) -> None:
    """What the clock's rule finds on this item at this moment."""
    with everything(because="示例事项：提示问责线索"):
        viewer = view_as_clock(stage.clock)
        public_id = stage.items[act.item]
        item = db.session.scalars(select(Item).where(Item.public_id == public_id)).one()
        if act.values["criterion"] == "A23":
            raised = clock.raise_overdue(viewer, item)
        else:
            latest = urging.unmet_notices([item.id])[-1]
            raised = clock.raise_unmet(viewer, item, notice_id=latest.id)
        if not raised:
            raise NotOffered("示例事项没有可提示的线索。")
        db.session.commit()


def _act(stage: Stage, act: Act, _settings: Settings) -> None:
    viewer, item = stage.enter(act)
    found = visible(viewer, Case).where(Case.item_id == item.id).order_by(Case.id).limit(1)
    case = db.session.scalars(found).one()
    values = {"declared": True, **act.values.get("values", {})}
    said = said_of(act.key, act.values.get("opinion", ""), "", values)
    commands.act(viewer, act.values["act"], case, said)


DOERS: dict[str, Callable[[Stage, Act, Settings], None]] = {
    "raise_case": _raise,
    "case": _act,
}
