"""Filling 重新确定办结期限通知 (第十六条（六）, SPEC §2.10): the date set anew, and why."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.clock import shanghai_day
from portal.documents.filling.parts import as_before, control_code, head_of, one
from portal.documents.sorts.resets import RESET, change_of
from portal.documents.work_sheets import ResetSheet
from portal.extensions import db
from portal.models import Change, Closure, Event, Item, Opinion, Person, Unit
from portal.rulebook import changing, policy
from portal.rulebook.change_texts import rows_of
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.item_texts import number_of
from portal.rulebook.scope import Viewer, visible

REFUSED = ("not_met", "not_met_filing")
IN_TIME = "不符合办结要求的认定未超过现行时限，是否按时办结以重新确定的期限认定。"
LATE = "不符合办结要求的认定已超过现行时限，是否按时办结仍以{}认定。"


def notice(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> ResetSheet:
    """The notice of one new date. NotFound if it has none of that number, or it does not stand."""
    row = change_of(viewer, item, kind)
    held = as_before(viewer, item, row)
    lead = db.session.get_one(Unit, held["lead_unit_id"])
    (dates,) = rows_of(item, row)
    number = number_of(item)
    contact = _contact(viewer, item, row)
    return ResetSheet(
        college=college,
        number=str(number) if number else "",
        title=item.title,
        unit=lead.name,
        unit_head=head_of(lead.id, row.ended_at or row.proposed_at),
        level=policy.of(item.policy_version).level(held["level"]).label,
        responsible_leader=db.session.get_one(Person, held["responsible_leader_id"]).name,
        handed_in=_handed_in(viewer, row),
        nth=f"第{kind.partition('-')[2]}次",
        before=dates.before,
        after=dates.after,
        reason=_reason(viewer, row),
        judged_by=_judged_by(item, row),
        review=one(viewer, item, RESET, "agree_reset", row.id),
        contact=contact.name if contact else "",
        phone=contact.phone if contact else "",
        issued_on=shanghai_day(row.ended_at) if row.ended_at else None,
        control_code=control_code(item, as_of_id, kind),
    )


def _judged_by(item: Item, row: Change) -> str:
    """Decision 0079: refused by the due day, the new date judges; refused later, the old one."""
    due = changing.read(row.before).get("due_effective") or item.due_effective
    if due is None or shanghai_day(row.proposed_at) <= due:
        return IN_TIME
    return LATE.format(_day(due))


def _day(day: date) -> str:
    return f"{long_date(day)}前"


def _handed_in(viewer: Viewer, row: Change) -> str:
    """The day of the application that was refused."""
    at = db.session.scalar(
        visible(viewer, Closure)
        .where(
            Closure.item_id == row.item_id,
            Closure.outcome == "not_met",
            Closure.handed_in_at <= row.proposed_at,
        )
        .order_by(Closure.id.desc())
        .limit(1)
        .with_only_columns(Closure.handed_in_at)
    )
    return long_date(shanghai_day(at)) if at else ""


def _reason(viewer: Viewer, row: Change) -> str:
    """Why the result was refused: said in the act that also proposed the date."""
    refused = (
        select(Event.opinion_id)
        .where(
            Event.item_id == row.item_id,
            Event.act.in_(REFUSED),
            Event.at <= row.proposed_at,
        )
        .order_by(Event.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = visible(viewer, Opinion).where(Opinion.id == refused)
    return db.session.scalar(found.with_only_columns(Opinion.body)) or ""


def _contact(viewer: Viewer, item: Item, row: Change) -> Person | None:
    """Who last handed out the notice of the item: 党政办's 联系人 for it."""
    actor_id = db.session.scalar(
        visible(viewer, Event)
        .where(
            Event.item_id == item.id,
            Event.act.in_(("issue", "issue_first")),
            Event.at <= row.proposed_at,
        )
        .order_by(Event.id.desc())
        .limit(1)
        .with_only_columns(Event.actor_id)
    )
    return db.session.get(Person, actor_id) if actor_id else None
