"""反馈 as the item's page shows it: the plan's instalments and the reports (第十六条（五）)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.filters import as_day, short_date
from portal.item.attachments.queries import Line, belonging_to
from portal.models import Feedback, FeedbackPoint, Item, Person, Unit
from portal.rulebook import knowledge, on_paper
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.stored_lights import counts_from

Typist = aliased(Person)
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

    `closed`: this viewer has yet to open it, which is reading it. Both empty for a report on
    screen: `entered` 「纸质反馈，何玉萍代录」, `contested` that the person named has objected.
    """

    seq: int
    unit: str
    writer: str
    day: date
    state: str
    percent: int
    fields: tuple[tuple[str, str], ...]
    files: tuple[Line, ...]
    closed: bool
    entered: str = ""
    contested: str = ""


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
    viewer: Viewer, item: Item, files: Sequence[Line], closed: Collection[int] = ()
) -> Plan:
    """The plan and the reports, as far as this viewer may know of them; newest report first.

    `files` are the item's, of which each report takes its own; `closed` are the reports (ids)
    that wait for this viewer to open them.
    """
    today = viewer.moment.day
    points = _points(viewer, item)
    reports = db.session.execute(
        visible(viewer, Feedback)
        .add_columns(Person.name, Unit.short_name, Typist.name.label("typist"))
        .join(Person, Person.id == Feedback.written_by_id)
        .outerjoin(Typist, Typist.id == Feedback.entered_by_id)
        .join(Unit, Unit.id == Feedback.unit_id)
        .where(Feedback.item_id == item.id, Feedback.submitted_at.is_not(None))
        .order_by(Feedback.seq.desc())
    ).all()
    handed_in = [row.Feedback for row in reports if row.Feedback.state in HANDED_IN]
    answered = {report.point_id: report.confirmed_at for report in handed_in}
    since = counts_from(item) if item.issued_on else today
    periods = tuple(_period(point, answered, today, since) for point in points)
    return Plan(
        expected=sum(since <= point.due <= today or point.id in answered for point in points),
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
                typist=row.typist,
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


def _period(
    point: FeedbackPoint, answered: dict[int | None, datetime | None], today: date, since: date
) -> Period:
    """One cell; what fell due before the present plan began is nobody's any more."""
    label = short_date(point.due, today)
    if point.id in answered:
        at = answered[point.id]
        if at is not None and as_day(at) > point.due:
            return Period(label, "迟报", "late")
        return Period(label, "按期", "done")
    if point.due < since:
        return Period(label, "调整前欠报", "late")
    if point.due < today:
        return Period(label, "欠报", "missing")
    return Period(label, "未报送", "todo")


def _report(
    report: Feedback,
    writer: str,
    unit: str,
    files: tuple[Line, ...],
    *,
    closed: bool,
    typist: str | None,
) -> Report:
    if report.seq is None or report.submitted_at is None:
        raise ValueError("a draft is nobody's to read")
    fields = tuple((label, str(getattr(report, name))) for name, label in FIELDS)
    return Report(
        report.seq,
        unit,
        writer,
        as_day(report.submitted_at),
        state_word("feedback", report.state),
        report.percent,
        tuple((label, text) for label, text in fields if text),
        files,
        closed,
        on_paper.entered_words(on_paper.REPORTS, report.via, typist),
        on_paper.contested_words(report, on_paper.CONTESTED),
    )
