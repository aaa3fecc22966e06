"""岗位交接 in the matrix (第八条): at each confirmation, seen to by the unit's head, by 党政办主任
and, where he is a party himself, by 党政办分管领导."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from portal.extensions import db
from portal.models import Handover, Person
from portal.steps.handing import commands
from portal.steps.handing.commands import Line, Wanted
from tests.steps.acting import HANDLER, HEAD, LEAD, OFFICE_HEAD, REASON, Actor, intent

NEXT, OFFICE_UNIT, OFFICE_HANDLER = "三郎彭措", "DZB", "泽仁旺姆"


def passed_on(actor: Actor) -> Iterator[None]:
    """Between two of the lead unit; then to its head; then of a co-unit, 党政办, to its head."""
    actor.to_work()
    begin(actor, LEAD, HANDLER, NEXT)
    confirm(actor, HANDLER, "confirm_giving")
    yield
    confirm(actor, NEXT, "confirm_taking")
    yield
    confirm(actor, HEAD, "confirm_handover")
    begin(actor, LEAD, NEXT, HEAD)
    confirm(actor, NEXT, "confirm_giving")
    confirm(actor, HEAD, "confirm_taking")
    yield
    actor.receive(OFFICE_HEAD, OFFICE_UNIT, OFFICE_HANDLER)
    begin(actor, OFFICE_UNIT, OFFICE_HANDLER, OFFICE_HEAD)
    confirm(actor, OFFICE_HANDLER, "confirm_giving")
    confirm(actor, OFFICE_HEAD, "confirm_taking")
    yield


def begin(actor: Actor, code: str, giver: str, taker: str) -> None:
    """办理交接 of the item, by who hands over."""
    viewer, item = actor.item(giver)
    ids = dict(db.session.execute(select(Person.name, Person.id)).all())
    wanted = Wanted("person", actor.share(code).unit_id, ids[giver], ids[taker], REASON)
    commands.begin(viewer, wanted, [Line(item.id)], intent(None), declared=True)


def confirm(actor: Actor, who: str, act: str) -> None:
    """One confirmation of the latest line."""
    viewer, item = actor.item(who)
    line = db.session.scalars(select(Handover).order_by(Handover.id.desc()).limit(1)).one()
    commands.confirm(viewer, item, line, act, intent(None))
