"""What the pages of 汇报通报 show: lists of briefs, one brief with its texts, figures, boxes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select

from portal.errors import NotFound
from portal.extensions import db
from portal.models import Brief, BriefCopy, BriefSheet, BriefSnapshot, BriefText, Person, Unit
from portal.rooms.reports import fields
from portal.rulebook import working_calendar
from portal.rulebook.briefs import boxes
from portal.rulebook.briefs.acting import edition_of
from portal.rulebook.briefs.guards import IN_WORK, hidden_figures, snapshot_of, texts_of
from portal.rulebook.briefs.rights import readable, waiting
from portal.rulebook.briefs.table import (
    STATES,
    STEPS,
    TERM_REPORT,
    Section,
    sections_of,
    title_of,
)
from portal.rulebook.roles import LABELS, Role, in_force
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workdays import DAY

MOST: Final = 100
MONTHS: Final = 12
PERIOD: Final = "督办期"


class Line(NamedTuple):
    """A brief in a list."""

    public_id: uuid.UUID
    title: str
    state: str
    waits: bool
    drafted_on: datetime
    released_on: date | None


class Term(NamedTuple):
    """A 督办期 of which a report may be begun."""

    name: str
    first: date
    last: date
    over: bool


class Part(NamedTuple):
    """A section as the page shows it: `body` with the figures in their places; who wrote the
    wording that holds (empty: it was drafted from the figures), whether the figures are newer."""

    section: Section
    text: BriefText | None
    body: str
    author: str
    older: bool


class Signed(NamedTuple):
    """A box of the present run: its step, whose it is, what was put into it."""

    label: str
    whose: str
    state: str
    name: str
    opinion: str
    at: datetime | None


class Copy(NamedTuple):
    """Who was told for a unit, and when it was read."""

    unit: str
    name: str
    read_at: datetime | None


def brief_or_404(viewer: Viewer, public_id: uuid.UUID) -> Brief:
    """The brief, if this person may read it."""
    found = db.session.scalars(readable(viewer).where(Brief.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def asked(viewer: Viewer) -> list[Line]:
    """The briefs of both kinds that wait for this person's signature, the first handed in first."""
    rows = db.session.scalars(waiting(viewer).order_by(Brief.id).limit(MOST))
    return [_line(row, waits=True) for row in rows]


def listed(viewer: Viewer, kind: str) -> list[Line]:
    """The briefs of a kind that this person may read, the newest first; discarded ones last."""
    mine = set(db.session.scalars(waiting(viewer).with_only_columns(Brief.id)))
    rows = db.session.scalars(
        readable(viewer, kind)
        .order_by(Brief.state == "discarded", Brief.first.desc().nulls_last(), Brief.id.desc())
        .limit(MOST)
    )
    return [_line(row, waits=row.id in mine) for row in rows]


def _line(row: Brief, *, waits: bool) -> Line:
    return Line(
        row.public_id, title_of(row), STATES[row.state], waits, row.drafted_at, row.released_on
    )


def terms(viewer: Viewer) -> list[Term]:
    """The 督办期 that have begun and have no report yet, the newest first (SPEC §6.1)."""
    today = viewer.moment.day
    taken = set(
        db.session.scalars(
            readable(viewer, TERM_REPORT)
            .where(Brief.state != "discarded")
            .with_only_columns(Brief.first)
        )
    )
    return [
        Term(span.name.removesuffix(PERIOD), span.start, span.end, span.end < today)
        for span in sorted(working_calendar.current().report_periods, key=_start, reverse=True)
        if span.start <= today and span.start not in taken
    ]


def has_term(today: date) -> bool:
    """Whether the calendar has a 督办期 for today: without one no report of it can be drafted."""
    spans = working_calendar.current().report_periods
    return any(span.start <= today <= span.end for span in spans)


def _start(span: Any) -> date:
    day: date = span.start
    return day


def months(today: date) -> list[tuple[str, str]]:
    """The last months, this one first: value and label."""
    found, first = [], today.replace(day=1)
    for _ in range(MONTHS):
        found.append((f"{first:%Y-%m}", f"{first.year}年{first.month}月"))
        first = (first - DAY).replace(day=1)
    return found


def parts(viewer: Viewer, brief: Brief) -> list[Part]:
    """The sections in the order of the paper."""
    texts, snapshot = texts_of(viewer, brief), snapshot_of(viewer, brief)
    data = None if snapshot is None else snapshot.data
    names = _names({text.written_by_id for text in texts.values()})
    found = []
    for section in sections_of(brief):
        text = texts.get(section.name)
        written = text is not None and text.written_by_id is not None
        found.append(
            Part(
                section,
                text,
                fields.filled(text.body, data) if text is not None else "",
                names.get(text.written_by_id or 0, "") if text is not None else "",
                written
                and text is not None
                and snapshot is not None
                and text.snapshot_id != snapshot.id,
            )
        )
    return found


def versions(viewer: Viewer, brief: Brief, section: str) -> list[tuple[BriefText, str]]:
    """The former wordings of a section with who wrote them, the newest first; without those that
    go with figures of what became sensitive since."""
    hidden = hidden_figures(viewer, brief) if brief.released_on is None else set()
    rows = db.session.scalars(
        visible(viewer, BriefText)
        .where(
            BriefText.brief_id == brief.id,
            BriefText.section == section,
            func.coalesce(BriefText.snapshot_id, 0).not_in(hidden),
        )
        .order_by(BriefText.version.desc())
    ).all()
    names = _names({row.written_by_id for row in rows})
    return [(row, names.get(row.written_by_id or 0, "")) for row in rows]


def counting(viewer: Viewer, brief: Brief) -> BriefSnapshot | None:
    """The newest snapshot that is being made or has failed; None if the newest one stands, or the
    brief is no draft any more: what failed then is nobody's who reads it."""
    if brief.state != "draft":
        return None
    newest = db.session.scalars(
        visible(viewer, BriefSnapshot)
        .where(BriefSnapshot.brief_id == brief.id)
        .order_by(BriefSnapshot.id.desc())
        .limit(1)
    ).one_or_none()
    return newest if newest is not None and newest.state in (*IN_WORK, "failed") else None


def signed(viewer: Viewer, brief: Brief) -> list[Signed]:
    """The boxes of the latest run."""
    labels = {step.step: step.label for step in STEPS}
    found = boxes.run_of(viewer, brief)
    names = _names({one for box in found for one in (box.person_id, box.on_behalf_of_id)})
    return [
        Signed(
            labels[box.step],
            LABELS[Role(box.role)],
            box.state,
            names.get(box.person_id or 0, "")
            + (f"（代{names[box.on_behalf_of_id]}）" if box.on_behalf_of_id else ""),
            box.opinion,
            box.decided_at,
        )
        for box in found
    ]


def copies(viewer: Viewer, brief: Brief) -> list[Copy]:
    """The list of receipts of a published 通报, unit by unit in the official order."""
    rows = db.session.execute(
        visible(viewer, BriefCopy)
        .join(Unit, Unit.id == BriefCopy.unit_id)
        .join(Person, Person.id == BriefCopy.person_id)
        .where(BriefCopy.brief_id == brief.id)
        .with_only_columns(Unit.short_name, Person.name, BriefCopy.read_at)
        .order_by(Unit.sort_no, Person.sort_no, Person.id)
    )
    return [Copy(row.short_name, row.name, row.read_at) for row in rows]


def unread(viewer: Viewer, brief: Brief) -> bool:
    """Whether a 通报 was sent to this person, who has not said yet that it was read."""
    mine = visible(viewer, BriefCopy).where(
        BriefCopy.brief_id == brief.id,
        BriefCopy.person_id == viewer.person_id,
        BriefCopy.read_at.is_(None),
    )
    return db.session.scalars(mine.limit(1)).first() is not None


def sheet_of(viewer: Viewer, brief: Brief) -> BriefSheet | None:
    """The PDF of the brief as it stands, asked for or made; None if nobody has asked."""
    return db.session.scalars(
        visible(viewer, BriefSheet).where(
            BriefSheet.brief_id == brief.id, BriefSheet.of_version == edition_of(viewer, brief)
        )
    ).one_or_none()


def units(day: date) -> list[tuple[int, str]]:
    """The units of the day in the official order."""
    rows = db.session.execute(
        select(Unit.id, Unit.short_name).where(in_force(Unit, day)).order_by(Unit.sort_no, Unit.id)
    )
    return [(row.id, row.short_name) for row in rows]


def figures_said(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures of a snapshot by label, as they stand in the list beside the editor."""
    return list(fields.values(data).items())


def _names(ids: set[int | None]) -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids - {None})))
    return {row.id: row.name for row in rows}
