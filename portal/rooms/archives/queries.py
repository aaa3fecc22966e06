"""The archive's room: which items of a year are archived, and who has signed for their packages."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, extract, func, select
from sqlalchemy.orm import aliased

from portal.errors import NotFound
from portal.extensions import db
from portal.item.offices import OFFICE, offices_of
from portal.models import ArchivePackage, ArchiveRecord, Item, Unit
from portal.rulebook.item_texts import number_of
from portal.rulebook.roles import Role
from portal.rulebook.scope import Viewer, visible

KEEPERS = OFFICE | {Role.ARCHIVIST}
SHOWN = ("closed", "archived")
PAGE = 50
BY_OFFICE, BY_UNIT = aliased(ArchiveRecord), aliased(ArchiveRecord)
IN_ORDER = (Item.doc_year, Item.doc_seq, Item.id)


@dataclass(frozen=True)
class Line:
    """An item of the year. `version`, `sha256` and what follows are those of its last package that
    is made; empty if there is none."""

    item_id: int
    public_id: uuid.UUID
    number: str
    title: str
    sensitive: bool
    unit: str
    closed_on: date
    archived_on: date | None
    archive_no: str
    retention: str
    office_signed: bool
    unit_signed: bool
    version: int | None = None
    sha256: str = ""
    size: int = 0
    files: int = 0
    pages: int = 0

    @property
    def both_signed(self) -> bool:
        """双备案 is complete: both sides have signed for the last version."""
        return self.archived_on is not None and self.office_signed and self.unit_signed

    @property
    def standing(self) -> str:
        """How far it is, in words."""
        if self.version is None:
            return "待生成档案包"
        waits = [
            who
            for who, signed in (("牵头单位", self.unit_signed), ("党政办", self.office_signed))
            if not signed
        ]
        return f"待{'、'.join(waits)}确认" if waits else "双方已确认"


def must_keep(viewer: Viewer) -> None:
    """NotFound for whoever keeps no archive."""
    if not offices_of(viewer) & KEEPERS:
        raise NotFound


def years_of(viewer: Viewer) -> list[int]:
    """The years in which items that the viewer may know of were closed, the last one first."""
    year = extract("year", Item.closed_on)
    rows = visible(viewer, Item).where(Item.state.in_(SHOWN), Item.closed_on.is_not(None))
    found = db.session.scalars(rows.with_only_columns(year).distinct().order_by(year.desc()))
    return [int(number) for number in found]


class Shelf(NamedTuple):
    """A page of a year: its items, sensitive ones last; how many there are of both kinds in the
    year, and for how many of the ordinary ones both sides have signed."""

    lines: list[Line]
    page: int
    pages: int
    ordinary: int
    sensitive: int
    ready: int

    @property
    def total(self) -> int:
        """All items of the year."""
        return self.ordinary + self.sensitive


def shelf_of(viewer: Viewer, year: int, page: int) -> Shelf:
    """The page asked for of a year, or its last one."""
    sensitive = Item.classification == "sensitive"
    counted = (
        _of_year(viewer, year)
        .order_by(None)
        .with_only_columns(
            func.count().filter(~sensitive).label("ordinary"),
            func.count().filter(sensitive).label("sensitive"),
            func.count().filter(~sensitive, _signed()).label("ready"),
        )
    )
    numbers = db.session.execute(counted).one()
    pages = max(1, -(-(numbers.ordinary + numbers.sensitive) // PAGE))
    page = min(max(page, 1), pages)
    rows = _of_year(viewer, year).order_by(None).order_by(sensitive, *IN_ORDER)
    shown = _read(rows.limit(PAGE).offset((page - 1) * PAGE))
    return Shelf(shown, page, pages, *numbers)


def lines_of(viewer: Viewer, year: int) -> list[Line]:
    """The items closed in that year, in the order of their numbers."""
    return _read(_of_year(viewer, year))


def _of_year(viewer: Viewer, year: int) -> Select[Any]:
    last = (
        select(func.max(ArchivePackage.id))
        .where(ArchivePackage.item_id == Item.id, ArchivePackage.state == "made")
        .correlate(Item)
        .scalar_subquery()
    )
    return (
        visible(viewer, Item)
        .join(Unit, Unit.id == Item.lead_unit_id)
        .join(BY_OFFICE, _copy(BY_OFFICE, "office"))
        .join(BY_UNIT, _copy(BY_UNIT, "unit"))
        .outerjoin(ArchivePackage, ArchivePackage.id == last)
        .where(Item.state.in_(SHOWN), Item.closed_on.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(*IN_ORDER)
    )


def _signed() -> ColumnElement[bool]:
    """`Line.both_signed` as SQL."""
    return and_(
        Item.archived_on.is_not(None),
        BY_OFFICE.package_id == ArchivePackage.id,
        BY_UNIT.package_id == ArchivePackage.id,
    )


def _read(rows: Select[Any]) -> list[Line]:
    asked = rows.add_columns(Unit.short_name, BY_OFFICE, BY_UNIT, ArchivePackage)
    return [_line(*row) for row in db.session.execute(asked)]


def _copy(record: Any, keeper: str) -> Any:
    return and_(record.item_id == Item.id, record.keeper == keeper, record.superseded_at.is_(None))


def _line(
    item: Item,
    unit: str,
    office: ArchiveRecord,
    own: ArchiveRecord,
    package: ArchivePackage | None,
) -> Line:
    number = number_of(item)
    if item.closed_on is None:
        raise ValueError("an item of the archive was closed")
    common: dict[str, Any] = {
        "item_id": item.id,
        "public_id": item.public_id,
        "number": str(number) if number else "",
        "title": item.title,
        "sensitive": item.classification == "sensitive",
        "unit": unit,
        "closed_on": item.closed_on,
        "archived_on": item.archived_on,
        "archive_no": office.archive_no,
        "retention": office.retention,
    }
    if package is None:
        return Line(**common, office_signed=False, unit_signed=False)
    return Line(
        **common,
        office_signed=office.package_id == package.id,
        unit_signed=own.package_id == package.id,
        version=package.version,
        sha256=package.sha256 or "",
        size=package.size or 0,
        files=package.files or 0,
        pages=package.pages or 0,
    )
