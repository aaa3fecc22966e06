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


class Instalment(NamedTuple):
    """One instalment: its place, its day, its state in a word, and the day and the number of the
    report that answers it (None: none was sent on yet)."""

    seq: int
    due: date
    label: str
    word: str
    kind: Kind
    reported_on: date | None = None
    report: int | None = None


def instalments_of(viewer: Viewer, item: Item, reports: Iterable[Feedback]) -> list[Instalment]:
    """The plan in order, as the lights count it (`stored_lights`): a report that its head has sent
    on answers, also when it came back for a supplement."""
    today = viewer.moment.day
    points = _points(viewer, item)
    answered = {
        report.point_id: report
        for report in reports
        if report.point_id is not None and report.confirmed_at is not None
    }
    since = counts_from(item) if item.issued_on else today
    by_id = {point.id: point for point in points}
    return [_instalment(point, by_id, answered, today, since) for point in points]


def expected(instalments: Iterable[Instalment], item: Item, today: date) -> int:
    """应报: those of the present plan that have fallen due, and those answered before."""
    since = counts_from(item) if item.issued_on else today
    return sum(since <= one.due <= today or one.report is not None for one in instalments)


def _points(viewer: Viewer, item: Item) -> Sequence[FeedbackPoint]:
    """None for who knows of a co-unit's part alone: others answered them, in reports this viewer
    may not read."""
    if item.classification == "sensitive" and knowledge.part_of(item, viewer.person_id):
        return ()
    return db.session.scalars(
        visible(viewer, FeedbackPoint)
        .where(FeedbackPoint.item_id == item.id)
        .order_by(FeedbackPoint.seq)
    ).all()


def _instalment(
    point: FeedbackPoint,
    points: Mapping[int, FeedbackPoint],
    answered: Mapping[int, Feedback],
    today: date,
    since: date,
) -> Instalment:
    """What fell due before the present plan began is nobody's any more."""
    label = short_date(point.due, today)
    one = Instalment(point.seq, point.due, label, "未报送", "todo")
    into = point.merged_into_id
    if point.id in answered:
        return _answered(one, answered[point.id])
    if into is not None and into in answered:
        merged = one._replace(word=f"合并计入第{points[into].seq}期", kind="late")
        return _with(merged, answered[into])
    if point.due < since:
        return one._replace(word="调整前欠报", kind="late")
    if point.due < today:
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
