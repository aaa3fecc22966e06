"""建议催办: the items and units that may be urged today, with why; and the notices under way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from portal.errors import NotFound
from portal.extensions import db
from portal.item.lines import Line, lines, read_lines
from portal.item.offices import OFFICE, offices_of
from portal.item.suggested import Suggested, suggested
from portal.models import Item, Unit, UrgeNotice, UrgeQuestion
from portal.models.urge import RUNNING
from portal.rulebook import urging
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer, visible

Share = tuple[int, int]
"""An item and one of its units, by their ids."""
PAGE = 50
"""Rows of each list on one page."""


class Place(NamedTuple):
    """A page of a list: the one asked for or the last, of how many; of how many rows."""

    page: int
    pages: int
    total: int

    @classmethod
    def of(cls, page: int, total: int) -> Place:
        """The page of so many rows that is asked for."""
        pages = max(1, -(-total // PAGE))
        return cls(min(page, pages), pages, total)

    @property
    def skipped(self) -> int:
        """Rows on the pages before."""
        return (self.page - 1) * PAGE

    @property
    def last(self) -> int:
        """The number of its last row."""
        return min(self.skipped + PAGE, self.total)


class Suggestion(NamedTuple):
    """A unit to be urged: of which item, why, how often it was before, whether a reason was once
    accepted, and when 党政办 last spoke to it (催办)."""

    line: Line
    lead: bool
    unit: str
    code: str
    why: str
    before: int
    last: date | None
    excused: bool


class Under(NamedTuple):
    """A notice under way: its item, its unit, how far it is, until when."""

    line: Line
    unit: str
    nth: int
    number: str
    state: str
    limit_on: date | None
    reason: str


def must_be_office(viewer: Viewer) -> None:
    """NotFound for everybody who does not urge."""
    if not offices_of(viewer) & OFFICE:
        raise NotFound


class Suggestions(NamedTuple):
    """A page of 建议催办, and how many lead units there are in all."""

    at: Place
    rows: list[Suggestion]
    leads: int


class Running(NamedTuple):
    """A page of the notices under way."""

    at: Place
    rows: list[Under]


def suggestions(viewer: Viewer, page: int = 1) -> Suggestions:
    """建议催办, longest overdue first; lead units, then co-units."""
    must_be_office(viewer)
    found = sorted(suggested(viewer), key=lambda one: not one.lead)
    at = Place.of(page, len(found))
    shown = found[at.skipped : at.last]
    rows = {one.row.Item.id: one.row for one in shown}
    held = dict(zip(rows, read_lines(rows.values(), viewer.moment.day), strict=True))
    told = _told(viewer, list(rows), {one.unit_id for one in shown})
    read = [_suggestion(viewer, one, held[one.row.Item.id], told) for one in shown]
    return Suggestions(at, read, sum(one.lead for one in found))


class _Told(NamedTuple):
    """Of all items together: the units by id; by item and unit how many notices there were, when
    the last one was issued, and whether a reason was accepted."""

    units: Mapping[int, Unit]
    before: Mapping[Share, int]
    last: Mapping[Share, date]
    excused: frozenset[Share]


def _told(viewer: Viewer, item_ids: Sequence[int], unit_ids: Collection[int]) -> _Told:
    units = db.session.scalars(select(Unit).where(Unit.id.in_(unit_ids)))
    last = db.session.execute(
        visible(viewer, UrgeNotice)
        .where(UrgeNotice.item_id.in_(item_ids), UrgeNotice.issued_on.is_not(None))
        .with_only_columns(UrgeNotice.item_id, UrgeNotice.unit_id, func.max(UrgeNotice.issued_on))
        .group_by(UrgeNotice.item_id, UrgeNotice.unit_id)
    )
    excused = db.session.execute(
        visible(viewer, UrgeQuestion)
        .where(UrgeQuestion.item_id.in_(item_ids), UrgeQuestion.state == "accepted")
        .with_only_columns(UrgeQuestion.item_id, UrgeQuestion.unit_id)
    )
    return _Told(
        {unit.id: unit for unit in units},
        urging.drawn_up_among(item_ids),
        {(item_id, unit_id): day for item_id, unit_id, day in last if day},
        frozenset((row.item_id, row.unit_id) for row in excused),
    )


def _suggestion(viewer: Viewer, one: Suggested, line: Line, told: _Told) -> Suggestion:
    unit, share = told.units[one.unit_id], (one.row.Item.id, one.unit_id)
    return Suggestion(
        line,
        one.lead,
        unit.short_name,
        unit.code,
        one.missed.text(viewer.moment.day),
        told.before.get(share, 0),
        told.last.get(share),
        share in told.excused,
    )


def under_way(viewer: Viewer, page: int = 1) -> Running:
    """The notices under way, the longest first."""
    must_be_office(viewer)
    running = _running(viewer)
    ids = running.with_only_columns(UrgeNotice.id).order_by(None).subquery()
    at = Place.of(page, db.session.scalar(select(func.count()).select_from(ids)) or 0)
    rows = db.session.execute(running.limit(PAGE).offset(at.skipped)).all()
    known = {
        line.item_id: line
        for line in read_lines(
            db.session.execute(
                lines(viewer).where(Item.id.in_([row.UrgeNotice.item_id for row in rows]))
            ),
            viewer.moment.day,
        )
    }
    read = [
        _under(row.UrgeNotice, row.short_name, row.reason, known[row.UrgeNotice.item_id])
        for row in rows
        if row.UrgeNotice.item_id in known
    ]
    return Running(at, read)


def _running(viewer: Viewer) -> Select[Any]:
    return (
        visible(viewer, UrgeNotice)
        .join(Unit, Unit.id == UrgeNotice.unit_id)
        .outerjoin(UrgeQuestion, UrgeQuestion.urge_id == UrgeNotice.id)
        .add_columns(Unit.short_name, UrgeQuestion.state.label("reason"))
        .where(UrgeNotice.state.in_(RUNNING))
        .order_by(UrgeNotice.id)
    )


def _under(notice: UrgeNotice, unit: str, reason: str | None, line: Line) -> Under:
    number = urging.number_of_notice(notice)
    return Under(
        line,
        unit,
        notice.nth,
        str(number) if number else "",
        state_word("urge", notice.state),
        notice.limit_on,
        state_word("urge_question", reason) if reason else "",
    )
