"""待办: what waits for a person, as one query over the table of acts.

The query depends only on which roles a person holds anywhere and on whether anything is lent to
them; it is built once for each such set and asked with the person and the moment as parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Subquery,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from portal.clock import SHANGHAI
from portal.extensions import db
from portal.models import (
    Approval,
    ApprovalSlot,
    Comment,
    Extension,
    Feedback,
    Handover,
    Inspection,
    Item,
    ItemUnit,
    Objection,
    Rectification,
    UrgeNotice,
    UrgeQuestion,
)
from portal.rulebook import case_tray
from portal.rulebook.chains import CHAINS
from portal.rulebook.guards import Only, of_acting_unit
from portal.rulebook.parts import PARTS
from portal.rulebook.roles import NOW, PERSON, Role, holds, holds_own, units_asked
from portal.rulebook.rule_shapes import Rule
from portal.rulebook.rules import RULES
from portal.rulebook.scope import Viewer

SINCE = {
    # 第十八条（四）: from the first of January on, however long the item has been in work.
    "review_yearly": func.timezone(
        SHANGHAI.key, func.date_trunc("year", cast(Item.review_due, DateTime))
    ),
}
"""Since when an act waits that does not wait since the item took its state."""
OF_PARTS: dict[str, Any] = {
    "feedback": func.greatest(Feedback.submitted_at, Feedback.confirmed_at),
    "objection": Objection.raised_at,
    "comment": Comment.given_at,
    "approval_slot": ApprovalSlot.contested_at,
    "extension": Extension.applied_at,
    "handover": func.greatest(Handover.begun_at, Handover.given_at, Handover.taken_at),
    "urge": func.coalesce(UrgeNotice.received_at, UrgeNotice.drafted_at),
    "inspection": func.greatest(
        Inspection.drafted_at,
        Inspection.recorded_at,
        Inspection.concluded_at,
        Inspection.issued_at,
        Inspection.objected_at,
    ),
    "rectification": func.coalesce(Rectification.replied_at, Rectification.verified_at),
    "urge_question": func.coalesce(UrgeQuestion.stated_at, UrgeQuestion.asked_at),
}
OF_ACTS: dict[str, Any] = {
    "answer_report": Feedback.contested_at,
    "answer_coordination": ItemUnit.coordination_since,
}
"""Since when a part waits: since it was handed in, raised, given, contested."""
REMINDED: dict[str, Any] = {
    # 第十五条: since the day after the last one for signatures.
    "enter_paper": func.timezone(SHANGHAI.key, cast(Item.made_up_by + 1, DateTime)),
}
"""Since when somebody else is late."""


MOST: Final = 99
"""Rows that are counted one by one; beyond, the frame says 「99+」."""
LOOKED: Final = 4 * MOST
"""Rows looked at first: as many different ones, unless several parts of each item wait."""

Holds = Callable[..., ColumnElement[bool]]
"""`holds` or `holds_own`."""


class Waiting(NamedTuple):
    """One row of 待办: an act that waits for the person, on which item, since when, and the word of
    what is to be done, e.g. 「审签」."""

    act: str
    item_id: int
    since: datetime
    word: str


class Heap(NamedTuple):
    """What waits under one word: how many rows, and since when the oldest."""

    rows: int
    since: datetime


class Board(NamedTuple):
    """待办 in short: its first rows, and the heap of each word, the oldest first."""

    first: list[Waiting]
    heaps: dict[str, Heap]


def waiting(viewer: Viewer) -> list[Waiting]:
    """What waits for this person, longest first."""
    rows = db.session.execute(_list(viewer.roles, viewer.lent), _asked(viewer))
    return [Waiting(row.act, row.item_id, row.since, row.word) for row in rows]


def count_waiting(viewer: Viewer) -> int:
    """How many rows 待办 has, up to one more than `MOST`: an item counts once a word, however many
    parts wait under it."""
    rows, apart = _counted(viewer, LOOKED)
    if rows == LOOKED and apart <= MOST:
        _rows_of_all, apart = _counted(viewer, None)
    return min(apart, MOST + 1)


def _counted(viewer: Viewer, looked: int | None) -> tuple[int, int]:
    """Of the first rows (None: of all) how many there are, and how many differ."""
    asked = {**_asked(viewer), "looked": looked}
    rows, apart = db.session.execute(_count(viewer.roles, viewer.lent), asked).one()
    return rows, apart


def board(viewer: Viewer, first: int) -> Board:
    """So many first rows of 待办, an item once a word, and how many there are under each word: the
    database counts, however many they are."""
    asked = {**_asked(viewer), "first": first}
    rows = db.session.execute(_board(viewer.roles, viewer.lent), asked).all()
    return Board(
        [Waiting(row.act, row.item_id, row.since, row.word) for row in rows if row.place <= first],
        {row.word: Heap(row.of_word, row.since) for row in rows if row.nth == 1},
    )


def _asked(viewer: Viewer) -> Mapping[str, Any]:
    return {
        "person": viewer.person_id,
        "instant": viewer.moment.instant,
        "day": viewer.moment.day,
        **units_asked(viewer.units),
    }


@lru_cache(maxsize=256)
def _list(roles: frozenset[str], lent: bool) -> Select[str, int, datetime, str]:
    rows = _rows(roles, lent)
    return select(rows.c.act, rows.c.item_id, rows.c.since, rows.c.word).order_by(
        rows.c.since, rows.c.item_id, rows.c.act
    )


@lru_cache(maxsize=256)
def _count(roles: frozenset[str], lent: bool) -> Select[int, int]:
    """Of the first `looked` rows (null: of all) how many there are and how many differ by item or
    word: PostgreSQL reads no further act once it has so many."""
    rows = _rows(roles, lent)
    first = select(rows.c.item_id, rows.c.word).limit(bindparam("looked", type_=Integer)).subquery()
    apart = func.count(tuple_(first.c.item_id, first.c.word).distinct())
    return select(func.count().label("rows"), apart.label("apart"))


@lru_cache(maxsize=256)
def _board(roles: frozenset[str], lent: bool) -> Select[Any]:
    """The first rows of all and of each word, with their place and how many the word has."""
    rows = _rows(roles, lent)
    once = (
        select(rows)
        .order_by(rows.c.item_id, rows.c.word, rows.c.since, rows.c.act)
        .ext(distinct_on(rows.c.item_id, rows.c.word))
        .subquery()
    )
    order, word = (once.c.since, once.c.item_id, once.c.act), once.c.word
    placed = select(
        once,
        func.row_number().over(order_by=order).label("place"),
        func.row_number().over(partition_by=word, order_by=order).label("nth"),
        func.count().over(partition_by=word).label("of_word"),
    ).subquery()
    shown = (placed.c.place <= bindparam("first", type_=Integer)) | (placed.c.nth == 1)
    return select(placed).where(shown).order_by(placed.c.place)


def _rows(roles: frozenset[str], lent: bool) -> Subquery:
    held = holds if lent else holds_own
    return union_all(
        *(
            query
            for rule in RULES
            if rule.machine == "item" or rule.machine in PARTS
            for whose, where in _sides(rule)
            if (mine := [role for role in whose if role in roles])
            for query in _of(rule, mine, held)
            for query in (query if where is None else query.where(where),)
        ),
        *case_tray.waiting(RULES, roles, held),
    ).subquery()


def _sides(rule: Rule) -> Iterator[tuple[tuple[Role, ...], ColumnElement[bool] | None]]:
    """Whose the act is, and on which parts (None: on all)."""
    if rule.instead_if is None:
        yield rule.waits_for or rule.by, None
        return
    replaced = rule.instead_if(PARTS[rule.machine])
    yield rule.by, ~replaced
    yield rule.instead, replaced


def _of(rule: Rule, roles: list[Role], held: Holds) -> Iterator[Select[str, int, datetime, str]]:
    """What waits for these roles because of the rule, and what it reminds them of."""
    if rule.waits and rule.step:
        yield _signatures(rule, roles, held)
    elif rule.waits:
        since = OF_ACTS.get(rule.act, OF_PARTS.get(rule.machine, Item.state_since))
        since = SINCE.get(rule.act, func.coalesce(since, Item.state_since))
        yield _waiting(rule, roles, rule.waits, rule.waits_only, since, held)
    if rule.reminds:
        yield _waiting(rule, roles, rule.reminds, rule.reminds_only, REMINDED[rule.act], held)


def _waiting(
    rule: Rule, roles: list[Role], word: str, narrower: Only | None, since: Any, held: Holds
) -> Select[str, int, datetime, str]:
    part = PARTS.get(rule.machine)
    unit = getattr(part, "unit_id", None) if part is not None else None
    query = _columns(rule, word, since)
    if part is None:
        query = query.where(Item.state.in_(rule.source))
    else:
        query = query.join(part, part.item_id == Item.id)
        if rule.source:
            query = query.where(part.state.in_(rule.waits_in or rule.source))
    query = query.where(*(only(part or Item) for only in (rule.only, narrower) if only is not None))
    if rule.by_unit:
        query = query.where(of_acting_unit(part))
    if rule.unit == "lead":
        query = query.where(Item.lead_unit_id == unit)
    if rule.unit == "co":
        query = query.where(Item.lead_unit_id != unit)
    if rule.by_lead or unit is None:
        unit = Item.lead_unit_id
    return query.where(or_(*(held(role, PERSON, NOW, item=Item, unit=unit) for role in roles)))


def _signatures(rule: Rule, roles: list[Role], held: Holds) -> Select[str, int, datetime, str]:
    """The open boxes of the rule's step, each asked of the unit it is about."""
    unit = func.coalesce(ApprovalSlot.unit_id, Item.lead_unit_id)
    mine = (
        (ApprovalSlot.role == role.value) & held(role, PERSON, NOW, item=Item, unit=unit)
        for role in roles
    )
    query = (
        _columns(rule, rule.waits, func.coalesce(ApprovalSlot.opened_at, Item.state_since))
        .join(ApprovalSlot, ApprovalSlot.item_id == Item.id)
        .where(ApprovalSlot.step == rule.step, ApprovalSlot.state == "open", or_(*mine))
    )
    if rule.machine == "item":
        at_its_step = Item.state.in_(rule.source)
        if not rule.afterwards:
            return query.where(at_its_step)
        # An outer join, not a subquery: PostgreSQL would count the subquery's cost again for every
        # box that looks for its item by the index, and read all items instead.
        made_up = Item.state.in_(rule.afterwards) & Approval.beside & (Approval.state == "open")
        run = Approval.id == ApprovalSlot.approval_id
        return query.outerjoin(Approval, run).where(at_its_step | made_up)
    chain = next(c.name for c in CHAINS.values() if rule.step in {step.step for step in c.steps})
    if rule.only is not None:
        part = PARTS[rule.machine]
        narrowed = select(part.id).where(rule.only(part))
        query = query.where(Approval.subject_id.in_(narrowed))
    return query.join(
        Approval,
        (Approval.id == ApprovalSlot.approval_id)
        & (Approval.chain == chain)
        & (Approval.state == "open"),
    )


def _columns(rule: Rule, word: str, since: Any) -> Select[str, int, datetime, str]:
    query = select(
        cast(literal(rule.act), String).label("act"),
        Item.id.label("item_id"),
        since.label("since"),
        cast(literal(word), String).label("word"),
    ).select_from(Item)
    return query.where(Item.state.in_(rule.during)) if rule.during else query
