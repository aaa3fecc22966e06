"""消息: what a person was told, unread first; read by a click, never by looking at a list.

办理动态 asks nothing of anybody and does not count as unread, unless the person wants it to.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, func, literal, not_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from portal.errors import NotFound
from portal.extensions import db
from portal.messages import choices, wording
from portal.models import Item, Message
from portal.rulebook.case_posting import KINDS as OF_CASES
from portal.rulebook.posting import ASKED, BRIEF, NOTED, kinds, paper_of
from portal.rulebook.scope import Viewer, visible

PAGE: Final = 20
MOST_COUNTED: Final = 100
"""The frame says 「99+」 from here on and counts no further."""


MOST_LISTED: Final = 10_000
"""Further back nobody turns pages; a kind or the item's page narrows."""


class Filters(NamedTuple):
    """`unread` alone or all; one kind or ("") any; which page."""

    unread: bool
    kind: str
    page: int


class Line(NamedTuple):
    """A message as the page shows it; `opens`: there is an item's page to go to; `paper`: the
    address of the list or room it speaks of ("": it speaks of none); `brief`: of which 学期报告 or
    通报."""

    public_id: uuid.UUID
    label: str
    text: str
    at: datetime
    read: bool
    opens: bool
    paper: str
    brief: str = ""


class Found(NamedTuple):
    """One page of messages, how many there are and how many are unread, and the kinds there are."""

    lines: list[Line]
    page: int
    pages: int
    total: int
    unread: int
    kinds: dict[str, str]

    @property
    def said(self) -> str:
        """How many, in the words of the pager."""
        return f"{self.total}多" if self.total >= MOST_LISTED else str(self.total)


def unread_count(viewer: Viewer) -> int:
    """How many messages the person has not read, `MOST_COUNTED` at most."""
    return _count(_mine(viewer).where(*_unread(viewer)).limit(MOST_COUNTED))


def counts(viewer: Viewer, kind: str) -> bool:
    """Whether messages of this kind ("": any) are unread until the person reads them."""
    return kind != NOTED or choices.of(viewer.person_id or 0).noted


def find(viewer: Viewer, wanted: Filters) -> Found:
    """The page asked for, or the last one: what is unread first, the latest of each first."""
    conditions: list[Any] = []
    unread = _unread(viewer)
    if wanted.unread:
        conditions += unread
    if wanted.kind:
        conditions.append(Message.kind == wanted.kind)
    total = _count(_mine(viewer).where(*conditions).limit(MOST_LISTED))
    pages = max(1, -(-total // PAGE))
    page = min(max(wanted.page, 1), pages)
    rows = _told(viewer, _ids(viewer, wanted, conditions, (page - 1) * PAGE))
    words = wording.in_words(rows, viewer.moment.day)
    noted = counts(viewer, NOTED)
    lines = [_line(row, one, noted=noted) for row, one in zip(rows, words, strict=True)]
    return Found(lines, page, pages, total, _count(_mine(viewer).where(*unread)), _kinds(viewer))


def _ids(viewer: Viewer, wanted: Filters, conditions: list[Any], first: int) -> list[int]:
    """The ids of a page from the `first`-th on. What is unread and the rest are asked for in turn,
    each in the order of an index, where one order over both would compare all of many years."""
    unread = and_(*_unread(viewer))
    waiting = _mine(viewer).where(*conditions, unread)
    before = first if wanted.unread else _count(waiting.limit(first))
    found = _in_order(waiting, first) if before == first else []
    if wanted.unread or len(found) == PAGE:
        return found
    rest = _mine(viewer).where(*conditions, not_(unread))
    return found + _in_order(rest, first - before)[: PAGE - len(found)]


def _in_order(query: Select[Any], first: int) -> list[int]:
    order = (Message.at.desc(), Message.id.desc())
    page = query.with_only_columns(Message.id).order_by(*order).offset(first).limit(PAGE)
    return list(db.session.scalars(page))


def _told(viewer: Viewer, ids: list[int]) -> list[wording.Told]:
    """These messages with what they are about, in this order."""
    rows = wording.read(wording.told(viewer).where(Message.id.in_(ids)))
    by_id = {row.message.id: row for row in rows}
    return [by_id[id_] for id_ in ids]


def mark(viewer: Viewer, message_id: uuid.UUID) -> tuple[Item | None, bool, bool]:
    """Note that the person has read one; the item it is about, whether it asks for an act, and
    whether it is about a case of 问责. NotFound for anybody else's."""
    query = wording.told(viewer).where(Message.public_id == message_id)
    found = wording.read(query)
    if not found:
        raise NotFound
    item, kind = found[0].item, found[0].message.kind
    _note_read(viewer, Message.public_id == message_id)
    return item, kind == ASKED, kind in OF_CASES


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


def _unread(viewer: Viewer) -> list[ColumnElement[bool]]:
    """What counts as unread for this person."""
    of_others = [] if counts(viewer, NOTED) else [Message.kind != NOTED]
    return [Message.read_at.is_(None), *of_others]


def _mine(viewer: Viewer) -> Select[Any]:
    return visible(viewer, Message).where(Message.person_id == viewer.person_id)


def _count(query: Select[Any]) -> int:
    narrow = query.with_only_columns(Message.id).subquery()
    return db.session.scalar(select(func.count()).select_from(narrow)) or 0


def _kinds(viewer: Viewer) -> dict[str, str]:
    """The kinds of which the person has messages, by name."""
    known = func.unnest(literal([*kinds()], ARRAY(String))).column_valued("known")
    asked = select(known).where(_mine(viewer).where(Message.kind == known).exists())
    held = set(db.session.scalars(asked))
    return {kind.id: kind.label for kind in kinds().values() if kind.id in held}


def _line(row: wording.Told, words: wording.Words, *, noted: bool) -> Line:
    message = row.message
    read = message.read_at is not None or (message.kind == NOTED and not noted)
    return Line(
        message.public_id,
        words.label,
        words.text,
        message.at,
        read,
        row.item is not None,
        paper_of(message.kind, message.occasion),
        str(message.facts.get(BRIEF, "")),
    )
