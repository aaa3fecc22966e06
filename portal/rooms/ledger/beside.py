"""What the ledger says of items beyond their own row, read for a batch at once and only as far as
the shown columns need it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select

from portal.extensions import db
from portal.frame import Light
from portal.item.lights import light_of
from portal.item.lines import knows_whole, missing
from portal.item.people import named
from portal.item.reports import HANDED_IN
from portal.item.shares import heads_of
from portal.models import (
    Closure,
    Extension,
    Feedback,
    Item,
    ItemMember,
    ItemUnit,
    Person,
    Unit,
    UrgeNotice,
)
from portal.rulebook.scope import Viewer, visible

Batch = Sequence[Item]


class Beside(NamedTuple):
    """What stands beside a batch of items; each part is empty unless it was asked for."""

    units: Mapping[int, Unit] = {}
    heads: Mapping[int, str] = {}
    leaders: Mapping[int, str] = {}
    handlers: Mapping[int, str] = {}
    co_units: Mapping[int, str] = {}
    reports: Mapping[int, Feedback] = {}
    closures: Mapping[int, Closure] = {}
    urged: Mapping[int, int] = {}
    extended: Mapping[int, int] = {}
    missing: Mapping[int, int] = {}


@dataclass(frozen=True)
class Told:
    """An item as the `place`-th row: with its light of the day and what stands beside it.

    `whole`: the viewer knows of all of it; of an item known in part nothing is counted.
    """

    place: int
    item: Item
    light: Light
    today: date
    beside: Beside
    whole: bool = True


def told_of(
    viewer: Viewer, ids: Sequence[int], needs: Collection[str], first: int = 1
) -> Iterable[Told]:
    """The items in the order of their ids, the first as the `first`-th row. Those that this viewer
    may not know of (any more) are not among them. `needs` are names of parts of `Beside`."""
    found = {
        item.id: item for item in db.session.scalars(visible(viewer, Item).where(Item.id.in_(ids)))
    }
    items = [found[id_] for id_ in ids if id_ in found]
    whole = _whole(viewer, items)
    beside = Beside(**{name: PARTS[name](viewer, items) for name in sorted(needs)})
    today = viewer.moment.day
    for place, item in enumerate(items, first):
        yield Told(place, item, light_of(item, today), today, beside, item.id in whole)


def _whole(viewer: Viewer, items: Batch) -> set[int]:
    ordinary = {item.id for item in items if item.classification != "sensitive"}
    rest = [item.id for item in items if item.id not in ordinary]
    if rest:
        mine = visible(viewer, Item).where(Item.id.in_(rest), knows_whole(viewer))
        ordinary |= set(db.session.scalars(mine.with_only_columns(Item.id)))
    return ordinary


def _ids(items: Batch) -> list[int]:
    return [item.id for item in items]


def _units(_viewer: Viewer, items: Batch) -> dict[int, Unit]:
    wanted = {item.lead_unit_id for item in items}
    return {row.id: row for row in db.session.scalars(select(Unit).where(Unit.id.in_(wanted)))}


def _heads(viewer: Viewer, items: Batch) -> dict[int, str]:
    """By the lead unit's id, for its head is the same of all its items."""
    leads = {item.lead_unit_id: item for item in items}
    heads = {unit_id: heads_of(viewer, item, unit_id) for unit_id, item in leads.items()}
    names = named({id_ for found in heads.values() for id_ in found}, viewer.moment.day)
    return {unit: "、".join(names[id_].name for id_ in found) for unit, found in heads.items()}


def _leaders(viewer: Viewer, items: Batch) -> dict[int, str]:
    wanted = {item.responsible_leader_id for item in items}
    return {id_: one.name for id_, one in named(wanted, viewer.moment.day).items()}


def _handlers(viewer: Viewer, items: Batch) -> dict[int, str]:
    return _joined(
        visible(viewer, ItemMember)
        .join(Person, Person.id == ItemMember.person_id)
        .where(ItemMember.item_id.in_(_ids(items)), ItemMember.role == "handler")
        .order_by(Person.sort_no)
        .with_only_columns(ItemMember.item_id, Person.name)
    )


def _co_units(viewer: Viewer, items: Batch) -> dict[int, str]:
    return _joined(
        visible(viewer, ItemUnit)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .where(ItemUnit.item_id.in_(_ids(items)), ItemUnit.role == "co")
        .order_by(Unit.sort_no)
        .with_only_columns(ItemUnit.item_id, Unit.short_name)
    )


def _reports(viewer: Viewer, items: Batch) -> dict[int, Feedback]:
    """The lead unit's latest report that was sent on, of each item."""
    rows = db.session.scalars(
        visible(viewer, Feedback)
        .join(Item, Item.id == Feedback.item_id)
        .where(
            Feedback.item_id.in_(_ids(items)),
            Feedback.unit_id == Item.lead_unit_id,
            Feedback.state.in_(HANDED_IN),
        )
        .order_by(Feedback.seq)
    )
    return {row.item_id: row for row in rows}


def _closures(viewer: Viewer, items: Batch) -> dict[int, Closure]:
    rows = db.session.scalars(
        visible(viewer, Closure)
        .where(Closure.item_id.in_(_ids(items)), Closure.outcome == "accepted")
        .order_by(Closure.id)
    )
    return {row.item_id: row for row in rows}


def _urged(viewer: Viewer, items: Batch) -> dict[int, int]:
    """How often, by notices issued and not voided."""
    return _counted(
        visible(viewer, UrgeNotice)
        .where(
            UrgeNotice.item_id.in_(_ids(items)),
            UrgeNotice.doc_seq.is_not(None),
            UrgeNotice.state != "ug_void",
        )
        .with_only_columns(UrgeNotice.item_id, func.count())
        .group_by(UrgeNotice.item_id)
    )


def _extended(viewer: Viewer, items: Batch) -> dict[int, int]:
    return _counted(
        visible(viewer, Extension)
        .where(
            Extension.item_id.in_(_ids(items)),
            Extension.kind == "extend",
            Extension.state == "approved",
        )
        .with_only_columns(Extension.item_id, func.count())
        .group_by(Extension.item_id)
    )


def _missing(viewer: Viewer, items: Batch) -> dict[int, int]:
    lit = [item.id for item in items if item.lit]
    if not lit:
        return {}
    query = visible(viewer, Item).where(Item.id.in_(lit))
    return _counted(query.with_only_columns(Item.id, missing(viewer)))


PARTS: Final[Mapping[str, Callable[[Viewer, Batch], Any]]] = {
    "units": _units,
    "heads": _heads,
    "leaders": _leaders,
    "handlers": _handlers,
    "co_units": _co_units,
    "reports": _reports,
    "closures": _closures,
    "urged": _urged,
    "extended": _extended,
    "missing": _missing,
}


def _counted(query: Any) -> dict[int, int]:
    found: dict[int, int] = {}
    for item_id, count in db.session.execute(query):
        found[item_id] = count
    return found


def _joined(query: Any) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for item_id, name in db.session.execute(query):
        found.setdefault(item_id, []).append(name)
    return {item_id: "、".join(names) for item_id, names in found.items()}
