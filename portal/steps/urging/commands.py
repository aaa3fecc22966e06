"""催办 (第十六条（四）, SPEC §2.8): drafting, signing, issuing, receiving, replying, filing.

Each command is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from portal.clock import shanghai_instant
from portal.extensions import db
from portal.models import Item, Unit, UrgeNotice, UrgeQuestion
from portal.rulebook import (
    approvals,
    changing,
    knowledge,
    numbering,
    policy,
    urge_texts,
    urging,
    workflow,
    working_calendar,
)
from portal.rulebook.item_texts import due_now, number_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import LABELS, Role
from portal.rulebook.scope import Viewer
from portal.rulebook.workdays import DAY
from portal.rulebook.workflow import Intent

AGREED = "同意。"


def limit_days_of(item: Item) -> int:
    """催办限期 in working days, if the drafter sets no other."""
    return policy.of(item.policy_version).limit("urge_limit", item.level)


def subject_of(item: Item, unit_id: int, missed: urging.Missed, today: date) -> str:
    """催办事项 as generated from what was missed."""
    number = number_of(item)
    nth = urging.drawn_up(item, unit_id) + 1
    return urge_texts.subject_text(
        nth, missed.text(today), str(number) if number else "", missed.since or due_now(item)
    )


def urge(
    viewer: Viewer,
    item: Item,
    unit_id: int,
    intent: Intent,
    *,
    subject: str,
    limit_days: int,
    declared: bool,
) -> None:
    """拟催办: the notice goes to the leaders, and the unit is asked once for 正当理由, which delays
    nothing. Of two persons at once the second is told who was first. Raises Unmet."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("urge",), item):
        return
    today = viewer.moment.day
    missed = urging.urgeable(item, today).get(unit_id)
    edition = policy.of(item.policy_version)
    notice = UrgeNotice(
        item_id=item.id,
        unit_id=unit_id,
        state="ug_draft",
        nth=urging.drawn_up(item, unit_id) + 1,
        ground=missed.ground if missed else "overdue",
        points=[point.seq for point in missed.points] if missed else [],
        missed_on=missed.last if missed else today,
        subject=subject,
        limit_days=max(limit_days, 1),
        fast=edition.limit("urge_fast_path", item.level) > 0,
        drafted_by_id=viewer.person_id,
        drafted_at=viewer.moment.instant,
    )
    listed = _list_leader(viewer, item, unit_id)
    db.session.add(notice)
    db.session.flush()
    workflow.perform(
        viewer,
        "urge",
        item,
        intent,
        subject=notice,
        values={"declared": declared, "limit_days": limit_days},
        effect=lambda: _ask(viewer, notice) | ({"listed": listed} if listed else {}),
    )
    db.session.commit()


def _ask(viewer: Viewer, notice: UrgeNotice) -> dict[str, Any]:
    days = policy.CURRENT.limit("urge_reason")
    until = shanghai_instant(working_calendar.current().add_workdays(viewer.moment.day, days) + DAY)
    db.session.add(
        UrgeQuestion(
            item_id=notice.item_id,
            urge_id=notice.id,
            unit_id=notice.unit_id,
            state="asked",
            asked_at=viewer.moment.instant,
            answer_by=until,
        )
    )
    return urged(notice) | {"nth": notice.nth, "ground": notice.ground}


def _list_leader(viewer: Viewer, item: Item, unit_id: int) -> list[int]:
    """SPEC §7.3: who must sign what is urged of a co-unit must be on the list, for that part; who
    is new. Raises Unmet for whom the list keeps from that part."""
    leader = changing.leader_of(unit_id, viewer.moment.day)
    if item.classification != "sensitive" or leader is None:
        return []
    part = None if unit_id == item.lead_unit_id else unit_id
    if knowledge.part_of(item, leader) not in (None, part):
        said = "须签批的分管校领导只知悉其他协办单位的部分，请先由党政办主任调整其知悉范围。"
        raise Unmet(said, article="21")
    reason = f"催办报批：{LABELS[Role.RESPONSIBLE_LEADER]}"
    return knowledge.enlist(item, leader, (reason, part), viewer.moment, viewer.person_id)


def urged(notice: UrgeNotice) -> dict[str, Any]:
    """What every event of a notice keeps: whom it urges."""
    return {"urged": db.session.get_one(Unit, notice.unit_id).short_name}


def sign(viewer: Viewer, item: Item, act: str, notice: UrgeNotice, intent: Intent) -> None:
    """审签, 审核 or 审定 of the notice."""
    intent = replace(intent, opinion=intent.opinion or AGREED)
    workflow.perform(viewer, act, item, intent, subject=notice, effect=lambda: urged(notice))
    db.session.commit()


def refuse(viewer: Viewer, item: Item, notice: UrgeNotice, intent: Intent) -> None:
    """不同意催办, with a reason; no number is used."""
    _end(viewer, "refuse_urge", item, notice, intent)


def cancel(viewer: Viewer, item: Item, notice: UrgeNotice, intent: Intent) -> None:
    """取消催办 before it is issued; no number is used."""
    _end(viewer, "cancel_urge", item, notice, intent)


def void(viewer: Viewer, item: Item, notice: UrgeNotice, intent: Intent, *, consent: str) -> None:
    """作废 of a notice issued by mistake; its number stays used (SPEC §4)."""

    def made_up() -> None:
        run = approvals.latest(item, "urge", notice)
        if run is not None and run.state == "open":
            approvals.end(run, "withdrawn", viewer.moment)

    _end(viewer, "void_urge", item, notice, intent, {"consent": consent}, made_up)


def _end(
    viewer: Viewer,
    act: str,
    item: Item,
    notice: UrgeNotice,
    intent: Intent,
    values: Mapping[str, Any] | None = None,
    besides: Callable[[], None] | None = None,
) -> None:
    _ended(viewer, act, item, notice, intent, values, besides)
    db.session.commit()


def _ended(
    viewer: Viewer,
    act: str,
    item: Item,
    notice: UrgeNotice,
    intent: Intent,
    values: Mapping[str, Any] | None = None,
    besides: Callable[[], None] | None = None,
) -> None:
    def effect() -> dict[str, Any]:
        notice.ended_at = viewer.moment.instant
        if besides is not None:
            besides()
        said = str((values or {}).get("consent") or "")
        return urged(notice) | ({"consent_said": said} if said else {})

    workflow.perform(viewer, act, item, intent, subject=notice, values=values, effect=effect)


def issue(viewer: Viewer, item: Item, notice: UrgeNotice, intent: Intent, *, word: str) -> None:
    """编号下达: the number is taken in the same transaction, last of all; the days run from now.
    Both limits, of the receipt and of the notice, are working days; the deadline does not move."""

    def effect() -> dict[str, Any]:
        calendar, today = working_calendar.current(), viewer.moment.day
        edition = policy.of(item.policy_version)
        limit = calendar.add_workdays(today, notice.limit_days)
        receipt = calendar.add_workdays(today, edition.limit("urge_receipt", item.level))
        facts = urged(notice) | {"limit_on": limit.isoformat()}
        number = numbering.take(word, today)
        notice.doc_word, notice.doc_year, notice.doc_seq = number
        notice.issued_on, notice.limit_on = today, limit
        notice.receipt_by = shanghai_instant(receipt + DAY)
        return facts | {"doc_no": str(number)}

    workflow.perform(viewer, "number_urge", item, intent, subject=notice, effect=effect)
    db.session.commit()


def receive(viewer: Viewer, item: Item, notice: UrgeNotice, intent: Intent) -> None:
    """签收催办通知单."""

    def effect() -> dict[str, Any]:
        notice.received_by_id, notice.received_at = viewer.person_id, viewer.moment.instant
        return urged(notice)

    workflow.perform(viewer, "sign_urge_receipt", item, intent, subject=notice, effect=effect)
    db.session.commit()


def note(viewer: Viewer, item: Item, act: str, notice: UrgeNotice, intent: Intent) -> None:
    """组织、纪委备案: recorded, never in the way."""

    def effect() -> dict[str, Any]:
        if act == "note_urge_hr":
            notice.hr_noted_at, notice.hr_noted_by_id = viewer.moment.instant, viewer.person_id
        else:
            notice.discipline_noted_at = viewer.moment.instant
            notice.discipline_noted_by_id = viewer.person_id
        return urged(notice)

    workflow.perform(viewer, act, item, intent, subject=notice, effect=effect)
    db.session.commit()


def state_reason(
    viewer: Viewer, item: Item, question: UrgeQuestion, intent: Intent, *, declared: bool
) -> None:
    """说明正当理由, once and within one working day; the chain of the notice goes on meanwhile."""

    def effect() -> dict[str, Any]:
        question.stated_by_id, question.stated_at = viewer.person_id, viewer.moment.instant
        return urged(_notice(question))

    workflow.perform(
        viewer, "state_reason", item, intent, subject=question,
        values={"declared": declared}, effect=effect,
    )  # fmt: skip
    db.session.commit()


def accept_reason(viewer: Viewer, item: Item, question: UrgeQuestion, intent: Intent) -> None:
    """采纳: a notice not issued yet is cancelled, one that was does not count."""
    workflow.perform(
        viewer, "accept_reason", item, intent, subject=question,
        effect=lambda: _rule(viewer, question),
    )  # fmt: skip
    notice = _notice(question)
    if notice.doc_seq is None:
        _ended(viewer, "cancel_urge", item, notice, intent.also("cancel_urge"))
    db.session.commit()


def refuse_reason(viewer: Viewer, item: Item, question: UrgeQuestion, intent: Intent) -> None:
    """不采纳, with the reason."""
    workflow.perform(
        viewer, "refuse_reason", item, intent, subject=question,
        effect=lambda: _rule(viewer, question),
    )  # fmt: skip
    db.session.commit()


def _rule(viewer: Viewer, question: UrgeQuestion) -> dict[str, Any]:
    question.ruled_by_id, question.ruled_at = viewer.person_id, viewer.moment.instant
    return urged(_notice(question))


def _notice(question: UrgeQuestion) -> UrgeNotice:
    return db.session.get_one(UrgeNotice, question.urge_id)
