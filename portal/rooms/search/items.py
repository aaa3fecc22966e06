"""Items by number, title, 办理要求, unit and person, over what the viewer may know of (SPEC §8.8).

The database narrows the rows to the viewer's by its policy before any word is looked for: neither
a hit nor a count comes from what one may not know of (SPEC §7.5 (3)).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from portal.accounts.finding import named_like
from portal.accounts.unit_finding import find_units, names_of
from portal.extensions import db
from portal.item.lines import Line, lines, read_lines
from portal.models import Item, ItemMember, ItemUnit, Person
from portal.readings import pattern_of
from portal.rooms.search.asked import Asked, Word
from portal.rooms.search.marking import Piece, excerpt, pieces
from portal.rulebook.numbering import Sought
from portal.rulebook.readers import DRAFTING
from portal.rulebook.scope import Viewer, visible

MOST_COUNTED = 200
"""Beyond it the page says 「200项以上」 and counts no further."""
SHORTEST_NAME = 2
MEANT_UNITS, MEANT_PERSONS = 3, 8


class Hit(NamedTuple):
    """An item that was found: its line, the title in pieces, and what was found of 办理要求."""

    line: Line
    title: list[Piece]
    excerpt: list[Piece]
    by_number: bool


class Found(NamedTuple):
    """The first hits, and how many there are, `MOST_COUNTED` at most."""

    hits: list[Hit]
    total: int

    @property
    def more(self) -> bool:
        """Whether there are more than were counted."""
        return self.total > MOST_COUNTED


def find(viewer: Viewer, asked: Asked, limit: int, *, count: bool) -> Found:
    """The exact number first, titles that begin so, then the rest; the newest of each first."""
    if not asked:
        return Found([], 0)
    number = _is_number(asked.number)
    if number is not None and asked.number and asked.number.year:
        # A number with its year is one item, found by index; texts are looked at if there is none.
        ids = list(db.session.scalars(_listed(viewer).where(number).with_only_columns(Item.id)))
        if ids:
            return Found(_hits(viewer, asked, ids), len(ids))
    query = _listed(viewer).where(_meets(viewer, asked, number))
    wanted = query.order_by(_rank(asked, number), *_NEWEST)
    most = MOST_COUNTED + 1 if count else limit
    ids = list(db.session.scalars(wanted.with_only_columns(Item.id).limit(most)))
    return Found(_hits(viewer, asked, ids[:limit]), len(ids))


_NEWEST = (Item.filed_on.desc().nulls_first(), Item.id.desc())


def _listed(viewer: Viewer) -> Select[Any]:
    """A form still with its drafters is found by its own drafter only, as the ledger lists it."""
    own = or_(Item.state.not_in(DRAFTING), Item.drafter_id == viewer.person_id)
    return visible(viewer, Item).where(own)


def _meets(viewer: Viewer, asked: Asked, number: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """Every word is met somewhere; or the whole is its number."""
    words = and_(*(_holds(viewer, word) for word in asked.words))
    return words if number is None else or_(number, words)


def _holds(viewer: Viewer, word: Word) -> ColumnElement[bool]:
    columns: list[Any] = [Item.requirement]
    clauses: list[ColumnElement[bool]] = []
    if word.letters:  # the reading of a title has its letters, too
        clauses.append(Item.title_reading.regexp_match(pattern_of(word.letters)))
    else:
        columns.append(Item.title)
    clauses += [clause for spelling in word.spellings for clause in _written(columns, spelling)]
    return or_(*clauses, *_concerns(viewer, word))


def _written(columns: list[Any], spelling: str) -> list[ColumnElement[bool]]:
    """In one of the columns; the case of letters is looked at only where there are any."""
    if spelling.lower() != spelling.upper():
        columns, spelling = [func.lower(column) for column in columns], spelling.lower()
    return [column.contains(spelling, autoescape=True) for column in columns]


def _concerns(viewer: Viewer, word: Word) -> list[ColumnElement[bool]]:
    """Items of a unit and of a person who are meant; a word that fits many means none of them, and
    two characters only a unit that is called just so."""
    if len(word.text) < SHORTEST_NAME:
        return []
    clauses: list[ColumnElement[bool]] = []
    units = [
        unit.id
        for unit in find_units(word.text, viewer.moment.day)
        if len(word.text) > SHORTEST_NAME or word.text in names_of(unit)
    ]
    if 0 < len(units) <= MEANT_UNITS:
        shares = exists().where(
            ItemUnit.item_id == Item.id, ItemUnit.unit_id.in_(units), ItemUnit.role != "former"
        )
        clauses += [Item.lead_unit_id.in_(units), shares]
    named = select(Person.id).where(named_like(word.text)).limit(MEANT_PERSONS + 1)
    persons = db.session.scalars(named).all()
    if 0 < len(persons) <= MEANT_PERSONS:
        works = exists().where(
            ItemMember.item_id == Item.id,
            ItemMember.person_id.in_(persons),
            ItemMember.role != "former",
        )
        clauses += [Item.responsible_leader_id.in_(persons), works]
    return clauses


def _is_number(sought: Sought | None) -> ColumnElement[bool] | None:
    if sought is None:
        return None
    parts = [Item.doc_seq == sought.seq, Item.doc_word.in_(sought.words)]
    if sought.year is not None:
        parts.append(Item.doc_year == sought.year)
    return and_(*parts)


def _rank(asked: Asked, number: ColumnElement[bool] | None) -> ColumnElement[int]:
    """0 the number, 1 a title that begins with the query, 2 any other."""
    begins = [Item.title.startswith(asked.text, autoescape=True)]
    if letters := asked.words[0].letters:
        begins.append(Item.title_reading.regexp_match(pattern_of(letters, from_start=True)))
    ranks = [(or_(*begins), 1)]
    return case(*([] if number is None else [(number, 0)]), *ranks, else_=2)


def _hits(viewer: Viewer, asked: Asked, ids: list[int]) -> list[Hit]:
    """The items by their ids, in that order."""
    rows = db.session.execute(lines(viewer).where(Item.id.in_(ids))).all()
    requirements = {row.Item.id: row.Item.requirement for row in rows}
    numbers = {row.Item.id: row.Item.doc_seq for row in rows}
    shown = {line.item_id: line for line in read_lines(rows, viewer.moment.day)}
    sought = asked.number.seq if asked.number else None
    return [
        Hit(
            line=shown[item_id],
            title=pieces(shown[item_id].title, asked.words),
            # A list names a sensitive item and says nothing more of it.
            excerpt=[] if shown[item_id].sensitive else excerpt(requirements[item_id], asked.words),
            by_number=sought is not None and numbers[item_id] == sought,
        )
        for item_id in ids
    ]
