"""The lists as the database hands them out: a number or the beginning of an id, and persons."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from portal.extensions import db
from portal.item.people import Named, named
from portal.rulebook.scope import Viewer

LISTS = text("SELECT item, year, seq, entry, person_id, since FROM kept_lists(:day)")
SHORT_ID = 6


class Entry(NamedTuple):
    """A person of a list, since when; `entry_id` addresses the entry."""

    entry_id: uuid.UUID
    who: Named
    since: datetime


@dataclass(frozen=True)
class KeptList:
    """One sensitive item as its list's keeper knows it."""

    item_id: uuid.UUID
    label: str
    entries: list[Entry] = field(default_factory=list)


def kept_lists(viewer: Viewer) -> list[KeptList]:
    """Every list, in the order of the items; nothing for who keeps none."""
    rows = db.session.execute(LISTS, {"day": viewer.moment.day}).all()
    names = named({row.person_id for row in rows}, viewer.moment.day)
    found: dict[uuid.UUID, KeptList] = {}
    for row in rows:
        kept = found.setdefault(row.item, KeptList(row.item, _label(row.item, row.year, row.seq)))
        if row.entry is not None:
            kept.entries.append(Entry(row.entry, names[row.person_id], row.since))
    return list(found.values())


def _label(item_id: uuid.UUID, year: int | None, seq: int | None) -> str:
    """「敏感事项 〔2026〕25号」, without a number 「敏感事项（未编号）·3f9a1c」."""
    if seq is None:
        return f"敏感事项（未编号）·{item_id.hex[:SHORT_ID]}"
    return f"敏感事项 〔{year}〕{seq}号"
