"""The same relations as they stood at the end of a past day (时点台账, decision 0141).

They have the columns of `facts`, and come from how each item stood (`models.standing`). Who may see
a row is decided by today: what became sensitive since is hidden in the past, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    and_,
    column,
    func,
    or_,
    select,
    true,
)

from portal.figures import facts
from portal.figures.asking import Asked
from portal.item.lines import knows_whole
from portal.models import Event, Item, Standing
from portal.rulebook.scope import Viewer, visible

DAY: Final = Date()
ID: Final = BigInteger()


def stood(at: date) -> ColumnElement[bool]:
    """The rows that say how items stood at the end of a day."""
    return and_(Standing.day <= at, or_(Standing.until.is_(None), Standing.until > at))


def red(at: date) -> ColumnElement[bool]:
    """`item.lights.shows("red")`, of then."""
    lit = and_(Standing.lit, Standing.yellow_from.is_not(None), ~Standing.blue)
    return and_(lit, Standing.red_from.is_not(None), Standing.red_from <= at)


def _known(viewer: Viewer, at: date, *, official: bool) -> Select[Any]:
    query = (
        visible(viewer, Standing)
        .join(Item, Item.id == Standing.item_id)
        .where(stood(at), or_(Standing.filed_on.is_not(None), Standing.issued_on.is_not(None)))
    )
    if official:
        return query.where(
            Item.classification != "sensitive", Standing.classification != "sensitive"
        )
    return query.where(knows_whole(viewer))


def items(viewer: Viewer, asked: Asked, *, official: bool) -> Select[Any]:
    """督办事项, by the lead unit of then."""
    then = Standing
    columns: tuple[Any, ...] = (
        then.item_id,
        then.item_id.label("part_id"),
        then.unit_id,
        then.state,
        then.level,
        then.filed_on,
        then.issued_on,
        then.due_original,
        then.due_effective,
        then.closed_on,
        then.completed_on,
        red(asked.as_of).label("red"),
    )
    return _known(viewer, asked.as_of, official=official).with_only_columns(*columns)


def listed(rows: Any, name: str, **kinds: Any) -> Any:
    """The objects of a list as rows."""
    columns = [column(key, kind) for key, kind in kinds.items()]
    made = func.jsonb_to_recordset(rows).table_valued(*columns, name=name)
    return made.render_derived(with_types=True)


def _hanging(viewer: Viewer, at: date, rows: Any, *more: Any, official: bool) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Standing.item_id,
        rows.c.id.label("part_id"),
        (rows.c.unit_id if "unit_id" in rows.c else Standing.unit_id).label("unit_id"),
        Standing.state,
        Standing.level,
        *more,
    )
    known = _known(viewer, at, official=official).join(rows, true())
    return known.with_only_columns(*columns)


def points(viewer: Viewer, asked: Asked, *, official: bool) -> Select[Any]:
    """反馈期次 of the plans of then."""
    rows = listed(Standing.points, "point", id=ID, due=DAY, met_on=DAY)
    more = (rows.c.due, rows.c.met_on, Standing.ended_on)
    return _hanging(viewer, asked.as_of, rows, *more, official=official).where(
        Standing.issued_on.is_not(None)
    )


def notices(viewer: Viewer, asked: Asked, *, official: bool) -> Select[Any]:
    """催办事项通知单 that were issued and not voided by then."""
    rows = listed(Standing.notices, "notice", id=ID, unit_id=ID, day=DAY)
    return _hanging(viewer, asked.as_of, rows, rows.c.day, official=official)


def extensions(viewer: Viewer, asked: Asked, *, official: bool) -> Select[Any]:
    """延期督办 given by then."""
    rows = listed(Standing.extensions, "extension", id=ID, day=DAY)
    return _hanging(viewer, asked.as_of, rows, rows.c.day, official=official)


def returns(viewer: Viewer, asked: Asked, *, official: bool) -> Select[Any]:
    """What had been sent back by then: the events themselves."""
    columns: tuple[Any, ...] = (
        Standing.item_id,
        Event.id.label("part_id"),
        Standing.unit_id,
        Standing.state,
        Standing.level,
        Event.day,
    )
    return (
        _known(viewer, asked.as_of, official=official)
        .join(Event, Event.item_id == Standing.item_id)
        .where(facts.sent_back(), Event.day <= asked.as_of)
        .with_only_columns(*columns)
    )


def shares(viewer: Viewer, asked: Asked, *, official: bool) -> Select[Any]:
    """协办 as it was shared then."""
    rows = listed(Standing.shares, "share", id=ID, unit_id=ID, due=DAY, met_on=DAY)
    more = (
        Standing.issued_on.label("day"),
        rows.c.due,
        rows.c.met_on,
        Standing.ended_on,
    )
    return _hanging(viewer, asked.as_of, rows, *more, official=official).where(
        Standing.issued_on.is_not(None)
    )


def workers(asked: Asked) -> Select[Any]:
    """承办人 of then: item, unit, person."""
    rows = listed(Standing.workers, "worker", unit_id=ID, person_id=ID)
    columns: tuple[Any, ...] = (Standing.item_id, rows.c.unit_id, rows.c.person_id)
    return select(*columns).select_from(Standing).join(rows, true()).where(stood(asked.as_of))


RELATIONS: Final[Mapping[str, Callable[..., Select[Any]]]] = {
    "items": items,
    "points": points,
    "notices": notices,
    "extensions": extensions,
    "returns": returns,
    "shares": shares,
}
