"""Who may export the ledger, how much of it, and with which columns (SPEC §1.3 导出台账, §7.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, exists, or_

from portal.errors import Forbidden
from portal.item.export_rights import AT_ONCE, units_exported
from portal.item.offices import OFFICE, offices_of
from portal.models import Item, ItemUnit
from portal.rooms.ledger.columns import Column
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer

__all__ = ["AT_ONCE", "Reach", "must_export", "reach_of"]

RECORDS: Final = frozenset({Role.DISCIPLINE, Role.HR})
"""「S」: restricted columns."""


@dataclass(frozen=True)
class Reach:
    """What a person may export: of which `units` (None: all that may be seen), whether without the
    matter's own texts, whether more than AT_ONCE by leave of 党政办主任."""

    units: frozenset[int] | None = None
    restricted: bool = False
    beyond: bool = False

    @property
    def within(self) -> ColumnElement[bool] | None:
        """The items of these units, led or shared; None: no bound."""
        if self.units is None:
            return None
        shared = exists().where(
            ItemUnit.item_id == Item.id, ItemUnit.role == "co", ItemUnit.unit_id.in_(self.units)
        )
        return or_(Item.lead_unit_id.in_(self.units), shared)

    def of(self, columns: Iterable[Column]) -> tuple[Column, ...]:
        """Those of these columns that this person may export."""
        return tuple(one for one in columns if not (self.restricted and one.restricted))


def reach_of(viewer: Viewer) -> Reach | None:
    """What this person may export; None: nothing."""
    held = offices_of(viewer)
    if held & OFFICE:
        return Reach(beyond=True)
    if held & RECORDS:
        return Reach(restricted=True, beyond=True)
    units = units_exported(viewer)
    return Reach(units=units) if units else None


def must_export(viewer: Viewer) -> Reach:
    """What this person may export. Forbidden: nothing."""
    reach = reach_of(viewer)
    if reach is None:
        raise Forbidden
    return reach
