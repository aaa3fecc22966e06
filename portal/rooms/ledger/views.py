"""存为视图: an address of the ledger under a name, for oneself or for all of 党政办."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from sqlalchemy import Select, delete, func, select, update

from portal import turns
from portal.errors import NotFound
from portal.extensions import db
from portal.item.offices import OFFICE, offices_of
from portal.models import Appointment, LedgerView
from portal.rooms.ledger import filters
from portal.rooms.ledger.filters import Filters
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import in_force
from portal.rulebook.scope import Viewer, visible

MOST: Final = 20
"""Views of one person: each stands above the table with its count."""
NAME_LENGTH: Final = 20


@dataclass(frozen=True)
class View:
    """A saved view as its person finds it; `mine` may be changed."""

    public_id: uuid.UUID
    name: str
    query: str
    shared: bool
    mine: bool
    default: bool

    @property
    def wanted(self) -> Filters:
        """What it asks for, read like any address."""
        return filters.read(dict(parse_qsl(self.query)))

    @property
    def href(self) -> str:
        """Its address."""
        return self.wanted.href()


def views_of(viewer: Viewer) -> list[View]:
    """One's own in the order one gave them, then those that colleagues share."""
    rows = db.session.scalars(
        visible(viewer, LedgerView).order_by(
            LedgerView.owner_id != viewer.person_id, LedgerView.place, LedgerView.id
        )
    )
    return [
        View(
            row.public_id,
            row.name,
            row.query,
            row.unit_id is not None,
            row.owner_id == viewer.person_id,
            row.owner_id == viewer.person_id and row.is_default,
        )
        for row in rows
    ]


def default_of(_viewer: Viewer, kept: list[View]) -> View | None:
    """The view in which one's ledger opens."""
    return next((view for view in kept if view.default), None)


def may_share(viewer: Viewer) -> bool:
    """党政办 shares views among its people."""
    return bool(offices_of(viewer) & OFFICE)


def save(viewer: Viewer, name: str, query: str, *, shared: bool = False) -> None:
    """Keep this address under this name; under a name one has already, it takes its place.

    Unmet without a name, or with too many views.
    """
    _take_turn(viewer)
    name = name.strip()[:NAME_LENGTH]
    if not name:
        raise Unmet("请填写视图名称。", fields={"name": "请填写视图名称。"})
    unit = _office_of(viewer) if shared and may_share(viewer) else None
    kept = filters.read(dict(parse_qsl(query))).query
    same = db.session.scalars(_mine(viewer).where(LedgerView.name == name)).one_or_none()
    if same is not None:
        same.query, same.unit_id, same.readers = kept, unit, _readers(viewer, unit)
    else:
        _add(viewer, name, kept, unit)
    db.session.commit()


def _add(viewer: Viewer, name: str, query: str, unit: int | None) -> None:
    number, last = db.session.execute(
        _mine(viewer).with_only_columns(func.count(), func.max(LedgerView.place))
    ).one()
    if number >= MOST:
        said = f"您已保存{MOST}个视图，请先删除不用的视图。"
        raise Unmet(said, fields={"name": said})
    db.session.add(
        LedgerView(
            owner_id=viewer.person_id,
            unit_id=unit,
            name=name,
            query=query,
            place=(last or 0) + 1,
            readers=_readers(viewer, unit),
        )
    )


def rename(viewer: Viewer, view_id: uuid.UUID, name: str, *, shared: bool) -> None:
    """Another name, and whether colleagues see it. NotFound: not one's own."""
    _take_turn(viewer)
    view = _one(viewer, view_id)
    name = name.strip()[:NAME_LENGTH]
    taken = db.session.scalar(
        _mine(viewer)
        .where(LedgerView.name == name, LedgerView.id != view.id)
        .with_only_columns(func.count())
    )
    if not name or taken:
        said = "您已有同名视图。" if taken else "请填写视图名称。"
        raise Unmet(said, fields={"name": said})
    unit = _office_of(viewer) if shared and may_share(viewer) else None
    view.name, view.unit_id, view.readers = name, unit, _readers(viewer, unit)
    db.session.commit()


def forget(viewer: Viewer, view_id: uuid.UUID) -> None:
    """Delete it. NotFound: not one's own."""
    view = _one(viewer, view_id)
    db.session.execute(delete(LedgerView).where(LedgerView.id == view.id))
    db.session.commit()


def open_with(viewer: Viewer, view_id: uuid.UUID, *, wanted: bool) -> None:
    """The ledger opens in this view, or in none. NotFound: not one's own."""
    _take_turn(viewer)
    view = _one(viewer, view_id)
    db.session.execute(
        update(LedgerView)
        .where(LedgerView.owner_id == viewer.person_id, LedgerView.is_default)
        .values(is_default=False)
    )
    if wanted:
        db.session.execute(
            update(LedgerView).where(LedgerView.id == view.id).values(is_default=True)
        )
    db.session.commit()


def move_up(viewer: Viewer, view_id: uuid.UUID) -> None:
    """One place further to the front. NotFound: not one's own."""
    view = _one(viewer, view_id)
    _take_turn(viewer)
    mine = db.session.scalars(_mine(viewer).order_by(LedgerView.place, LedgerView.id)).all()
    at = mine.index(view)
    order = [*mine[: max(0, at - 1)], view, *mine[max(0, at - 1) : at], *mine[at + 1 :]]
    for place, one in enumerate(order, 1):
        one.place = place
    db.session.commit()


def _take_turn(viewer: Viewer) -> None:
    """Two windows of one person are looked at one after the other."""
    turns.wait_for(f"ledger views {viewer.person_id}")


def _mine(viewer: Viewer) -> Select[LedgerView]:
    return visible(viewer, LedgerView).where(LedgerView.owner_id == viewer.person_id)


def _one(viewer: Viewer, view_id: uuid.UUID) -> LedgerView:
    found = db.session.scalars(_mine(viewer).where(LedgerView.public_id == view_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _office_of(viewer: Viewer) -> int | None:
    """The unit of 党政办 in which this person holds a post of it."""
    return db.session.scalar(
        select(Appointment.unit_id)
        .where(
            Appointment.person_id == viewer.person_id,
            Appointment.role.in_([role.value for role in OFFICE]),
            Appointment.unit_id.is_not(None),
            in_force(Appointment, viewer.moment.day),
        )
        .order_by(Appointment.id)
        .limit(1)
    )


def _readers(viewer: Viewer, unit: int | None) -> list[int]:
    own = [-(viewer.person_id or 0)]
    return own if unit is None else [*own, unit]
