"""Acts done by people of the sample college through the commands, for tests of what follows.

An item A01 (一级 by default, lead 保卫处 BWC, co-units 后勤国资处 HGC and 学工部 XGB) is brought
to a state; then the test does its own acts as the persons it names.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.clock import Clock
from portal.extensions import db
from portal.models import Event, Feedback, Item, ItemUnit, Person, Unit
from portal.rulebook.offers import offered
from portal.rulebook.scope import Viewer, view_as, visible
from portal.rulebook.workflow import Intent
from portal.steps.closing import commands as closing
from portal.steps.execution import commands as execution
from portal.steps.issuing import commands as issuing
from portal.steps.registration import commands as registration
from portal.steps.signing import commands as signing
from tests import scenes
from tests.people import draft

OFFICE, OFFICE_HEAD, OFFICE_LEADER = "何玉萍", "杨思源", "余茂春"
SECRETARY, PRESIDENT = "向维岷", "三郎泽里"
LEADER, HEAD, HANDLER = "坤清祥", "坤建军", "邓涛"
LEAD, CO_UNIT, CO_HEAD = "BWC", "HGC", "王尔基"
REASON = "材料不全，请补充后再报。"
REPORT = execution.ReportFields(
    measures="对全部楼栋开展排查。",
    progress="已排查全部楼栋，发现隐患17处。",
    effect="整改12处。",
    problems="实训楼线路老化。",
    next_steps="逐项销号。",
    percent=60,
)


class Actor:
    """The people of the sample college at work on one item; each act is one command."""

    def __init__(self, app: Flask, public_id: uuid.UUID) -> None:
        self.app, self.public_id = app, public_id

    def viewer(self, who: str) -> Viewer:
        """This person now, by the application's clock."""
        person = db.session.scalars(select(Person.id).where(Person.name == who)).one()
        return view_as(person, self.app.extensions["portal.clock"])

    def item(self, who: str = OFFICE) -> tuple[Viewer, Item]:
        """The item as this person may know of it."""
        viewer = self.viewer(who)
        found = db.session.scalars(
            visible(viewer, Item).where(Item.public_id == self.public_id)
        ).one()
        return viewer, found

    def share(self, code: str) -> ItemUnit:
        """A unit's share."""
        return db.session.scalars(
            select(ItemUnit)
            .join(Unit, Unit.id == ItemUnit.unit_id)
            .join(Item, Item.id == ItemUnit.item_id)
            .where(Unit.code == code, Item.public_id == self.public_id)
        ).one()

    def reports(self) -> list[Feedback]:
        """All reports, as the office reads them."""
        _viewer, item = self.item()
        return list(
            db.session.scalars(
                select(Feedback).where(Feedback.item_id == item.id).order_by(Feedback.id)
            )
        )

    def offers(self, who: str) -> set[str]:
        """The acts this person may do now."""
        viewer, item = self.item(who)
        return {offer.act for offer in offered(viewer, item)}

    def events(self) -> list[Event]:
        """Everything that was done, in order."""
        _viewer, item = self.item()
        return list(
            db.session.scalars(select(Event).where(Event.item_id == item.id).order_by(Event.id))
        )

    # The main line ------------------------------------------------------------------------

    def to_filing(self) -> None:
        """提交, 审签, 审核, 审定."""
        scenes.play(self.app, ("to_filing", self.public_id), self._to_filing)

    def _to_filing(self) -> None:
        viewer, item = self.item()
        registration.submit(viewer, item, intent(item), declared=True)
        for who, act in ((LEADER, "sign"), (OFFICE_LEADER, "review"), (PRESIDENT, "approve")):
            self.sign(who, act)

    def file(self, *, release: bool = True) -> None:
        """编号备案, usually 并下达."""
        viewer, item = self.item()
        registration.file(viewer, item, intent(item), word="阿职督办", release=release)

    def to_work(self) -> None:
        """All the way to 办理中: every unit has signed, the lead unit has its handler."""
        scenes.play(self.app, ("to_work", self.public_id), self._to_work)

    def _to_work(self) -> None:
        self.to_filing()
        self.file()
        self.receive(HEAD, LEAD, HANDLER)

    def sign(self, who: str, act: str, opinion: str = "") -> None:
        """One signature."""
        viewer, item = self.item(who)
        signing.sign(viewer, item, act, intent(item, opinion))

    def receive(self, who: str, code: str, handler: str | None = None) -> None:
        """签收, with the handler if one is named."""
        viewer, item = self.item(who)
        chosen = (
            db.session.scalars(select(Person.id).where(Person.name == handler)).one()
            if handler
            else None
        )
        issuing.sign_receipt(viewer, item, self.share(code), intent(None), chosen)

    def report(self, who: str, code: str = LEAD, **with_it: Any) -> Feedback:
        """A report of a unit; returns it."""
        viewer, item = self.item(who)
        unit_id = self.share(code).unit_id
        fields = with_it.pop("fields", REPORT)
        execution.report(
            viewer,
            item,
            unit_id,
            fields,
            intent(item),
            declared=True,
            with_it=execution.HandIn(**with_it),
        )
        return self.reports()[-1]

    def apply_close(self, who: str = HEAD) -> None:
        """申请办结; by the head it is handed in at once."""
        viewer, item = self.item(who)
        closing.apply_close(
            viewer,
            item,
            "隐患17处已全部整改。",
            intent(item),
            declared=True,
            without_co_units=True,
        )

    def to_closing_filing(self) -> None:
        """The rest of the chain of annex 3."""
        for who, act in (
            (LEADER, "sign_close"),
            (OFFICE_HEAD, "check_close"),
            (OFFICE_LEADER, "review_close"),
            (SECRETARY, "read_close"),
            (PRESIDENT, "read_close"),
        ):
            self.sign(who, act)


def intent(item: Item | None, opinion: str = "") -> Intent:
    """What a fresh form would say."""
    return Intent(item.version if item is not None else None, uuid.uuid4(), opinion)


@contextmanager
def at_work(app: Flask, sample: str = "A01", **fields: Any) -> Iterator[Actor]:
    """An item of the sample in work, inside an application context."""
    public_id = draft(app, sample, **fields)
    with app.app_context():
        actor = Actor(app, public_id)
        actor.to_work()
        yield actor


def pass_days(app: Flask, days: int) -> date:
    """Move the clock of the application forward; the day it then shows."""
    clock: Clock = app.extensions["portal.clock"]
    clock.shift += timedelta(days=days)
    return clock.today()
