"""待我签批, one after the other: what waits for a person's signature, and where to go on.

Beside `web`: every step's answer leads here if its form was sent from the page of a signature.
"""

from __future__ import annotations

import uuid
from typing import NamedTuple

from flask import Response, url_for

from portal.extensions import db
from portal.models import Item
from portal.rulebook import tray
from portal.rulebook.offers import decisions
from portal.rulebook.scope import Viewer, visible
from portal.web import to


class Decision(NamedTuple):
    """One signature that waits: its act, its item, and the word of what is to be done."""

    act: str
    public_id: uuid.UUID
    title: str
    word: str

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


def go_on(viewer: Viewer) -> Response:
    """To the next signature that waits; to the list, which says that none does."""
    waiting = decisions_of(viewer)
    return to(waiting[0].href if waiting else url_for("desk.todo"))
