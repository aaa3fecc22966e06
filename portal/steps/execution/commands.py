"""Issuing the notice, receipt, naming the handler, reports; each one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from portal.attachments.checking import Sound
from portal.attachments.commands import keep
from portal.extensions import db
from portal.models import Feedback, FeedbackPoint, Item, ItemMember, ItemUnit
from portal.rulebook import deadlines, offers, stored_lights, workdays, workflow
from portal.rulebook.deadlines import DeadlineError
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent


@dataclass(frozen=True, kw_only=True)
class ReportFields:
    """The five fields of 第十六条（五） and the progress in percent."""

    measures: str
    progress: str
    effect: str
    problems: str
    next_steps: str
    percent: int

    @property
    def whole(self) -> str:
        """All texts as one, for the digest in the event."""
        return "\x1f".join(
            (self.measures, self.progress, self.effect, self.problems, self.next_steps)
        )


def issue(viewer: Viewer, item: Item, intent: Intent) -> None:
    """第十六条（二）: 下达. Today is the base; due day, lights and feedback plan follow from it."""

    def effect() -> dict[str, Any]:
        plan = _plan(viewer, item)
        item.issued_on = plan.base
        item.due_original = item.due_effective = plan.due
        calendar = workdays.built_in()
        for share in db.session.scalars(select(ItemUnit).where(ItemUnit.item_id == item.id)):
            if share.role == "co" and plan.due:
                share.inner_due = deadlines.co_due(plan.due, calendar, plan.base)
        db.session.add_all(
            FeedbackPoint(item_id=item.id, seq=seq, due=day)
            for seq, day in enumerate(plan.points, start=1)
        )
        db.session.flush()
        stored_lights.refresh(item)
        return {"due": plan.due.isoformat() if plan.due else None}

    workflow.perform(viewer, "issue", item, intent, effect=effect)
    db.session.commit()


def _plan(viewer: Viewer, item: Item) -> deadlines.Plan:
    try:
        return stored_lights.plan_of(item, viewer.moment.day)
    except DeadlineError as error:
        raise Unmet(str(error), article="18") from error


def sign_receipt(
    viewer: Viewer, item: Item, share: ItemUnit, intent: Intent, handler_id: int | None
) -> None:
    """第十六条（三）: 签收, and in the same form the handler, if one is chosen."""

    def effect() -> None:
        share.received_by_id = viewer.person_id
        share.received_at = viewer.moment.instant

    workflow.perform(viewer, "sign_receipt", item, intent, subject=share, effect=effect)
    if handler_id is not None:
        _assign(viewer, item, share, intent.also("assign_handler"), handler_id)
    db.session.commit()


def assign_handler(
    viewer: Viewer, item: Item, share: ItemUnit, intent: Intent, handler_id: int
) -> None:
    """第十六条（三）: 指定承办人 of one unit; a later choice replaces the former."""
    _assign(viewer, item, share, intent, handler_id)
    db.session.commit()


def _assign(viewer: Viewer, item: Item, share: ItemUnit, intent: Intent, handler_id: int) -> None:
    role = "handler" if share.role == "lead" else "co_handler"

    def effect() -> dict[str, Any]:
        db.session.execute(
            delete(ItemMember).where(
                ItemMember.item_id == item.id,
                ItemMember.unit_id == share.unit_id,
                ItemMember.role == role,
            )
        )
        db.session.add(
            ItemMember(item_id=item.id, unit_id=share.unit_id, person_id=handler_id, role=role)
        )
        db.session.flush()
        return {"handler_id": handler_id}

    workflow.perform(
        viewer,
        "assign_handler",
        item,
        intent,
        subject=share,
        values={"handler_id": handler_id},
        effect=effect,
    )


def report(
    viewer: Viewer,
    item: Item,
    fields: ReportFields,
    intent: Intent,
    *,
    declared: bool,
    files: Sequence[Sound] = (),
) -> None:
    """第十六条（五）: a report of the lead unit with its 佐证材料, in one act; its head's own goes
    straight to 党政办."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("submit_feedback", "report_feedback"), item):
        return
    salt, _digest = workflow.salted(fields.whole)
    written = Feedback(
        item_id=item.id,
        unit_id=item.lead_unit_id,
        seq=_next_seq(item),
        point_id=_open_point(item),
        state="fb_draft",
        salt=salt,
        written_by_id=viewer.person_id,
        submitted_at=viewer.moment.instant,
        **{name: getattr(fields, name) for name in ReportFields.__dataclass_fields__},
    )
    db.session.add(written)
    db.session.flush()
    open_acts = {"report_feedback", "submit_feedback"} & {
        offer.act
        for offer in offers.offered(viewer, item)
        if offer.subject is not None and offer.subject.id == written.id
    }
    act = "report_feedback" if "report_feedback" in open_acts else "submit_feedback"

    def effect() -> dict[str, Any]:
        if act == "report_feedback":
            _confirmed(viewer, item, written)
        kept = keep(viewer, item, files, "report", unit_id=written.unit_id, of=written)
        return {"seq": written.seq, "percent": written.percent, "attachment_ids": kept}

    workflow.perform(
        viewer, act, item, intent, subject=written, values={"declared": declared}, effect=effect
    )
    db.session.commit()


def confirm(viewer: Viewer, item: Item, written: Feedback, intent: Intent) -> None:
    """第六条、第十六条（五）: the head sends the report on."""

    def effect() -> None:
        _confirmed(viewer, item, written)

    workflow.perform(viewer, "confirm_feedback", item, intent, subject=written, effect=effect)
    db.session.commit()


def read(viewer: Viewer, item: Item, written: Feedback, intent: Intent) -> None:
    """党政办 has read the report: 已阅."""
    workflow.perform(viewer, "read_feedback", item, intent, subject=written)
    db.session.commit()


def _confirmed(viewer: Viewer, item: Item, written: Feedback) -> None:
    written.confirmed_at = viewer.moment.instant
    db.session.flush()
    stored_lights.refresh(item)


def _next_seq(item: Item) -> int:
    last = db.session.scalar(select(func.max(Feedback.seq)).where(Feedback.item_id == item.id))
    return (last or 0) + 1


def _open_point(item: Item) -> int | None:
    """The earliest instalment without a report (SPEC §3.4)."""
    reported = select(Feedback.point_id).where(
        Feedback.item_id == item.id, Feedback.point_id.is_not(None)
    )
    return db.session.scalar(
        select(FeedbackPoint.id)
        .where(FeedbackPoint.item_id == item.id, FeedbackPoint.id.not_in(reported))
        .order_by(FeedbackPoint.seq)
        .limit(1)
    )
