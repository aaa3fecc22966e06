"""The events of an item as they were sealed, so that whoever holds the package can check them.

A seal's digest is taken over the one before it and the event's record; both are given word for
word, and the texts whose salted digests stand in the record. Without the server this proves that
nothing in the file was changed; the server's chain proves that the seals are its own.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import RowMapping, not_

from portal.audit import texts
from portal.audit.digests import SEALED, canonical
from portal.extensions import db
from portal.models import Event, Item, Opinion, Seal
from portal.rooms.archives.events import FORMAT
from portal.rulebook.inspecting import of_kept_plan
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.standing import LIST_ACTS


class NotSealed(RuntimeError):
    """An event of the item waits for its seal; the next round of the sealer brings it."""


def proof(viewer: Viewer, item: Item, until: int) -> bytes:
    """The events up to `until`, without those of the list of who may know and of plans that nobody
    approved. NotSealed."""
    rows = db.session.execute(
        visible(viewer, Event)
        .outerjoin(Seal, Seal.event_id == Event.id)
        .where(Event.item_id == item.id, Event.id <= until, Event.act.not_in(LIST_ACTS))
        .where(not_(of_kept_plan()))
        .order_by(Event.id)
        .with_only_columns(
            *SEALED, *(column.label(f"seal_{column.name}") for column in Seal.__table__.c)
        )
    )
    events = [_event(viewer, row) for row in rows.mappings()]
    return json.dumps({"format": FORMAT, "events": events}, ensure_ascii=False, indent=1).encode()


def _event(viewer: Viewer, row: RowMapping) -> dict[str, Any]:
    if row["seal_position"] is None:
        raise NotSealed
    record = {column.name: row[column.name] for column in SEALED}
    return {
        "position": row["seal_position"],
        "alg": row["seal_alg"],
        "previous": row["seal_previous"],
        "digest": row["seal_digest"],
        "record": canonical(record).decode(),
        "texts": list(_texts(viewer, record)),
    }


def _texts(viewer: Viewer, record: dict[str, Any]) -> list[dict[str, str]]:
    """The texts that the record's digests are of; of one that was erased there is none."""
    found = []
    wanted = [(Opinion, Opinion.body, record["opinion_id"], record["digest"])]
    for key, table, body in texts.TEXTS:
        kept = record["facts"].get(key)
        if isinstance(kept, dict) and kept.get("digest"):
            wanted.append((table, body, kept["text"], kept["digest"]))
    for table, body, text_id, digest in wanted:
        if text_id is None or digest is None:
            continue
        row = db.session.execute(
            visible(viewer, table).where(table.id == text_id).with_only_columns(table.salt, body)
        ).one_or_none()
        if row is not None:
            found.append({"digest": digest, "salt": row[0], "body": row[1]})
    return found
