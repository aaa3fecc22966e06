"""What a report may take in: the co-units' reports that wait for the lead unit (第八条); the report
that came back, with the reason; and how one that was typed in came (SPEC §8.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any, NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.models import Event, Feedback, Item, Opinion, Person, Unit
from portal.rulebook import on_paper
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.signers import Signer

ENTRIES = ("enter_report", "enter_co_report", "correct_report")


def waiting_for_lead(viewer: Viewer, item: Item) -> list[tuple[Feedback, str]]:
    """The co-units' reports that are not merged yet, each with its unit's name, as far as this
    viewer may know of them."""
    rows = db.session.execute(
        visible(viewer, Feedback)
        .add_columns(Unit.short_name, Person.name.label("typist"))
        .join(Unit, Unit.id == Feedback.unit_id)
        .outerjoin(Person, Person.id == Feedback.entered_by_id)
        .where(Feedback.item_id == item.id, Feedback.state == "fb_lead")
        .order_by(Feedback.id)
    )
    return [(row.Feedback, _whose(row)) for row in rows]


def _whose(row: Any) -> str:
    """「后勤国资处（纸质反馈，何玉萍代录）」."""
    typed = on_paper.entered_words(on_paper.REPORTS, row.Feedback.via, row.typist)
    return f"{row.short_name}（{typed}）" if typed else str(row.short_name)


class SentBack(NamedTuple):
    """Who sent a report back when, why, and by when it is to be supplemented (党政办 alone sets a
    date)."""

    who: str
    day: date
    reason: str
    until: date | None


def returned(item: Item, unit_id: int) -> Feedback | None:
    """The unit's report that was sent back and not handed in again."""
    return db.session.scalars(
        select(Feedback)
        .where(
            Feedback.item_id == item.id,
            Feedback.unit_id == unit_id,
            Feedback.state == "fb_returned",
        )
        .order_by(Feedback.id.desc())
        .limit(1)
    ).one_or_none()


def sent_back(viewer: Viewer, item: Item, unit_id: int) -> SentBack | None:
    """退回补充 of the report the unit goes on with; None: nothing came back."""
    report = returned(item, unit_id)
    if report is None:
        return None
    found = db.session.execute(
        visible(viewer, Event)
        .join(Opinion, Opinion.id == Event.opinion_id)
        .join(Person, Person.id == Event.actor_id)
        .where(
            Event.item_id == item.id,
            Event.subject == "feedback",
            Event.subject_id == report.id,
            Event.to_state == "fb_returned",
        )
        .order_by(Event.id.desc())
        .limit(1)
        .with_only_columns(Person.name, Event.day, Opinion.body)
    ).first()
    if found is None:
        return None
    return SentBack(found.name, found.day, found.body, report.supplement_due)


def as_entered(viewer: Viewer, report: Feedback) -> dict[str, Any]:
    """Of a report that was typed in what only the record of that holds, by the form's fields: who
    reported and for whom, and of a call when it was and what was said."""
    row = db.session.execute(
        visible(viewer, Event)
        .add_columns(Opinion.body)
        .outerjoin(Opinion, Opinion.id == Event.opinion_id)
        .where(
            Event.item_id == report.item_id,
            Event.act.in_(ENTRIES),
            Event.subject_id == report.id,
        )
        .order_by(Event.id.desc())
        .limit(1)
    ).one()
    facts: Mapping[str, Any] = row.Event.facts
    call_at = facts.get("call_at")
    return {
        "signer_id": Signer(facts["signer_id"], facts.get("signed_for_id"), "", "").value,
        "call_at": time.fromisoformat(call_at) if call_at else None,
        "opinion": row.body or "",
    }
