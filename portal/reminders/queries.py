"""The items about which something is due to be told now, and was not yet (SPEC §3.7, §8.15).

Each query begins at an index by day, so that it costs what is due and not what exists. Nobody is
urged about an item that waits for others: blue, being judged, ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    union,
)

from portal.extensions import db
from portal.models import (
    Approval,
    ArchivePackage,
    ArchiveRecord,
    Event,
    Extension,
    Feedback,
    FeedbackPoint,
    Inspection,
    Item,
    Loan,
    Rectification,
    Reminded,
)
from portal.reminders.occasions import Occasion, Span
from portal.rulebook import archiving, deadline_changes, deadlines, packages, policy
from portal.rulebook.chains import CHAINS, RUNNING
from portal.rulebook.machines import COUNTED
from portal.rulebook.owed import COUNTS_FROM, answered_by, owed
from portal.rulebook.roles import Role
from portal.rulebook.workdays import DAY

CLOSING = tuple(step.state for step in CHAINS["closing"].steps)
OWED_BY_UNIT = (*RUNNING, "closing_unit")
"""States in which the unit has the next step; while its head confirms, nothing is handed in."""
COLUMNS = (
    Item.id.label("item_id"),
    Item.lead_unit_id.label("unit_id"),
    Item.level,
    (Item.classification == "sensitive").label("sensitive"),
    Item.policy_version,
)


def feedback_due(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """第十八条: a report falls due up to the next working day, and none is handed in."""
    last = span.calendar.next_workday(span.today)
    rows = _points(kind).where(
        FeedbackPoint.due.between(span.today, last), ~answered_by(Feedback.state.in_(COUNTED))
    )
    for row in db.session.execute(rows):
        yield _of_item(kind, row.key, row, roles, {"date": row.due.isoformat()})


def feedback_missed(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """第十八条: a report was due yesterday or, while nobody looked or the item waited, before."""
    first = min(span.since - DAY, span.today - longest("missed_looked_back") * DAY)
    rows = _points(kind).where(
        FeedbackPoint.due.between(first, span.today - DAY),
        owed(),
    )
    for row in db.session.execute(rows):
        yield _of_item(kind, row.key, row, roles, {"date": row.due.isoformat()})


def _points(kind: str) -> Select[int, int, int, bool, str, date, str]:
    """Instalments of the present plan of items that are to be reported on, not told yet."""
    key = literal("point:") + cast(FeedbackPoint.id, String)
    return (
        select(*COLUMNS, FeedbackPoint.due, key.label("key"))
        .join(Item, Item.id == FeedbackPoint.item_id)
        .where(_urged(), FeedbackPoint.due >= COUNTS_FROM, is_new(kind, key))
    )


def near(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """临期 by its due day alone: what is yellow for a missing report was told about that."""
    # What is stored is this day or, for a missing report, an earlier one: the rest is not due yet.
    for row in _by_due(kind, span, 0, longest("yellow_max"), Item.yellow_from <= span.today):
        edition = policy.of(row.policy_version)
        if deadlines.yellow_from(row.since, row.due, edition) <= span.today:
            left = (row.due - span.today).days
            facts = {"n": left, "due": row.due.isoformat()}
            yield _of_item(kind, row.key, row, roles, facts)


def cutoff_tomorrow(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """第十九条: the day before the last one for an application, if the period leaves such a day and
    an extension may still be given."""
    most = longest("extension_notice") + 1
    for row in _by_due(kind, span, 1, most, may_ask_for_more()):
        edition = policy.of(row.policy_version)
        cutoff = deadline_changes.extension_cutoff(row.since, row.due, policy=edition)
        told_on = cutoff.date() - DAY
        if row.since < told_on <= span.today and span.moment.instant <= cutoff:
            yield _of_item(kind, row.key, row, roles, {"date": cutoff.date().isoformat()})


def may_ask_for_more() -> ColumnElement[bool]:
    """第十九条: in work, no request for more time is under way, and one may be given."""
    asked = exists().where(
        Approval.item_id == Item.id, Approval.chain == "extension", Approval.state == "open"
    )
    return (Item.state == "in_progress") & ~asked & _extension_left()


def _extension_left() -> ColumnElement[bool]:
    """Fewer extensions were given than the item's edition allows (SPEC §2.9)."""
    given = (
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
    most = {edition.version: edition.limit("extension_count") for edition in policy.EDITIONS}
    return given < case(most, value=Item.policy_version)


def _by_due(
    kind: str, span: Span, first: int, last: int, *where: ColumnElement[bool]
) -> Sequence[Any]:
    """Items due in `first` to `last` days, not told yet for that due day."""
    key = _dated_key("due", Item.due)
    query = select(*COLUMNS, Item.due, COUNTS_FROM.label("since"), key.label("key")).where(
        _urged(),
        Item.due.between(span.today + first * DAY, span.today + last * DAY),
        is_new(kind, key),
        *where,
    )
    return db.session.execute(query).all()


def overdue(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """第十六条（四）: red since the last round; by its day, or because what it waited for is over
    (延期不同意, 补正期满), which was somebody's act on the item. Of 长期 the day of the second
    missing report stands for the due day."""
    turned = select(Item.id).where(Item.lit, Item.red_from.between(span.since, span.today))
    stirred = select(Event.item_id).where(Event.day.between(span.since, span.today))
    key = _dated_key("red", Item.red_from)
    rows = select(*COLUMNS, Item.red_from, key.label("key")).where(
        Item.id.in_(union(turned, stirred)),
        _urged(),
        Item.red_from <= span.today,
        is_new(kind, key),
    )
    for row in db.session.execute(rows):
        facts = {"due": (row.red_from - DAY).isoformat()}
        yield _of_item(kind, row.key, row, roles, facts)


def point_due(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """第十七条: a point of 整改意见 falls due up to the next working day and waits for a reply."""
    last = span.calendar.next_workday(span.today)
    key = (
        literal("rectification:")
        + cast(Rectification.id, String)
        + literal(":")
        + cast(Rectification.due, String)
    )
    rows = (
        select(
            *COLUMNS, Rectification.unit_id.label("of_unit"), Rectification.due, key.label("key")
        )
        .join(Item, Item.id == Rectification.item_id)
        .join(Inspection, Inspection.id == Rectification.inspection_id)
        .where(
            Rectification.state == "open",
            Rectification.withdrawn.is_(False),
            Rectification.due.between(span.today, last),
            Inspection.state == "rectifying",
            Item.state.in_((*RUNNING, *CLOSING, "closing_filing")),
            is_new(kind, key),
        )
    )
    for row in db.session.execute(rows):
        told = _of_item(kind, row.key, row, roles, {"date": row.due.isoformat()})
        yield replace(told, unit_id=row.of_unit)


def archive_overdue(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """第十六条（七）: closed and not archived in time (SPEC §2.11: within a month)."""
    yield from _closed(kind, "closed", roles, span)


def unit_copy_overdue(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """第十六条（七）: the same, and it is the lead unit that has not signed for its copy."""
    unsigned = exists().where(
        ArchiveRecord.item_id == Item.id,
        ArchiveRecord.keeper == "unit",
        ArchiveRecord.superseded_at.is_(None),
        ArchiveRecord.kept_on.is_(None) | packages.is_newer(ArchiveRecord),
    )
    yield from _closed(kind, "copy", roles, span, unsigned)


def copy_outdated(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """第十六条（七）: what is in the package changed after 归档, and as long as for the first
    signature is over without the new one. `roles`: who keeps the unit's copy, who the office's."""
    key = literal("package:") + cast(ArchivePackage.id, String) + ":" + ArchiveRecord.keeper
    newest = (
        select(func.max(ArchivePackage.id))
        .where(ArchivePackage.item_id == Item.id, ArchivePackage.state == "made")
        .correlate(Item)
        .scalar_subquery()
    )
    rows = (
        select(*COLUMNS, Event.day, ArchiveRecord.keeper, key.label("key"))
        .join(ArchivePackage, ArchivePackage.item_id == Item.id)
        .join(Event, Event.id == ArchivePackage.as_of_id)
        .join(ArchiveRecord, ArchiveRecord.item_id == Item.id)
        .where(
            Event.day.between(span.since - (longest("archive") * 31 + 1) * DAY, span.today),
            Item.state == "archived",
            ArchivePackage.id == newest,
            ArchiveRecord.superseded_at.is_(None),
            ArchiveRecord.package_id < ArchivePackage.id,
            is_new(kind, key),
        )
    )
    of_unit, of_office = roles
    for row in db.session.execute(rows):
        last = archiving.archive_due(row.day, policy.of(row.policy_version))
        keeper = of_unit if row.keeper == "unit" else of_office
        if last < span.today:
            yield _of_item(kind, row.key, row, (keeper,), {"date": last.isoformat()})


def loan_overdue(kind: str, roles: Sequence[Role], span: Span) -> Iterator[Occasion]:
    """第十六条（七）: papers that are lent and should have come back: to the borrower, and to those
    who keep them."""
    key = literal("loan:") + cast(Loan.id, String)
    rows = (
        select(*COLUMNS, Loan.due_back, Loan.borrower_id, key.label("key"))
        .join(Loan, Loan.item_id == Item.id)
        .where(Loan.state == "lent", Loan.due_back < span.today, is_new(kind, key))
    )
    for row in db.session.execute(rows):
        facts = {"date": row.due_back.isoformat()}
        yield _of_item(kind, row.key, row, roles, facts)
        yield Occasion(
            kind, f"{row.key}:borrower", facts, row.item_id, persons={row.borrower_id: {}}
        )


def _closed(
    kind: str, what: str, roles: Sequence[Role], span: Span, *where: ColumnElement[bool]
) -> Iterator[Occasion]:
    key = _dated_key(what, Item.closed_on)
    rows = select(*COLUMNS, Item.closed_on, key.label("key")).where(
        Item.state == "closed",
        Item.closed_on.between(span.since - (longest("archive") * 31 + 1) * DAY, span.today),
        is_new(kind, key),
        *where,
    )
    for row in db.session.execute(rows):
        last = archiving.archive_due(row.closed_on, policy.of(row.policy_version))
        if last < span.today:
            yield _of_item(kind, row.key, row, roles, {"date": last.isoformat()})


def longest(limit: str) -> int:
    """The limit of the edition that is most generous: a query looks for items of all of them."""
    return max(edition.limit(limit) for edition in policy.EDITIONS)


def _urged() -> ColumnElement[bool]:
    return Item.lit & ~Item.blue & Item.state.in_(OWED_BY_UNIT)


def _dated_key(what: str, day: Any) -> ColumnElement[str]:
    """「item:7:due:2026-11-24」: another day is another occasion."""
    return literal("item:") + cast(Item.id, String) + f":{what}:" + cast(day, String)


def is_new(kind: str, key: ColumnElement[str]) -> ColumnElement[bool]:
    """Nothing of this kind was told about this yet."""
    return ~exists().where(Reminded.kind == kind, Reminded.occasion == key)


def _of_item(
    kind: str, key: str, row: Any, roles: Sequence[Role], facts: dict[str, Any]
) -> Occasion:
    return Occasion(
        kind, key, facts, row.item_id, row.unit_id, tuple(roles), row.sensitive, row.level == 1
    )
