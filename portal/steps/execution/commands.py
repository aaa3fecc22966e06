"""Writing, confirming, merging and reading reports; each one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import func, select

from portal.attachments.checking import Sound
from portal.attachments.commands import keep
from portal.extensions import db
from portal.models import Feedback, FeedbackPoint, Item, ItemUnit
from portal.rulebook import (
    closures,
    offers,
    on_paper,
    policy,
    reporting,
    stored_lights,
    workflow,
    working_calendar,
)
from portal.rulebook.kept_texts import keep_report
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workflow import Intent

HANDING_IN = ("report_feedback", "report_to_lead", "submit_feedback")
"""In this order: a head's own report needs no second confirmation."""


@dataclass(frozen=True, kw_only=True)
class ReportFields:
    """The five fields of 第十六条（五）, the progress in percent, 本期无新进展, and, of a co-unit,
    whether its part is done with this report."""

    measures: str
    progress: str
    effect: str
    problems: str
    next_steps: str
    percent: int
    no_progress: bool = False
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class HandIn:
    """What goes with a report: the instalment it answers (None: an extra), the co-units' reports
    that are merged into it, the closing that it applies for at once (empty: none), 佐证材料."""

    point_id: int | None = None
    merged_ids: Collection[int] = ()
    result_text: str = ""
    without_co_units: bool = False
    files: Sequence[Sound] = ()


def save_draft(viewer: Viewer, item: Item, unit_id: int, given: ReportFields) -> Feedback:
    """Keep what was typed so far; one draft a unit and item, whoever of the unit goes on with it.

    Not an act: nobody but the unit reads it, and nothing follows from it.
    """
    workflow.lock(viewer, item)
    draft = draft_of(item, unit_id)
    if draft is None:
        draft = Feedback(item_id=item.id, unit_id=unit_id, state="fb_draft")
        db.session.add(draft)
    write(draft, given, viewer.person_id)
    on_paper.forget(draft)
    db.session.commit()
    return draft


def draft_of(item: Item, unit_id: int) -> Feedback | None:
    """What the unit is writing on: a returned report before a fresh draft."""
    return db.session.scalars(
        select(Feedback)
        .where(
            Feedback.item_id == item.id,
            Feedback.unit_id == unit_id,
            Feedback.state.in_(("fb_draft", "fb_returned")),
        )
        .order_by((Feedback.state == "fb_returned").desc(), Feedback.id.desc())
        .limit(1)
    ).one_or_none()


def report(
    viewer: Viewer,
    item: Item,
    unit_id: int,
    given: ReportFields,
    intent: Intent,
    *,
    declared: bool,
    with_it: HandIn = HandIn(),
) -> None:
    """第十六条（五）: hand in a report of a unit, and what goes with it, in one transaction."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, HANDING_IN, item):
        return
    written = draft_of(item, unit_id)
    if written is None:
        written = Feedback(item_id=item.id, unit_id=unit_id, state="fb_draft")
        db.session.add(written)
    write(written, given, viewer.person_id)
    on_paper.forget(written)
    act = _act_of(viewer, item, written)

    def effect() -> dict[str, Any]:
        return _handed_in(viewer, item, written, act, with_it)

    workflow.perform(
        viewer, act, item, intent, subject=written, values={"declared": declared}, effect=effect
    )
    _merge(viewer, item, written, intent, with_it.merged_ids)
    if act == "report_to_lead" and written.final:
        reporting.hand_in(viewer, item, written.unit_id, intent.also("hand_in"))
    if with_it.result_text:
        _apply(viewer, item, intent, with_it, declared=declared)
    db.session.commit()


def write(report: Feedback, given: ReportFields, by_id: int | None) -> None:
    """Put the texts into the report; whose words they are."""
    for field in fields(given):
        setattr(report, field.name, getattr(given, field.name))
    report.written_by_id = by_id or 0
    report.form_version = (report.form_version or 0) + 1
    db.session.flush()


def _act_of(viewer: Viewer, item: Item, written: Feedback) -> str:
    offered = {
        offer.act
        for offer in offers.offered(viewer, item, among=HANDING_IN)
        if offer.subject is not None and offer.subject.id == written.id
    }
    return next((act for act in HANDING_IN if act in offered), "submit_feedback")


def _handed_in(
    viewer: Viewer, item: Item, written: Feedback, act: str, with_it: HandIn
) -> dict[str, Any]:
    begin(viewer, item, written, with_it.point_id)
    if act != "submit_feedback":
        reporting.confirmed(viewer, item, written)
    kept = keep(viewer, item, with_it.files, "report", unit_id=written.unit_id, of=written)
    return reporting.facts_of(written) | {"attachment_ids": kept, "report": keep_report(written)}


def begin(viewer: Viewer, item: Item, written: Feedback, point_id: int | None) -> None:
    """A report leaves its writer: its number, its time, and the instalment it answers."""
    if written.seq is None:
        written.seq = _next_seq(item)
    written.submitted_at = viewer.moment.instant
    if written.unit_id == item.lead_unit_id and written.returns == 0:
        written.point_id = _free_point(item, point_id)


def _free_point(item: Item, chosen: int | None) -> int | None:
    if chosen is None:
        return None
    if chosen not in {point.id for point in reporting.open_points(item)}:
        raise Unmet(
            "所选期次已有反馈，请重新选择。",
            article="18",
            fields={"point": "请重新选择期次。"},
        )
    return chosen


def _merge(
    viewer: Viewer, item: Item, written: Feedback, intent: Intent, merged_ids: Collection[int]
) -> None:
    """第八条: the lead unit's report takes in those of the co-units."""
    known = {part.id: part for part in _reports(viewer, item)} if merged_ids else {}
    for merged_id in sorted(merged_ids):
        if merged_id not in known:  # none, of another item, or not to be known of: all the same
            raise Unmet("所选协办反馈不属于本事项。", article="8")
        part = known[merged_id]

        def effect(part: Feedback = part) -> None:
            part.merged_into_id = written.id

        workflow.perform(
            viewer,
            "merge_feedback",
            item,
            intent.also(f"merge/{merged_id}"),
            subject=part,
            effect=effect,
        )


def _reports(viewer: Viewer, item: Item) -> Sequence[Feedback]:
    return db.session.scalars(visible(viewer, Feedback).where(Feedback.item_id == item.id)).all()


def finish(viewer: Viewer, item: Item, share: ItemUnit, intent: Intent) -> None:
    """第八条: a co-unit has done its part; the lead unit may apply for 办结."""
    reporting.hand_in(viewer, item, share.unit_id, intent)
    db.session.commit()


def _apply(viewer: Viewer, item: Item, intent: Intent, with_it: HandIn, *, declared: bool) -> None:
    """「本次反馈即申请办结」."""

    def effect() -> dict[str, Any]:
        facts = closures.facts_of(closures.written(item, with_it.result_text, viewer.person_id))
        return facts | ({"without_co_units": True} if with_it.without_co_units else {})

    workflow.perform(
        viewer,
        "apply_close",
        item,
        intent.also("apply_close"),
        values={
            "result_text": with_it.result_text,
            "declared": declared,
            "without_co_units": with_it.without_co_units,
            "files": len(with_it.files),
        },
        effect=effect,
    )


def confirm(viewer: Viewer, item: Item, written: Feedback, intent: Intent) -> None:
    """第六条、第十六条（五）: the head sends the report on."""
    reporting.confirm(viewer, item, written, intent)
    db.session.commit()


def read(viewer: Viewer, item: Item, written: Feedback, intent: Intent) -> None:
    """党政办 has read the report: 已阅."""
    workflow.perform(viewer, "read_feedback", item, intent, subject=written)
    db.session.commit()


def send_back(viewer: Viewer, item: Item, written: Feedback, act: str, intent: Intent) -> None:
    """退回补充 by the own head, by the lead unit, or by 党政办, which sets a date (SPEC §2.7)."""

    def effect() -> dict[str, Any]:
        written.returns += 1
        if act != "return_feedback":
            return {"seq": written.seq}
        days = policy.CURRENT.limit("feedback_return")
        written.supplement_due = working_calendar.current().add_workdays(viewer.moment.day, days)
        return {"seq": written.seq, "supplement_due": written.supplement_due.isoformat()}

    workflow.perform(viewer, act, item, intent, subject=written, effect=effect)
    reporting.follow(item, written)
    db.session.commit()


def cover(
    viewer: Viewer, item: Item, written: Feedback, intent: Intent, point_ids: Collection[int]
) -> None:
    """合并计入本期: this report stands for the missed instalments chosen as well (SPEC §3.4)."""

    def effect() -> dict[str, Any]:
        free = {point.id: point for point in reporting.open_points(item)}
        chosen = [free[point_id] for point_id in sorted(point_ids) if point_id in free]
        if not chosen:
            raise Unmet("请选择要合并的期次。", article="18", fields={"points": "请选择期次。"})
        for point in chosen:
            point.merged_into_id = written.point_id
        db.session.flush()
        stored_lights.refresh(item)
        return {"seq": written.seq, "covers": [point.seq for point in chosen]}

    workflow.perform(viewer, "cover_instalments", item, intent, subject=written, effect=effect)
    db.session.commit()


def _next_seq(item: Item) -> int:
    """Asked of the database: of a sensitive item the writer may not read every report."""
    return int(db.session.scalar(select(func.next_report(item.id))) or 1)


def points_of(item: Item) -> list[FeedbackPoint]:
    """The instalments a report may still answer."""
    return list(reporting.open_points(item))
