"""待我签批, one after the other: what waits for a person's signature, and where to go on.

Beside `web`: every step's answer leads here if its form was sent from the page of a signature.
"""

from __future__ import annotations

import uuid
from typing import NamedTuple

from flask import Response, flash, url_for

from portal.extensions import db
from portal.models import ApprovalSlot, Item
from portal.rulebook import tray
from portal.rulebook.guards import to_be_taken_back
from portal.rulebook.offers import decisions
from portal.rulebook.scope import Viewer, visible
from portal.web import to

UNDO = "undo"
"""Flashed beside what is said: where 撤回 is sent."""


class Decision(NamedTuple):
    """One signature that waits: its act, its item, and the word of what is to be done."""

    act: str
    public_id: uuid.UUID
    title: str
    word: str

    @property
    def key(self) -> str:
        """What a form that is sent before this one bears, so as to lead here."""
        return f"{self.act} {self.public_id}"

    @property
    def href(self) -> str:
        """Its own page."""
        return url_for("sign_off.page", public_id=self.public_id, act=self.act)


def decisions_of(viewer: Viewer) -> list[Decision]:
    """The signatures that wait for this person, longest first."""
    signing = decisions()
    rows = [row for row in tray.waiting(viewer) if row.act in signing]
    found = db.session.execute(
        visible(viewer, Item)
        .where(Item.id.in_({row.item_id for row in rows}))
        .with_only_columns(Item.id, Item.public_id, Item.title)
    )
    items = {row.id: row for row in found}
    return [
        Decision(row.act, items[row.item_id].public_id, items[row.item_id].title, row.word)
        for row in rows
        if row.item_id in items
    ]


def go_on(viewer: Viewer, item_id: uuid.UUID, then: str) -> Response:
    """To the signature that the page announced as the next (`then` is its key); to the first that
    waits if that one waits no more; to the list, which says that none does. What was just signed
    may be taken back from the notice in the corner."""
    if (box := _just_signed(viewer, item_id)) is not None:
        flash(
            url_for("signing.signatures_uuidbox_id_withdrawal", public_id=item_id, box_id=box), UNDO
        )
    waiting = decisions_of(viewer)
    waiting.sort(key=lambda one: one.key != then)
    return to(waiting[0].href if waiting else url_for("desk.todo"))


def _just_signed(viewer: Viewer, item_id: uuid.UUID) -> uuid.UUID | None:
    """The box of the item that this person has signed in the act that is being answered."""
    return db.session.scalars(
        visible(viewer, ApprovalSlot)
        .join(Item, Item.id == ApprovalSlot.item_id)
        .where(
            Item.public_id == item_id,
            ApprovalSlot.person_id == viewer.person_id,
            ApprovalSlot.decided_at == viewer.moment.instant,
            ApprovalSlot.state == "agreed",
            to_be_taken_back(ApprovalSlot),
        )
        .limit(1)
        .with_only_columns(ApprovalSlot.public_id)
    ).one_or_none()
