"""People at work: each method is one act, done by its page's command, then told the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import inspect, select

from portal.clock import Clock
from portal.demo import sample
from portal.extensions import db
from portal.models import (
    ArchiveRecord,
    Feedback,
    FeedbackPoint,
    Item,
    ItemUnit,
    Person,
    Unit,
)
from portal.models.item import Part
from portal.rulebook import reporting
from portal.rulebook.scope import Viewer, view_as, visible
from portal.rulebook.workflow import Intent
from portal.steps.closing import archiving, returns
from portal.steps.closing import commands as closing
from portal.steps.execution import commands as execution
from portal.steps.issuing import commands as issuing
from portal.steps.registration import commands as registration
from portal.steps.registration.commands import ItemFields
from portal.steps.signing import commands as signing
from tests.packages import stand_in
from tests.semester import almanac, cast, runs
from tests.semester.almanac import SHANGHAI
from tests.semester.ledger import Account, HandIn, Ledger, Point
from tests.semester.runs import Box, Run

P = TypeVar("P", bound=Part)
WORD, URGE_WORD = "阿职督办", "阿职催办"
BECAUSE = "材料不全，请补充后再报。"
SOURCE = {"secretary": "party_committee", "president": "president_meeting",
          "both": "special_meeting"}  # fmt: skip


class DrivenClock(Clock):
    """Stands where it is put; two acts are never at the same moment, as no two are in life."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        """Where it was put."""
        return self.at

    def go_on(self, moment: datetime) -> None:
        """Put it there, or just behind what was done at that moment already."""
        self.at = max(moment, self.at + timedelta(microseconds=1))


class Office:
    """The portal as its people use it; `clock` is set by whoever drives the term."""

    def __init__(self, app: Flask, clock: DrivenClock, ledger: Ledger) -> None:
        self.app, self.clock, self.ledger = app, clock, ledger
        self.items: dict[str, int] = {}
        with app.app_context():
            by_no = dict(db.session.execute(select(Person.emp_no, Person.id)).all())
            by_code = dict(db.session.execute(select(Unit.code, Unit.id)).all())
        self.people = {row["id"]: by_no[row["emp_no"]] for row in sample.people()}
        self.units = {row["id"]: by_code[row["code"]] for row in sample.organisation()["units"]}

    @property
    def now(self) -> datetime:
        """The moment, in Shanghai."""
        return self.clock.at.astimezone(SHANGHAI)

    @contextmanager
    def as_(self, who: str, account: Account) -> Iterator[tuple[Viewer, Item]]:
        """Somebody opens an item to act on it."""
        self.clock.go_on(self.clock.at)
        with self.app.app_context():
            viewer = view_as(self.people[who], self.clock)
            found = visible(viewer, Item).where(Item.id == self.items[account.name])
            yield viewer, db.session.scalars(found).one()

    def first(self, viewer: Viewer, item: Item, model: type[P], *where: Any) -> P:
        """The first of the item's rows that fits."""
        found = visible(viewer, model).where(model.item_id == item.id, *where)
        return db.session.scalars(found.order_by(*inspect(model).primary_key).limit(1)).one()

    def share(self, viewer: Viewer, item: Item, unit: str) -> ItemUnit:
        """A unit's part."""
        return self.first(viewer, item, ItemUnit, ItemUnit.unit_id == self.units[unit])

    # 立项 ----------------------------------------------------------------------------------

    def draft(self, account: Account) -> None:
        """拟稿."""
        kind = "date" if account.explicit else "days" if account.days else "open"
        fields = ItemFields(
            title=f"学期工作{account.name}",
            requirement="对照要求逐项落实，建立台账。",
            source_type=SOURCE[account.principal],
            level=account.level,
            deadline_kind=kind,
            deadline_days=account.days,
            deadline_date=account.explicit,
            deadline_basis="会议确定" if account.explicit else "",
            lead_unit_id=self.units[account.unit],
            co_unit_ids=tuple(self.units[unit] for unit in account.co_units),
        )
        with self.app.app_context():
            viewer = view_as(self.people[account.drafter], self.clock)
            self.items[account.name] = registration.draft(viewer, fields, fresh()).id
        self.ledger.accounts[account.name] = account

    def submit(self, account: Account) -> Run:
        """提交立项; a unit's own draft goes to its head first."""
        with self.as_(account.drafter, account) as (viewer, item):
            registration.submit(viewer, item, fresh(), declared=True)
        by_unit = cast.people()[account.drafter]["unit_id"] != "U01"
        run = runs.initiation(account.unit, account.principal, self.now.date(), by_unit=by_unit)
        account.open_run(run, self.now)
        return run

    def sign(self, account: Account, run: Run, box: Box, who: str) -> bool:
        """A signature on the forms of the item itself; whether it was the last."""
        with self.as_(who, account) as (viewer, item):
            signing.sign(viewer, item, box.step, fresh())
        done = account.signed(run, box.role, self.now)
        if box.step == "confirm_close":
            account.handed_in(self.now)
        return done

    def send_back(self, account: Account, run: Run, who: str) -> None:
        """退回修改."""
        with self.as_(who, account) as (viewer, item):
            signing.send_back(viewer, item, fresh(BECAUSE), to_previous=False)
        run.stop(self.now)
        account.state = "returned"

    def reject(self, account: Account, run: Run, who: str) -> None:
        """不予立项."""
        with self.as_(who, account) as (viewer, item):
            signing.reject(viewer, item, fresh(BECAUSE))
        run.stop(self.now)
        account.state = "rejected"

    def file(self, account: Account, who: str, *, release: bool) -> None:
        """编号备案, mostly 并下达."""
        with self.as_(who, account) as (viewer, item):
            registration.file(viewer, item, fresh(), word=WORD, release=release)
        account.number, account.state = self.ledger.take(WORD, self.now.date()), "filed"
        if release:
            account.issued(self.now)

    def issue(self, account: Account, who: str) -> None:
        """下达."""
        with self.as_(who, account) as (viewer, item):
            issuing.issue(viewer, item, fresh())
        account.issued(self.now)

    def receive(self, account: Account, unit: str, who: str) -> None:
        """签收."""
        with self.as_(who, account) as (viewer, item):
            issuing.sign_receipt(viewer, item, self.share(viewer, item, unit), fresh())
        account.received(unit, "received")

    def name_handler(self, account: Account, unit: str, who: str, handler: str) -> None:
        """指定承办人."""
        with self.as_(who, account) as (viewer, item):
            share = self.share(viewer, item, unit)
            issuing.assign_handler(viewer, item, share, fresh(), self.people[handler])
        if unit == account.unit:
            account.handlers.add(handler)

    # 反馈 ----------------------------------------------------------------------------------

    def report(self, account: Account, who: str, point: Point | None) -> None:
        """填报反馈 for an instalment: the one that the form proposes, or a later one."""
        with self.as_(who, account) as (viewer, item):
            shown, wanted = (
                reporting.proposed_point(item, viewer),
                account.proposed(viewer.moment.day),
            )
            shown_due, wanted_due = (one.due if one else None for one in (shown, wanted))
            assert shown_due == wanted_due, (account.name, shown_due, wanted_due)
            self._report(viewer, item, self._point(viewer, item, point.due) if point else None)
        if point is not None:
            point.written = True

    def report_again(self, account: Account, who: str) -> None:
        """What came back, completed."""
        with self.as_(who, account) as (viewer, item):
            self._report(viewer, item, None)

    def _report(self, viewer: Viewer, item: Item, point_id: int | None) -> None:
        fields = execution.ReportFields(
            measures="专人跟进。", progress="按计划推进。", effect="阶段目标基本实现。",
            problems="无。", next_steps="继续推进。", percent=50,
        )  # fmt: skip
        execution.report(
            viewer, item, item.lead_unit_id, fields, fresh(), declared=True,
            with_it=execution.HandIn(point_id=point_id),
        )  # fmt: skip

    def confirm_report(self, account: Account, who: str, point: Point | None) -> None:
        """审核上报; the first time it was sent on is what counts."""
        with self.as_(who, account) as (viewer, item):
            written = self.first(viewer, item, Feedback, Feedback.state == "fb_unit")
            execution.confirm(viewer, item, written, fresh())
        if point is not None and point.sent_on is None:
            point.sent_on = self.now.date()
        if account.due is None:
            account.grow()

    def return_report(self, account: Account, who: str, act: str) -> None:
        """退回补充 by the head or by 党政办."""
        state = "fb_unit" if act == "return_to_handler" else "fb_submitted"
        with self.as_(who, account) as (viewer, item):
            written = self.first(viewer, item, Feedback, Feedback.state == state)
            execution.send_back(viewer, item, written, act, fresh(BECAUSE))

    def read_report(self, account: Account, who: str) -> None:
        """已阅."""
        with self.as_(who, account) as (viewer, item):
            written = self.first(viewer, item, Feedback, Feedback.state == "fb_submitted")
            execution.read(viewer, item, written, fresh())

    def merge(self, account: Account, who: str, missed: Point, into: Point) -> None:
        """合并计入本期."""
        with self.as_(who, account) as (viewer, item):
            late, report = (self._point(viewer, item, one.due) for one in (missed, into))
            written = self.first(viewer, item, Feedback, Feedback.point_id == report)
            execution.cover(viewer, item, written, fresh(), [late])
        missed.into = into

    def _point(self, viewer: Viewer, item: Item, due: Any) -> int:
        return self.first(viewer, item, FeedbackPoint, FeedbackPoint.due == due).id

    # 办结 ----------------------------------------------------------------------------------

    def apply(self, account: Account, who: str) -> Run:
        """申请办结; by the head it is handed in at once."""
        with self.as_(who, account) as (viewer, item):
            closing.apply_close(
                viewer, item, "已全部落实。", fresh(), declared=True, without_co_units=True
            )
        account.hand_ins.append(HandIn())
        run = runs.closing(account.unit, self.now.date())
        account.open_run(run, self.now)
        if who in cast.holders("unit_head", account.unit, self.now):
            account.signed(run, "unit_head", self.now)
            account.handed_in(self.now)
        return run

    def ask_supplement(self, account: Account, run: Run, who: str, days: int) -> None:
        """退回补正."""
        with self.as_(who, account) as (viewer, item):
            returns.ask_supplement(viewer, item, "return_supplement", fresh(BECAUSE), days)
        judged = run.step != "confirm_close"
        run.stop(self.now)
        today = self.now.date()
        account.sent_back(today, almanac.workday_after(today, days), judged=judged)

    def close(self, account: Account, who: str) -> None:
        """销号."""
        with self.as_(who, account) as (viewer, item):
            closing.close(viewer, item, fresh())
        account.state, account.closed_on = "closed", self.now.date()
        if account.pending is not None:
            account.pending.run.stop(self.now)
            account.pending.state = "lapsed"

    def keep(self, account: Account, who: str) -> None:
        """确认存档."""
        with self.as_(who, account) as (viewer, item):
            record = self.first(viewer, item, ArchiveRecord, ArchiveRecord.keeper == "unit")
            stand_in(item.public_id)
            archiving.keep_copy(viewer, item, record, fresh())

    def archive(self, account: Account, who: str) -> None:
        """归档."""
        with self.as_(who, account) as (viewer, item):
            archiving.archive(viewer, item, fresh())
        account.state, account.archived_on = "archived", self.now.date()


def fresh(opinion: str = "") -> Intent:
    """A form just opened."""
    return Intent(None, uuid.uuid4(), opinion)


def later(moment: datetime, **span: float) -> datetime:
    """So much later, within office hours."""
    return in_office(moment + timedelta(**span))


def in_office(moment: datetime) -> datetime:
    """The moment, or the next one of office hours."""
    day = moment.date()
    while True:
        for opens, closes in almanac.OFFICE if almanac.works(day) else ():
            start = max(moment, datetime.combine(day, opens, SHANGHAI))
            if start < datetime.combine(day, closes, SHANGHAI):
                return start
        day += almanac.DAY
