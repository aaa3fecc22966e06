"""反馈计划 as the item's page shows it: every instalment, how it stands, which report answers it
(第十八条, SPEC §3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from portal.extensions import db
from portal.filters import as_day, short_date
from portal.models import Feedback, FeedbackPoint, Item
from portal.rulebook import knowledge
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.stored_lights import counts_from

Kind = Literal["done", "late", "missing", "todo"]
ENDED = ("void", "exempted")


class Span(NamedTuple):
    """The days between which instalments count: from `since` on, to `until` if the item ended."""

    since: date
    until: date | None
    today: date

    @property
    def last(self) -> date:
        """Up to which day something can be missing."""
        return min(self.today, self.until) if self.until else self.today


def span_of(item: Item, today: date) -> Span:
    """Of an item: from 交办 or 恢复督办 to 销号, 作废 or 免于督办."""
    until = item.closed_on
    if item.state in ENDED:
        until = as_day(item.state_since)
    return Span(counts_from(item) if item.issued_on else today, until, today)


class Instalment(NamedTuple):
    """One instalment: what it is called, its day, its state in a word, and the day and the number
    of the report that answers it (None: none was sent on yet)."""

    title: str
    due: date
    label: str
    word: str
    kind: Kind
    reported_on: date | None = None
    report: int | None = None


def instalments_of(viewer: Viewer, item: Item, reports: Iterable[Feedback]) -> list[Instalment]:
    """The plan in order, as the lights count it (`stored_lights`): a report that its head has sent
    on answers, also when it came back for a supplement."""
    points = _points(viewer, item)
    answered = {
        report.point_id: report
        for report in reports
        if report.point_id is not None and report.confirmed_at is not None
    }
    span = span_of(item, viewer.moment.day)
    by_id = {point.id: point for point in points}
    return [instalment(point, by_id, answered, span) for point in points]


def expected(instalments: Iterable[Instalment], item: Item, today: date) -> int:
    """应报: those of the present plan that have fallen due, and those answered before."""
    span = span_of(item, today)
    return sum(span.since <= one.due <= span.last or one.report is not None for one in instalments)


def _points(viewer: Viewer, item: Item) -> Sequence[FeedbackPoint]:
    """None for who knows of a co-unit's part alone: others answered them, in reports this viewer
    may not read."""
    if item.classification == "sensitive" and knowledge.part_of(item, viewer.person_id):
        return ()
    return db.session.scalars(
        visible(viewer, FeedbackPoint)
        .where(FeedbackPoint.item_id == item.id)
        .order_by(FeedbackPoint.due, FeedbackPoint.seq)
    ).all()


def instalment(
    point: FeedbackPoint,
    points: Mapping[int, FeedbackPoint],
    answered: Mapping[int, Feedback],
    span: Span,
) -> Instalment:
    """What fell due before the present plan began is nobody's any more, nor what falls due after
    the end."""
    label = short_date(point.due, span.today)
    one = Instalment(
        point.title, point.due, label, "未到" if point.due > span.today else "未报送", "todo"
    )
    into = point.merged_into_id
    if point.id in answered:
        return _answered(one, answered[point.id])
    if into is not None and into in answered:
        merged = one._replace(word=f"合并计入{points[into].title}", kind="late")
        return _with(merged, answered[into])
    if span.until is not None and point.due > span.until:
        return one._replace(word="不再报送")
    if point.due < span.since:
        return one._replace(word="调整前欠报", kind="late")
    if point.due < span.last:
        return one._replace(word="欠报", kind="missing")
    return one


def _answered(one: Instalment, report: Feedback) -> Instalment:
    found = _with(one, report)
    late = found.reported_on is not None and found.reported_on > one.due
    return found._replace(word="迟报" if late else "按期", kind="late" if late else "done")


def _with(one: Instalment, report: Feedback) -> Instalment:
    if report.confirmed_at is None:
        raise ValueError("a report that answers was sent on")
    return one._replace(reported_on=as_day(report.confirmed_at), report=report.seq)
