"""反馈 as the item's page shows it: the plan's instalments and the reports (第十六条（五）)."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.filters import as_day
from portal.item.attachments.queries import Line, belonging_to
from portal.item.instalments import Instalment, expected, instalments_of
from portal.item.instructions import Said, said_on
from portal.models import Feedback, FeedbackVersion, Item, Person, Unit
from portal.rulebook import on_paper
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer, visible

Typist = aliased(Person)
HANDED_IN = ("fb_submitted", "fb_read")
FIELDS = (
    ("measures", "办理举措"),
    ("progress", "进展情况"),
    ("effect", "取得成效"),
    ("problems", "存在问题"),
    ("next_steps", "下一步工作思路"),
)


class Report(NamedTuple):
    """A report: its five fields as (label, text), who wrote it when, and its 佐证材料.

    `closed`: this viewer has yet to open it, which is reading it. `open`: shown unfolded, with
    what may be done with it. Both empty for a report on screen: `entered` 「纸质反馈，何玉萍代录」,
    `contested` that the person named has objected.
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
    entered: str = ""
    contested: str = ""
    comments: tuple[Said, ...] = ()


class Plan(NamedTuple):
    """应报、已报、欠报 instalments on a day, `extra` reports that answer none; `percent` of the
    latest report handed in, None without one. `over`: the due day is past, and the plan with it."""

    expected: int
    reported: int
    missing: int
    extra: int
    percent: int | None
    instalments: tuple[Instalment, ...]
    reports: tuple[Report, ...]
    over: bool = False

    @property
    def said(self) -> str:
        """「应报5期，欠报1期」 below the step bar."""
        if not self.instalments:
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
    versions, said = _as_handed_in(viewer, item), said_on(viewer, item)
    seqs = [row.Feedback.seq for row in reports]
    unfolded = chosen if chosen in seqs else seqs[0] if seqs else None
    instalments = tuple(instalments_of(viewer, item, (row.Feedback for row in reports)))
    return Plan(
        expected=expected(instalments, item, today),
        reported=sum(one.report is not None for one in instalments),
        missing=sum(one.kind == "missing" for one in instalments),
        extra=len({report.seq for report in handed_in} - {one.report for one in instalments}),
        percent=handed_in[0].percent if handed_in else None,
        instalments=instalments,
        reports=tuple(
            _report(
                row.Feedback,
                row.name,
                row.short_name,
                belonging_to(row.Feedback, files),
                closed=row.Feedback.id in closed,
                unfolded=row.Feedback.seq == unfolded,
                handed_in=versions.get(row.Feedback.id),
                typist=row.typist,
                comments=said.get(row.Feedback.id, ()),
            )
            for row in reports
        ),
        over=item.state == "in_progress" and item.due is not None and item.due < today,
    )


def _report(
    report: Feedback,
    writer: str,
    unit: str,
    files: tuple[Line, ...],
    *,
    closed: bool,
    unfolded: bool,
    handed_in: dict[str, Any] | None,
    typist: str | None,
    comments: Sequence[Said],
) -> Report:
    if report.seq is None or report.submitted_at is None:
        raise ValueError("a draft is nobody's to read")
    texts = handed_in or {name: getattr(report, name) for name in (*dict(FIELDS), "percent")}
    return Report(
        report.id,
        report.seq,
        unit,
        writer,
        as_day(report.submitted_at),
        state_word("feedback", report.state),
        texts["percent"],
        tuple((label, str(texts[name])) for name, label in FIELDS if texts[name]),
        files,
        closed,
        unfolded,
        on_paper.entered_words(on_paper.REPORTS, report.via, typist),
        on_paper.contested_words(report, on_paper.CONTESTED),
        tuple(comments),
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
