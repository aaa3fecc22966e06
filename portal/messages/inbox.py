"""消息: what a person was told, unread first; read by a click, never by looking at a list."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, func, select, update

from portal.errors import NotFound
from portal.extensions import db
from portal.messages import wording
from portal.models import Item, Message
from portal.rulebook.posting import kinds
from portal.rulebook.scope import Viewer, visible

PAGE: Final = 20
MOST_COUNTED: Final = 100
"""The frame says 「99+」 from here on and counts no further."""


class Filters(NamedTuple):
    """`unread` alone or all; one kind or ("") any; which page."""

    unread: bool
    kind: str
    page: int


class Line(NamedTuple):
    """A message as the page shows it; `opens`: there is an item's page to go to."""

    public_id: uuid.UUID
    label: str
    text: str
    at: datetime
    read: bool
    opens: bool


class Found(NamedTuple):
    """One page of messages, how many there are and how many are unread, and the kinds there are."""

    lines: list[Line]
    page: int
    pages: int
    total: int
    unread: int
    kinds: dict[str, str]


def unread_count(viewer: Viewer) -> int:
    """How many messages the person has not read, `MOST_COUNTED` at most."""
    query = _mine(viewer).where(Message.read_at.is_(None)).limit(MOST_COUNTED)
    return _count(query)


def find(viewer: Viewer, wanted: Filters) -> Found:
    """The page asked for, or the last one: what is unread first, the latest of each first."""
    conditions: list[Any] = []
    if wanted.unread:
        conditions.append(Message.read_at.is_(None))
    if wanted.kind:
        conditions.append(Message.kind == wanted.kind)
    total = _count(_mine(viewer).where(*conditions))
    pages = max(1, -(-total // PAGE))
    page = min(max(wanted.page, 1), pages)
    order = (Message.read_at.is_not(None), Message.at.desc(), Message.id.desc())
    rows = wording.read(
        wording.told(viewer)
        .where(*conditions)
        .order_by(*order)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    words = wording.in_words(rows, viewer.moment.day)
    lines = [_line(row, one) for row, one in zip(rows, words, strict=True)]
    unread = _count(_mine(viewer).where(Message.read_at.is_(None)))
    return Found(lines, page, pages, total, unread, _kinds(viewer))


def mark(viewer: Viewer, message_id: uuid.UUID) -> Item | None:
    """Note that the person has read one; the item it is about. NotFound for anybody else's."""
    query = wording.told(viewer).where(Message.public_id == message_id)
    found = wording.read(query)
    if not found:
        raise NotFound
    item = found[0].item
    _note_read(viewer, Message.public_id == message_id)
    return item


def mark_all(viewer: Viewer, kind: str = "") -> None:
    """Note that the person has read all (of a kind)."""
    _note_read(viewer, *([Message.kind == kind] if kind else []))


def _note_read(viewer: Viewer, *which: Any) -> None:
    db.session.execute(
        update(Message)
        .where(Message.person_id == viewer.person_id, Message.read_at.is_(None), *which)
        .values(read_at=viewer.moment.instant)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _mine(viewer: Viewer) -> Select[Any]:
    return visible(viewer, Message).where(Message.person_id == viewer.person_id)


def _count(query: Select[Any]) -> int:
    narrow = query.with_only_columns(Message.id).subquery()
    return db.session.scalar(select(func.count()).select_from(narrow)) or 0


def _kinds(viewer: Viewer) -> dict[str, str]:
    """The kinds of which the person has messages, by name."""
    held = set(db.session.scalars(_mine(viewer).with_only_columns(Message.kind).distinct()))
    return {kind.id: kind.label for kind in kinds().values() if kind.id in held}


def _line(row: wording.Told, words: wording.Words) -> Line:
    message = row.message
    return Line(
        message.public_id,
        words.label,
        words.text,
        message.at,
        message.read_at is not None,
        row.item is not None,
    )
