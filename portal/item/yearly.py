"""年度评估 of a long-running item as its page shows it: the one that waits, and those before
(第十八条（四）, SPEC §2.15)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from portal.extensions import db
from portal.filters import full_date, remaining
from portal.item.people import named
from portal.models import Event, Item, Opinion
from portal.rulebook import policy, reviews
from portal.rulebook.scope import Viewer, visible

RUNNING = "in_progress"


class Past(NamedTuple):
    """A review: of which year, what was decided, what follows, in whose words, when."""

    year: int
    outcome: str
    follows: str
    words: str
    who: str
    day: date


class Yearly(NamedTuple):
    """What is said first, whether that is late, and the reviews, latest first."""

    said: str
    late: bool
    past: tuple[Past, ...]


def yearly_of(viewer: Viewer, item: Item) -> Yearly | None:
    """None of an item that is not long-running, or not handed out yet."""
    if item.level != reviews.LONG_RUNNING or item.issued_on is None:
        return None
    rows = db.session.execute(
        visible(viewer, Event)
        .add_columns(Opinion.body)
        .outerjoin(Opinion, Opinion.id == Event.opinion_id)
        .where(Event.item_id == item.id, Event.act == "review_yearly")
        .order_by(Event.id.desc())
    ).all()
    people = named([row.Event.actor_id for row in rows], viewer.moment.day)
    past = tuple(
        Past(
            row.Event.facts["year"],
            reviews.OUTCOMES[row.Event.facts["outcome"]],
            reviews.FOLLOWS[row.Event.facts["outcome"]],
            row.body or "",
            people[row.Event.actor_id].name,
            row.Event.day,
        )
        for row in rows
    )
    since = max([item.issued_on, *(one.day for one in past)])
    said, late = _said(item, since, viewer.moment.day)
    return Yearly(said, late, past) if said or past else None


def _said(item: Item, since: date, today: date) -> tuple[str, bool]:
    if item.state != RUNNING:
        return "", False
    if item.review_due is None:
        edition = policy.of(item.policy_version)
        due = reviews.window(since, open_ended=item.deadline_kind == "open", policy=edition).due
        return f"下次评估应于{full_date(due)}前完成。", False
    left = remaining(item.review_due, today)
    said = f"{item.review_due.year}年度评估应于{full_date(item.review_due)}前完成，{left}。"
    return said, item.review_due < today
