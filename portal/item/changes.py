"""作废、调整、恢复督办 on an item's page: what waits for consent, what was changed, what may be
proposed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from flask import url_for

from portal.extensions import db
from portal.filters import as_day
from portal.item.people import named
from portal.models import Change, Event, Item, Opinion
from portal.rulebook.change_texts import LABELS, Row, rows_of
from portal.rulebook.machines import state_word
from portal.rulebook.offers import Offer
from portal.rulebook.scope import Viewer, visible
from portal.steps.changes.routes import PROPOSALS

SHOWN = ("open", "agreed")
"""What was refused or withdrawn changed nothing: 办理过程 names it."""


class Sheet(NamedTuple):
    """One change as the page shows it: its title, how far it is, both sides, why."""

    title: str
    state: str
    open: bool
    day: date
    who: str
    reason: str
    rows: list[Row]

    @property
    def notice(self) -> str:
        """「作废报批中」."""
        return f"{self.title}报批中"


def sheets_of(viewer: Viewer, item: Item) -> list[Sheet]:
    """The change that waits and those that were agreed to, latest first."""
    rows = db.session.execute(
        visible(viewer, Change)
        .add_columns(Opinion.body)
        .outerjoin(
            Event,
            (Event.item_id == Change.item_id)
            & (Event.subject == "change")
            & (Event.subject_id == Change.id)
            & (Event.act == Change.kind),
        )
        .outerjoin(Opinion, Opinion.id == Event.opinion_id)
        .where(Change.item_id == item.id, Change.state.in_(SHOWN))
        .order_by(Change.id.desc())
    ).all()
    names = named([row.Change.proposed_by_id for row in rows], viewer.moment.day)
    return [
        _sheet(item, row.Change, row.body or "", names[row.Change.proposed_by_id].name)
        for row in rows
    ]


def _sheet(item: Item, change: Change, reason: str, who: str) -> Sheet:
    return Sheet(
        LABELS[change.kind],
        state_word("change", change.state),
        change.state == "open",
        as_day(change.ended_at or change.proposed_at),
        who,
        reason,
        rows_of(item, change),
    )


def proposals_of(item: Item, offered: Iterable[Offer]) -> list[tuple[str, str]]:
    """The changes this person may propose now: label and address."""
    return [
        (
            offer.rule.label,
            url_for("changes.new", public_id=item.public_id, kind=offer.act),
        )
        for offer in offered
        if offer.act in PROPOSALS and offer.subject is None
    ]
