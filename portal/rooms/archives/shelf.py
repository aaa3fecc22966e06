"""案卷目录, 逾期未归档, 借阅: what lies on the shelves, what should, who has it (SPEC §2.11)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, case, func, select

from portal.extensions import db
from portal.item.lines import Line, lines, read_lines
from portal.item.loans import Borrowed, in_words
from portal.models import ArchiveRecord, Item, Loan, Unit
from portal.models.loan import OPEN
from portal.rulebook import policy
from portal.rulebook.archiving import archive_due
from portal.rulebook.item_texts import number_of
from portal.rulebook.scope import Viewer, visible

PAGE: Final = 200
FOR_EVER: Final = "永久"
YEARS: Final = "年"


class Volume(NamedTuple):
    """An archived item on the shelf: its 档号, where the papers of 党政办 lie, until which year
    they are kept (None: for ever), and whether they are lent."""

    public_id: uuid.UUID
    archive_no: str
    number: str
    title: str
    sensitive: bool
    unit: str
    archived_on: date | None
    location: str
    until: int | None
    lent: bool


class Shelf(NamedTuple):
    """The volumes of one 保管期限."""

    retention: str
    volumes: list[Volume]


class Late(NamedTuple):
    """An item that should be archived: since when, and by when it should have been."""

    line: Line
    closed_on: date
    due: date
    days: int


class LoanRow(NamedTuple):
    """A loan with the item whose papers it is of."""

    public_id: uuid.UUID
    number: str
    title: str
    sensitive: bool
    loan: Borrowed


def years_of(viewer: Viewer) -> list[int]:
    """The years of 归档, the last one first."""
    year = func.extract("year", Item.archived_on)
    rows = visible(viewer, Item).where(Item.state == "archived", Item.archived_on.is_not(None))
    found = db.session.scalars(rows.with_only_columns(year).distinct().order_by(year.desc()))
    return [int(number) for number in found]


def shelves_of(viewer: Viewer, year: int) -> list[Shelf]:
    """What was archived in a year, by 保管期限 in the policy's order, then by 文号."""
    lent = (
        select(Loan.id)
        .where(Loan.item_id == Item.id, Loan.state == "lent", Loan.kind == "original")
        .correlate(Item)
        .exists()
    )
    rows = db.session.execute(
        visible(viewer, Item)
        .join(ArchiveRecord, ArchiveRecord.item_id == Item.id)
        .join(Unit, Unit.id == Item.lead_unit_id)
        .where(
            Item.state == "archived",
            func.extract("year", Item.archived_on) == year,
            ArchiveRecord.keeper == "office",
            ArchiveRecord.superseded_at.is_(None),
        )
        .order_by(Item.doc_year, Item.doc_seq, Item.id)
        .add_columns(ArchiveRecord, Unit.short_name, lent.label("lent"))
    ).all()
    order = [row.id for row in policy.CURRENT.retentions]
    found: dict[str, list[Volume]] = {retention: [] for retention in order}
    for row in rows:
        found.setdefault(row.ArchiveRecord.retention, []).append(_volume(row))
    return [Shelf(retention, volumes) for retention, volumes in found.items() if volumes]


def kept_until(retention: str, archived_on: date) -> int | None:
    """The last year in which a volume is kept; None: for ever. It is counted from the year after
    归档, and nothing is thrown away by itself when it is over."""
    if retention == FOR_EVER:
        return None
    return archived_on.year + int(retention.removesuffix(YEARS))


def overdue(viewer: Viewer) -> list[Late]:
    """第十六条（七）: closed for longer than the policy allows and not archived, oldest first."""
    today = viewer.moment.day
    last = Item.closed_on + func.make_interval(0, _months())
    query = (
        lines(viewer)
        .where(Item.state == "closed", last < today)
        .order_by(Item.closed_on, Item.id)
        .limit(PAGE)
    )
    rows = db.session.execute(query).all()
    found = []
    for row, line in zip(rows, read_lines(rows, today), strict=True):
        due = archive_due(row.Item.closed_on, policy.of(row.Item.policy_version))
        found.append(Late(line, row.Item.closed_on, due, (today - due).days))
    return found


def loans(viewer: Viewer, *, every: bool) -> list[LoanRow]:
    """What is asked for, granted or lent, the first to come back first; with `every` also what is
    over, the latest first."""
    query: Select[Any] = (
        visible(viewer, Loan).join(Item, Item.id == Loan.item_id).add_columns(Item).limit(PAGE)
    )
    if every:
        query = query.order_by(Loan.id.desc())
    else:
        query = query.where(Loan.state.in_(OPEN)).order_by(Loan.due_back, Loan.id)
    rows = db.session.execute(query).all()
    return _loan_rows(viewer, rows)


def _loan_rows(viewer: Viewer, rows: Sequence[Any]) -> list[LoanRow]:
    said = in_words(viewer, [row.Loan for row in rows])
    return [
        LoanRow(
            row.Item.public_id,
            str(number_of(row.Item) or ""),
            row.Item.title,
            row.Item.classification == "sensitive",
            loan,
        )
        for row, loan in zip(rows, said, strict=True)
    ]


def _months() -> Any:
    months = {edition.version: edition.limit("archive") for edition in policy.EDITIONS}
    return case(months, value=Item.policy_version)


def _volume(row: Any) -> Volume:
    item, record = row.Item, row.ArchiveRecord
    number = number_of(item)
    return Volume(
        item.public_id,
        record.archive_no,
        str(number) if number else "",
        item.title,
        item.classification == "sensitive",
        row.short_name,
        item.archived_on,
        record.location,
        kept_until(record.retention, item.archived_on) if item.archived_on else None,
        row.lent,
    )
