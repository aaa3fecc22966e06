"""What each unit is to be reminded of today: of the items this person may know of, and of no
sensitive one at all (第二十一条). An item that waits for others to act is nobody's delay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, or_

from portal.accounts.queries import units_in_order
from portal.errors import NotFound
from portal.extensions import db
from portal.item.lights import handed_in, shows
from portal.item.lines import Line, lines, missing, read_lines
from portal.item.offices import OFFICE, offices_of
from portal.models import Item, ItemUnit, Unit
from portal.rooms.group_notices.wording import Matters, Reminded
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer, visible

OWN: Final = frozenset({Role.UNIT_HEAD.value, Role.UNIT_DEPUTY.value, Role.LIAISON.value})
"""Who may remind the people of the own unit; 党政办 reminds every unit."""
WORKING: Final = ("issued", "received")
"""A co-unit that has not handed in."""


class UnitMatters(NamedTuple):
    """A unit with what it is to be reminded of."""

    unit: Unit
    matters: Matters


def units_for(viewer: Viewer) -> list[Unit]:
    """The units whose groups this person may remind, in official order. NotFound without any."""
    every = units_in_order(viewer.moment.day)
    if offices_of(viewer) & OFFICE:
        return list(every)
    own = {unit_id for role, unit_id in viewer.units if role in OWN}
    found = [unit for unit in every if unit.id in own]
    if not found:
        raise NotFound
    return found


def matters_of(viewer: Viewer, units: Sequence[Unit]) -> list[UnitMatters]:
    """Every unit with its matters."""
    led, helped = _led(viewer), _helped(viewer)
    return [UnitMatters(unit, _together(led[unit.id], helped[unit.id])) for unit in units]


def _together(one: Matters, other: Matters) -> Matters:
    return Matters(*(mine + theirs for mine, theirs in zip(one, other, strict=True)))


def _led(viewer: Viewer) -> dict[int, Matters]:
    """By lead unit."""
    today, until = viewer.moment.day, _sunday(viewer.moment.day)
    shown = or_(shows("red", today), shows("yellow", today), shows("green", today))
    query = _open(viewer).where(
        shown, or_(Item.due <= until, missing(viewer) > 0), Item.issued_on.is_not(None)
    )
    found: dict[int, dict[str, list[Reminded]]] = defaultdict(lambda: defaultdict(list))
    for item, line in _read(viewer, query):
        if handed_in(item):
            continue
        mine = found[item.lead_unit_id]
        if line.late:
            mine["late"].append(_said(line, _overdue(line.due, today)))
        elif line.due is not None and line.due <= until:
            mine["this_week"].append(_said(line, f"完成时限{long_date(line.due)}"))
        if line.missing:
            mine["missing"].append(_said(line, f"欠报{line.missing}期"))
    return _as_matters(found)


def _helped(viewer: Viewer) -> dict[int, Matters]:
    """By co-unit: the day by which the lead unit waits for it (第八条)."""
    today, until = viewer.moment.day, _sunday(viewer.moment.day)
    shares = db.session.execute(
        visible(viewer, ItemUnit).where(
            ItemUnit.role == "co", ItemUnit.state.in_(WORKING), ItemUnit.inner_due <= until
        )
    ).scalars()
    by_item: dict[int, list[ItemUnit]] = defaultdict(list)
    for share in shares:
        by_item[share.item_id].append(share)
    query = _open(viewer).where(Item.id.in_(by_item), Item.lit, ~Item.blue)
    found: dict[int, dict[str, list[Reminded]]] = defaultdict(lambda: defaultdict(list))
    for item, line in _read(viewer, query):
        for share in by_item[item.id]:
            late = share.inner_due is not None and share.inner_due < today
            limit = f"协办时限{long_date(share.inner_due)}" if share.inner_due else ""
            said = f"{limit}，已逾期" if late else limit
            found[share.unit_id]["late" if late else "this_week"].append(_said(line, said))
    return _as_matters(found)


def _open(viewer: Viewer) -> Select[Any]:
    ordinary = lines(viewer).where(Item.classification != "sensitive")
    return ordinary.order_by(Item.due.nulls_last(), Item.id)


def _read(viewer: Viewer, query: Select[Any]) -> list[tuple[Item, Line]]:
    rows = db.session.execute(query).all()
    return [
        (row.Item, line)
        for row, line in zip(rows, read_lines(rows, viewer.moment.day), strict=True)
    ]


def _as_matters(found: dict[int, dict[str, list[Reminded]]]) -> dict[int, Matters]:
    made: dict[int, Matters] = defaultdict(Matters)
    for unit_id, parts in found.items():
        made[unit_id] = Matters(**{name: tuple(rows) for name, rows in parts.items()})
    return made


def _said(line: Line, said: str) -> Reminded:
    return Reminded(line.title, line.number, said)


def _overdue(due: date | None, today: date) -> str:
    if due is None:
        return "长期未报送进展"
    return f"完成时限{long_date(due)}，已逾期{(today - due).days}天"


def _sunday(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())
