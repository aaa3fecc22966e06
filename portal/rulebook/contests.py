"""对代录提出的异议 word for word (SPEC §8.4), for those who answer it, correct or enter anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.models import ApprovalSlot, Event, Feedback, Opinion, Person
from portal.rulebook.scope import Viewer, visible

ACTS = ("contest_paper", "contest_report")


class Contest(NamedTuple):
    """Who objected on which day, in which words, to an entry of which day by whom."""

    who: str
    day: date
    words: str
    paper_on: date | None
    typist: str


Entry = ApprovalSlot | Feedback


def contest_of(viewer: Viewer, entry: Entry) -> Contest | None:
    """The objection to an entry, or to what stood in a box that is asked anew; None without one."""
    return contests_of(viewer, [entry]).get(entry.id)


def contests_of(viewer: Viewer, entries: Iterable[Entry]) -> dict[int, Contest]:
    """The objections to entries of one item, all boxes or all reports, by the entry's id."""
    contested = [entry for entry in entries if entry.contested_at is not None]
    if not contested:
        return {}
    rows = db.session.execute(
        visible(viewer, Event)
        .add_columns(Opinion.body)
        .outerjoin(Opinion, Opinion.id == Event.opinion_id)
        .where(
            Event.item_id == contested[0].item_id,
            Event.act.in_(ACTS),
            Event.at.in_({entry.contested_at for entry in contested}),
        )
    ).all()
    names = _names(row.Event for row in rows)
    return {
        entry.id: _contest(row.Event, row.body or "", names)
        for entry in contested
        for row in rows
        if _about(row.Event, entry)
    }


def _about(event: Event, entry: Entry) -> bool:
    """Whether the event objects to this entry; the objection to a kept signature goes on with the
    box of its step in the new run."""
    if event.at != entry.contested_at:
        return False
    if isinstance(entry, Feedback):
        return event.subject_id == entry.id
    return event.subject_id == entry.id or event.facts.get("step") == entry.step


def _contest(event: Event, words: str, names: dict[int, str]) -> Contest:
    facts = event.facts
    paper_on = facts.get("paper_on")
    return Contest(
        names.get(event.actor_id or 0, ""),
        event.day,
        words,
        date.fromisoformat(paper_on) if paper_on else None,
        names.get(facts.get("entered_by_id") or 0, ""),
    )


def _names(events: Iterable[Event]) -> dict[int, str]:
    wanted: set[int | None] = set()
    for event in events:
        wanted.update((event.actor_id, event.facts.get("entered_by_id")))
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}
