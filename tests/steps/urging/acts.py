"""催办 as acts of the sample's people, for the tests of what follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Item, Person, Unit, UrgeNotice, UrgeQuestion
from portal.steps.urging import commands, replying
from portal.steps.urging.clock import follow_urging
from tests.steps.acting import (
    HEAD,
    LEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    PRESIDENT,
    REASON,
    Actor,
    intent,
    pass_days,
)

WORD = "阿职催办"
SUBJECT = "第1次催办：逾期未办结。"
Run = Callable[[int], int]


def overdue(actor: Actor, days: int = 1, code: str = LEAD) -> None:
    """The date of the lead unit, or a co-unit's own, passed so many days ago."""
    viewer, item = actor.item()
    day = viewer.moment.day - timedelta(days=days)
    if code == LEAD:
        item.due_effective = item.due = day
        item.red_from = day + timedelta(days=1)
    else:
        actor.share(code).inner_due = day
    db.session.commit()


def urge(actor: Actor, who: str = OFFICE, code: str = LEAD, **given: object) -> UrgeNotice:
    """拟催办; returns the notice."""
    viewer, item = actor.item(who)
    fields = {"subject": SUBJECT, "limit_days": 3, "declared": True} | given
    commands.urge(viewer, item, unit_of(code), intent(None), **fields)  # type: ignore[arg-type]
    return notice(actor)


def sign_all(actor: Actor, leader: str = LEADER) -> None:
    """分管院领导, 分管党政办院领导, 主要领导."""
    for who, act in (
        (leader, "sign_urge"), (OFFICE_LEADER, "review_urge"), (PRESIDENT, "approve_urge"),
    ):  # fmt: skip
        sign(actor, who, act)


def sign(actor: Actor, who: str, act: str) -> None:
    """One signature."""
    viewer, item = actor.item(who)
    commands.sign(viewer, item, act, notice(actor), intent(None))


def issue(actor: Actor) -> UrgeNotice:
    """编号下达."""
    viewer, item = actor.item()
    commands.issue(viewer, item, notice(actor), intent(None), word=WORD)
    return notice(actor)


def issued(actor: Actor) -> UrgeNotice:
    """Overdue since yesterday, urged, signed by everybody, issued."""
    overdue(actor)
    urge(actor)
    sign_all(actor)
    return issue(actor)


def receive(actor: Actor, who: str = HEAD) -> None:
    """签收."""
    viewer, item = actor.item(who)
    commands.receive(viewer, item, notice(actor), intent(None))


def reply(actor: Actor, who: str = HEAD, **given: object) -> None:
    """回复催办."""
    viewer, item = actor.item(who)
    fields = {
        "measures": "增派人员，倒排工期。", "declared": True,
        "promised_on": viewer.moment.day + timedelta(days=2),
    } | given  # fmt: skip
    replying.reply(
        viewer,
        item,
        notice(actor),
        intent(None, "施工材料晚到。"),
        **fields,  # type: ignore[arg-type]
    )


def state_reason(actor: Actor, who: str = HEAD) -> None:
    """说明正当理由."""
    viewer, item = actor.item(who)
    commands.state_reason(viewer, item, question(actor), intent(None, REASON), declared=True)


def rule(actor: Actor, *, accepted: bool) -> None:
    """采纳 or 不采纳."""
    viewer, item = actor.item(OFFICE_HEAD)
    command = commands.accept_reason if accepted else commands.refuse_reason
    command(viewer, item, question(actor), intent(None, REASON))


def notice(actor: Actor) -> UrgeNotice:
    """The latest notice, as whoever looked last; as the office where nobody did."""
    if not db.session.info.get("keys"):
        actor.item()
    return db.session.scalars(
        select(UrgeNotice)
        .join(Item, Item.id == UrgeNotice.item_id)
        .where(Item.public_id == actor.public_id)
        .order_by(UrgeNotice.id.desc())
        .limit(1)
    ).one()


def question(actor: Actor) -> UrgeQuestion:
    """Its question."""
    return db.session.scalars(
        select(UrgeQuestion).where(UrgeQuestion.urge_id == notice(actor).id)
    ).one()


def unit_of(code: str) -> int:
    """A unit's id."""
    return db.session.scalars(select(Unit.id).where(Unit.code == code)).one()


def person(name: str) -> int:
    """A person's id."""
    return db.session.scalars(select(Person.id).where(Person.name == name)).one()


def running_clock(worker: Flask, college: Flask) -> Run:
    """Days pass for everybody, then the clock's rule runs; how many rows it moved."""

    def run(days: int) -> int:
        pass_days(college, days)
        worker.extensions["portal.clock"].shift = college.extensions["portal.clock"].shift
        with worker.app_context():
            return follow_urging()

    return run
