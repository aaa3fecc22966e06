"""反馈 as the item's page shows it: the plan's instalments and the reports (第十六条（五）)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from portal.extensions import db
from portal.filters import as_day, short_date
from portal.item.attachments.queries import Line, belonging_to
from portal.models import Feedback, FeedbackPoint, FeedbackVersion, Item, Person, Unit
from portal.rulebook import knowledge
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.stored_lights import counts_from

ENDED = ("void", "exempted")
HANDED_IN = ("fb_submitted", "fb_read")
FIELDS = (
    ("measures", "办理举措"),
    ("progress", "进展情况"),
    ("effect", "取得成效"),
    ("problems", "存在问题"),
    ("next_steps", "下一步工作思路"),
)


class Period(NamedTuple):
    """A cell of the plan for the macro `period`."""

    label: str
    word: str
    kind: Literal["done", "late", "missing", "todo"]


class Report(NamedTuple):
    """A report: its five fields as (label, text), who wrote it when, and its 佐证材料.

    `closed`: this viewer has yet to open it, which is reading it. `open`: shown unfolded, with
    what may be done with it.
    """

    id: int
    seq: int
    unit: str
    writer: str
    day: date
    state: str
    percent: int
    fields: tuple[tuple[str, str], ...]
    files: tuple[Line, ...]
    closed: bool
    open: bool


class Span(NamedTuple):
    """The days between which instalments count: from `since` on, to `until` if the item ended."""

    since: date
    until: date | None
    today: date

    @property
    def last(self) -> date:
        """Up to which day something can be missing."""
        return min(self.today, self.until) if self.until else self.today


class Plan(NamedTuple):
    """应报、已报、欠报 on a day; `percent` of the latest report handed in, None without one."""

    expected: int
    reported: int
    missing: int
    percent: int | None
    periods: tuple[Period, ...]
    reports: tuple[Report, ...]

    @property
    def said(self) -> str:
        """「应报5期，欠报1期」 below the step bar."""
        if not self.periods:
            return ""
        late = f"，欠报{self.missing}期" if self.missing else ""
        return f"应报{self.expected}期{late}"


def plan_of(
    viewer: Viewer,
    item: Item,
    files: Sequence[Line],
    closed: Collection[int] = (),
    chosen: int | None = None,
) -> Plan:
    """The plan and the reports, as far as this viewer may know of them; newest report first.

    `files` are the item's, of which each report takes its own; `closed` are the reports (ids)
    that wait for this viewer to open them; `chosen` is the number (期) of the one unfolded, the
    newest if there is none such.
    """
    today = viewer.moment.day
    points = _points(viewer, item)
    reports = db.session.execute(
        visible(viewer, Feedback)
        .add_columns(Person.name, Unit.short_name)
        .join(Person, Person.id == Feedback.written_by_id)
        .join(Unit, Unit.id == Feedback.unit_id)
        .where(Feedback.item_id == item.id, Feedback.submitted_at.is_not(None))
        .order_by(Feedback.seq.desc())
    ).all()
    handed_in = [row.Feedback for row in reports if row.Feedback.state in HANDED_IN]
    answered = {
        report.point_id: report.confirmed_at for report in handed_in if report.point_id is not None
    }
    for point in points:
        into = point.merged_into_id
        if into is not None and into in answered:
            answered.setdefault(point.id, answered[into])
    versions = _as_handed_in(viewer, item)
    seqs = [row.Feedback.seq for row in reports]
    unfolded = chosen if chosen in seqs else seqs[0] if seqs else None
    span = Span(counts_from(item) if item.issued_on else today, _ended(item), today)
    periods = tuple(period_of(point, answered, span) for point in points)
    return Plan(
        expected=sum(
            span.since <= point.due <= span.last or point.id in answered for point in points
        ),
        reported=len(handed_in),
        missing=sum(period.kind == "missing" for period in periods),
        percent=handed_in[0].percent if handed_in else None,
        periods=periods,
        reports=tuple(
            _report(
                row.Feedback,
                row.name,
                row.short_name,
                belonging_to(row.Feedback, files),
                closed=row.Feedback.id in closed,
                unfolded=row.Feedback.seq == unfolded,
                handed_in=versions.get(row.Feedback.id),
            )
            for row in reports
        ),
    )


def _points(viewer: Viewer, item: Item) -> Sequence[FeedbackPoint]:
    """The instalments; none for who knows of a co-unit's part alone: others answered them, in
    reports this viewer may not read."""
    if item.classification == "sensitive" and knowledge.part_of(item, viewer.person_id):
        return ()
    return db.session.scalars(
        visible(viewer, FeedbackPoint)
        .where(FeedbackPoint.item_id == item.id)
        .order_by(FeedbackPoint.seq)
    ).all()


def _ended(item: Item) -> date | None:
    """The day after which nothing is to be reported any more: 销号, 作废 or 免于督办."""
    if item.closed_on is not None:
        return item.closed_on
    return as_day(item.state_since) if item.state in ENDED else None


def period_of(point: FeedbackPoint, answered: Mapping[int, datetime | None], span: Span) -> Period:
    """One cell. What fell due before the present plan began is nobody's any more, nor what falls
    due after the end. `answered`: when the head sent on the report that answers it, by point."""
    label = short_date(point.due, span.today)
    if point.id in answered:
        at = answered[point.id]
        if at is not None and as_day(at) > point.due:
            return Period(label, "迟报", "late")
        return Period(label, "按期", "done")
    if span.until is not None and point.due > span.until:
        return Period(label, "不再报送", "todo")
    if point.due < span.since:
        return Period(label, "调整前欠报", "late")
    if point.due < span.last:
        return Period(label, "欠报", "missing")
    return Period(label, "未报送", "todo")


def _report(
    report: Feedback,
    writer: str,
    unit: str,
    files: tuple[Line, ...],
    *,
    closed: bool,
    unfolded: bool,
    handed_in: dict[str, Any] | None,
) -> Report:
    if report.seq is None or report.submitted_at is None:
        raise ValueError("a draft is nobody's to read")
    said = handed_in or {name: getattr(report, name) for name in (*dict(FIELDS), "percent")}
    return Report(
        report.id,
        report.seq,
        unit,
        writer,
        as_day(report.submitted_at),
        state_word("feedback", report.state),
        said["percent"],
        tuple((label, str(said[name])) for name, label in FIELDS if said[name]),
        files,
        closed,
        unfolded,
    )


def _as_handed_in(viewer: Viewer, item: Item) -> dict[int, dict[str, Any]]:
    """By report: the last version handed in of those that are being written anew, whose draft is
    the unit's own until then."""
    rows = db.session.execute(
        visible(viewer, FeedbackVersion)
        .join(Feedback, Feedback.id == FeedbackVersion.feedback_id)
        .where(FeedbackVersion.item_id == item.id, Feedback.state == "fb_returned")
        .order_by(FeedbackVersion.version)
        .with_only_columns(FeedbackVersion.feedback_id, FeedbackVersion.body)
    )
    return {row.feedback_id: json.loads(row.body) for row in rows}
