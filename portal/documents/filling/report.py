"""Filling 反馈报告 (SPEC §5.6) from a report as it was handed in."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath

from portal.documents.filling.parts import control_code
from portal.documents.filling.urge import URGING_UNIT as OFFICE
from portal.documents.gongwen.content import Gongwen
from portal.documents.gongwen.feedback import FeedbackReport, compose
from portal.documents.sorts.reports import TO_OFFICE, report_of
from portal.documents.typesetting.characters import with_geta
from portal.extensions import db
from portal.models import Attachment, Event, Feedback, Item, Unit
from portal.rulebook.item_texts import number_of
from portal.rulebook.scope import Viewer, visible


def fill(viewer: Viewer, item: Item, kind: str, as_of_id: int, _college: str) -> Gongwen:
    """The report in 公文 style. NotFound if this person has none of that kind."""
    report = report_of(viewer, item, kind)
    number = number_of(item)
    unit = db.session.get_one(Unit, report.unit_id)
    lead = db.session.get_one(Unit, item.lead_unit_id)
    return compose(
        FeedbackReport(
            addressed=OFFICE if report.state in TO_OFFICE else lead.name,
            unit=unit.name,
            title=item.title,
            number=str(number) if number else "",
            seq=report.seq or 0,
            measures=report.measures,
            progress=report.progress,
            effect=report.effect,
            problems=report.problems,
            next_steps=report.next_steps,
            percent=report.percent,
            no_progress=report.no_progress,
            files=_files(viewer, item, report),
            day=report.paper_on or _handed_in_on(viewer, as_of_id),
            control_code=control_code(item, as_of_id, kind),
        )
    )


def _files(viewer: Viewer, item: Item, report: Feedback) -> tuple[str, ...]:
    """What was handed in with it, by name without its ending; the scan of a report on paper is the
    report itself."""
    rows = db.session.scalars(
        visible(viewer, Attachment)
        .where(
            Attachment.item_id == item.id,
            Attachment.subject == Feedback.__tablename__,
            Attachment.subject_id == report.id,
            Attachment.state == "kept",
            Attachment.id.is_distinct_from(report.scan_id),
        )
        .order_by(Attachment.id)
    )
    return tuple(with_geta(PurePath(row.name).stem) for row in rows)


def _handed_in_on(viewer: Viewer, as_of_id: int) -> date:
    day: date = db.session.scalars(
        visible(viewer, Event).where(Event.id == as_of_id).with_only_columns(Event.day)
    ).one()
    return day
