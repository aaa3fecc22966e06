"""岗位交接 as the item's page shows it: both names, what was said, how far it is (第八条)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from portal.extensions import db
from portal.item.people import named
from portal.models import Handover, HandoverList, Item
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer, visible


class Passed(NamedTuple):
    """One 交接 of the item; `texts` are those that there are, by label; `sheet` is the list it is
    on."""

    giver: str
    taker: str
    reason: str
    texts: tuple[tuple[str, str], ...]
    state: str
    begun_at: datetime
    effective_at: datetime | None
    sheet: uuid.UUID


def handovers_of(viewer: Viewer, item: Item) -> list[Passed]:
    """Every 交接 of the item, newest first."""
    rows = db.session.scalars(
        visible(viewer, Handover).where(Handover.item_id == item.id).order_by(Handover.id.desc())
    ).all()
    names = named({id_ for row in rows for id_ in (row.from_id, row.to_id)}, viewer.moment.day)
    lists = dict(
        db.session.execute(
            select(HandoverList.id, HandoverList.public_id).where(
                HandoverList.id.in_({row.list_id for row in rows})
            )
        ).all()
    )
    return [
        Passed(
            names[row.from_id].name,
            names[row.to_id].name,
            row.reason,
            _texts(row),
            state_word("handover", row.state),
            row.begun_at,
            row.effective_at,
            lists[row.list_id],
        )
        for row in rows
    ]


def _texts(row: Handover) -> tuple[tuple[str, str], ...]:
    pairs = (("进展", row.progress), ("未尽事宜", row.open_matters), ("移交材料", row.materials))
    return tuple((label, text) for label, text in pairs if text)
