"""What 编号管理 shows, to 党政办 only: the sequences, numbers without a running item, the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import column, func, select
from sqlalchemy.orm import aliased

from portal.clock import shanghai_day
from portal.errors import NotFound
from portal.extensions import db
from portal.item.offices import OFFICE, offices_of
from portal.models import (
    Change,
    Event,
    Item,
    NumberAct,
    NumberPlaceholder,
    NumberSequence,
    Opinion,
    Person,
    UrgeNotice,
)
from portal.rooms.numbers.register import Register, Sequence
from portal.rulebook.numbering import Number
from portal.rulebook.scope import Viewer, visible

VOID, OFFLINE = "已作废", "线下使用"
LATEST = 50
_REGISTER = func.number_register().table_valued(
    column("word"), column("year"), column("seq"), column("kind")
)


class Unusual(NamedTuple):
    """A number that stands for no running item: 已作废 or 线下使用; the day of that."""

    number: Number
    kind: str
    day: date | None
    who: str
    reason: str = ""


def must_be_office(viewer: Viewer) -> None:
    """NotFound for everybody else: the register counts numbers of items one may not know of."""
    if not offices_of(viewer) & OFFICE:
        raise NotFound


def registers(viewer: Viewer, words: Iterable[str]) -> dict[Sequence, Register]:
    """Every sequence as it stands, latest year first, and this year's of each word, in order.

    The one caller of the database's `number_register()`. NotFound unless the viewer is of 党政办.
    """
    must_be_office(viewer)
    words = tuple(words)
    taken: dict[Sequence, dict[int, str]] = defaultdict(dict)
    for word, year, seq, kind in db.session.execute(select(_REGISTER)):
        taken[word, year][seq] = kind
    counters = {
        (row.word, row.year): (row.start, row.value)
        for row in db.session.execute(
            select(
                NumberSequence.word,
                NumberSequence.year,
                NumberSequence.start,
                NumberSequence.value,
            )
        )
    }
    known = {*counters, *taken, *((word, viewer.moment.day.year) for word in words)}
    order = {word: place for place, word in enumerate(words)}
    return {
        (word, year): Register(word, year, *counters.get((word, year), (1, 0)), taken[word, year])
        for word, year in sorted(
            known, key=lambda one: (-one[1], order.get(one[0], len(order)), one[0])
        )
    }


def unusual(viewer: Viewer) -> list[Unusual]:
    """已作废 items and notices this viewer may know of, 线下使用, void gaps; latest first."""
    must_be_office(viewer)
    found = [*_void_items(viewer), *_void_notices(viewer), *_placeholders()]
    return sorted(found, key=lambda row: row.number[1:])[::-1]


def _void_items(viewer: Viewer) -> list[Unusual]:
    """With the day on which 作废 was agreed to, who proposed it and why. An item is void once; one
    of the history before the portal is there without a word."""
    voided = (Change.item_id == Item.id) & (Change.kind == "void") & (Change.state == "agreed")
    query = (
        visible(viewer, Item)
        .where(Item.state == "void", Item.doc_seq.is_not(None))
        .outerjoin(Change, voided)
        .outerjoin(Event, (Event.act == "void") & (Event.subject_id == Change.id))
        .outerjoin(Opinion, Opinion.id == Event.opinion_id)
        .outerjoin(Person, Person.id == Change.proposed_by_id)
    )
    columns: tuple[Any, ...] = (
        Item.doc_word, Item.doc_year, Item.doc_seq, Change.ended_at, Person.name, Opinion.body,
    )  # fmt: skip
    return [
        Unusual(
            Number(word, year, seq),
            VOID,
            shanghai_day(ended_at) if ended_at else None,
            name or "",
            body or "",
        )
        for word, year, seq, ended_at, name, body in db.session.execute(
            query.with_only_columns(*columns, maintain_column_froms=True)
        )
    ]


def _void_notices(viewer: Viewer) -> list[Unusual]:
    """催办通知单 that were voided after their issue."""
    query = (
        visible(viewer, UrgeNotice)
        .where(UrgeNotice.state == "ug_void", UrgeNotice.doc_seq.is_not(None))
        .outerjoin(Event, (Event.act == "void_urge") & (Event.subject_id == UrgeNotice.id))
        .outerjoin(Opinion, Opinion.id == Event.opinion_id)
        .outerjoin(Person, Person.id == Event.actor_id)
    )
    columns: tuple[Any, ...] = (
        UrgeNotice.doc_word, UrgeNotice.doc_year, UrgeNotice.doc_seq, Event.day, Person.name,
        Opinion.body,
    )  # fmt: skip
    return [
        Unusual(Number(word, year, seq), VOID, day, name or "", body or "")
        for word, year, seq, day, name, body in db.session.execute(
            query.with_only_columns(*columns, maintain_column_froms=True)
        )
    ]


def _placeholders() -> list[Unusual]:
    query = (
        select(NumberPlaceholder, Person.name)
        .join(Person, Person.id == NumberPlaceholder.entered_by_id)
        .where(NumberPlaceholder.kind.in_(("offline", "void")))
    )
    return [
        Unusual(
            Number(row.word, row.year, row.seq),
            OFFLINE if row.kind == "offline" else VOID,
            row.used_on or shanghai_day(row.entered_at),
            name,
            row.reason,
        )
        for row, name in db.session.execute(query)
    ]


class Done(NamedTuple):
    """One line of the log: the act, who did it, for whom."""

    act: NumberAct
    actor: str
    principal: str


def log(viewer: Viewer) -> list[Done]:
    """What was done to the numbers by hand, latest first."""
    must_be_office(viewer)
    principal = aliased(Person)
    query = (
        select(NumberAct, Person.name, principal.name)
        .join(Person, Person.id == NumberAct.actor_id)
        .outerjoin(principal, principal.id == NumberAct.on_behalf_of_id)
        .order_by(NumberAct.id.desc())
        .limit(LATEST)
    )
    return [Done(act, actor, other or "") for act, actor, other in db.session.execute(query)]
