"""The ledger's filters as SQL, over what the viewer may know of. None needs a join: counts ask them
of all rows, and pages of a few."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from portal.item import counted
from portal.item.counted import DUE, of_term, within
from portal.item.lights import ORDER, Shade, shows
from portal.item.lines import knows_whole, missing
from portal.item.marks import marked
from portal.models import Extension, Item, ItemMember, ItemUnit, Person, Unit, UrgeNotice
from portal.rooms.ledger.filters import Filters, states_of
from portal.rooms.ledger.periods import due_days, given_days, term_days
from portal.rooms.ledger.words import mentions
from portal.rulebook import working_calendar
from portal.rulebook.scope import Viewer

FACETS: Final = ("state", "light", "term")
"""Filters that stand as tabs: each is counted under all the others, not under itself."""


def conditions(
    viewer: Viewer, wanted: Filters, words: Collection[str]
) -> dict[str, ColumnElement[bool]]:
    """The clause of each filter that is set, by its name. `words` are the college's 代字."""
    clauses: Mapping[str, Any] = {
        "q": lambda: mentions(wanted.q, words),
        "state": lambda: Item.state.in_(states_of(wanted.state)),
        "light": lambda: shows(shade_of(wanted.light), viewer.moment.day),
        "level": lambda: Item.level == int(wanted.level),
        "category": lambda: Item.category == wanted.category,
        "method": lambda: Item.method == wanted.method,
        "source": lambda: Item.source_type == wanted.source,
        "classification": lambda: Item.classification == wanted.classification,
        "unit": lambda: Item.lead_unit_id.in_(_unit(wanted.unit)),
        "co": lambda: exists().where(
            ItemUnit.item_id == Item.id,
            ItemUnit.role == "co",
            ItemUnit.unit_id.in_(_unit(wanted.co)),
        ),
        "leader": lambda: Item.responsible_leader_id.in_(_person(wanted.leader)),
        "handler": lambda: exists().where(
            ItemMember.item_id == Item.id,
            ItemMember.role == "handler",
            ItemMember.person_id.in_(_person(wanted.handler)),
        ),
        "term": lambda: in_term(wanted.term, wanted, viewer),
        "due": lambda: within(
            DUE, *due_days(wanted.due, viewer.moment.day, wanted.due_from, wanted.due_to)
        ),
        "filed": lambda: counted.filed(*given_days(wanted.filed_from, wanted.filed_to)),
        "closed": lambda: counted.closed(*given_days(wanted.closed_from, wanted.closed_to)),
        "urged": lambda: _at_least(times_urged(), wanted.urged, viewer),
        "extended": lambda: _at_least(times_extended(), wanted.extended, viewer),
        "owed": lambda: missing(viewer) > 0,
        "mark": lambda: marked(viewer, wanted.mark),
    }
    return {name: clause() for name, clause in clauses.items() if getattr(wanted, name)}


def shade_of(name: str) -> Shade:
    """The light of this name."""
    return next(shade for shade in ORDER if shade == name)


def in_term(name: str, wanted: Filters, viewer: Viewer) -> ColumnElement[bool]:
    """The items of a term."""
    calendar = working_calendar.current()
    return of_term(*term_days(name, viewer.moment.day, calendar, wanted.since, wanted.until))


def times_urged() -> Any:
    """How often an item was urged, by notices issued and not voided."""
    return (
        select(func.count())
        .select_from(UrgeNotice)
        .where(
            UrgeNotice.item_id == Item.id,
            UrgeNotice.doc_seq.is_not(None),
            UrgeNotice.state != "ug_void",
        )
        .correlate(Item)
        .scalar_subquery()
    )


def times_extended() -> Any:
    """How often an item was given more time."""
    return (
        select(func.count())
        .select_from(Extension)
        .where(
            Extension.item_id == Item.id,
            Extension.kind == "extend",
            Extension.state == "approved",
        )
        .correlate(Item)
        .scalar_subquery()
    )


def _at_least(times: Any, wanted: str, viewer: Viewer) -> ColumnElement[bool]:
    """Nothing is counted of which the viewer knows a part alone."""
    enough = times == 0 if wanted == "0" else times >= int(wanted)
    return and_(enough, knows_whole(viewer))


def _unit(code: str) -> Select[Any]:
    return select(Unit.id).where(Unit.code == code)


def _person(emp_no: str) -> Select[Any]:
    return select(Person.id).where(Person.emp_no == emp_no)
