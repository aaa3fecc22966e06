"""Issuing the notice, receipt, naming the handler; each one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from portal.extensions import db
from portal.models import Event, Item, ItemMember, ItemUnit, Milestone, Opinion
from portal.rulebook import delegating, notices, workflow
from portal.rulebook.guards import Consent
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workflow import Intent


@dataclass(frozen=True)
class Step:
    """One line of 工作计划: what, and by which day."""

    title: str
    due: date


def issue(viewer: Viewer, item: Item, intent: Intent, *, separate: bool = False) -> None:
    """第十六条（二）: 下达. `separate`: the college lets only 党政办主任 release notices."""
    notices.release(viewer, item, intent, separate=separate)
    db.session.commit()


def issue_first(
    viewer: Viewer, item: Item, intent: Intent, *, declared: bool, consent: Consent | None
) -> None:
    """第十五条: 先交办后补签, of what is urgent or handed out by telephone; `consent` says which
    leader has agreed by word, when and how, the opinion what else was said."""
    notices.release_first(viewer, item, intent, declared=declared, consent=consent)
    db.session.commit()


def sign_receipt(
    viewer: Viewer,
    item: Item,
    share: ItemUnit,
    intent: Intent,
    handler_id: int | None = None,
    plan: Sequence[Step] = (),
) -> None:
    """第十六条（三）: 签收, and in the same form the handler and the plan, if they are given."""

    def effect() -> dict[str, Any]:
        _received(viewer, share)
        return _entrusted(viewer, share)

    workflow.perform(viewer, "sign_receipt", item, intent, subject=share, effect=effect)
    if handler_id is not None:
        _assign(viewer, item, share, intent.also("assign_handler"), handler_id)
    if plan:
        _send_plan(viewer, item, share, intent.also("plan"), plan)
    db.session.commit()


def receive_on_behalf(
    viewer: Viewer, item: Item, share: ItemUnit, intent: Intent, confirmed_by: str
) -> None:
    """SPEC §2.5: 电话确认代签收, with who confirmed and when."""

    def effect() -> dict[str, Any]:
        _received(viewer, share)
        share.confirmed_by = confirmed_by
        return {"by_phone": True}

    workflow.perform(
        viewer,
        "receipt_on_behalf",
        item,
        intent,
        subject=share,
        values={"confirmed_by": confirmed_by},
        effect=effect,
    )
    db.session.commit()


def _received(viewer: Viewer, share: ItemUnit) -> None:
    share.received_by_id, share.received_at = viewer.person_id, viewer.moment.instant


def _entrusted(viewer: Viewer, share: ItemUnit) -> dict[str, Any]:
    """SPEC §1.5: by whose word a liaison signs (委托联络员); of a deputy in charge it is known."""
    if viewer.person_id is None:
        return {}
    found = delegating.entrusted(viewer.person_id, share.unit_id, viewer.moment.instant)
    if found is None or found.words != delegating.RECEIPT_WORDS:
        return {}
    return {"delegation": found.delegation_id, "entrusted_by": found.giver_id}


def assign_handler(
    viewer: Viewer, item: Item, share: ItemUnit, intent: Intent, handler_id: int
) -> None:
    """第十六条（三）: 指定承办人 of one unit."""
    _assign(viewer, item, share, intent, handler_id)
    db.session.commit()


def replace_handler(
    viewer: Viewer, item: Item, share: ItemUnit, intent: Intent, handler_id: int
) -> None:
    """第十六条（三）: 更换承办人; the former one keeps what is his by having taken part."""
    _assign(viewer, item, share, intent, handler_id, "replace_handler")
    db.session.commit()


def _assign(
    viewer: Viewer,
    item: Item,
    share: ItemUnit,
    intent: Intent,
    handler_id: int,
    act: str = "assign_handler",
) -> None:
    role = "handler" if share.role == "lead" else "co_handler"

    def effect() -> dict[str, Any]:
        former = db.session.scalars(
            select(ItemMember.person_id).where(
                ItemMember.item_id == item.id,
                ItemMember.unit_id == share.unit_id,
                ItemMember.role == role,
            )
        ).all()
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
        facts: dict[str, Any] = {"handler_id": handler_id, "former_ids": sorted(former)}
        if former:  # SPEC §7.5 (17): a successor is put on the list by name
            return facts
        return facts | notices.newly_listed(viewer, item, share.unit_id)

    workflow.perform(
        viewer,
        act,
        item,
        intent,
        subject=share,
        values={"handler_id": handler_id},
        effect=effect,
    )


def send_plan(
    viewer: Viewer, item: Item, share: ItemUnit, intent: Intent, plan: Sequence[Step]
) -> None:
    """第十六条（三）: 工作计划 with its milestones; a later plan replaces the former."""
    _send_plan(viewer, item, share, intent, plan)
    db.session.commit()


def _send_plan(
    viewer: Viewer, item: Item, share: ItemUnit, intent: Intent, plan: Sequence[Step]
) -> None:
    def effect() -> dict[str, Any]:
        db.session.execute(
            delete(Milestone).where(
                Milestone.item_id == item.id, Milestone.unit_id == share.unit_id
            )
        )
        db.session.add_all(
            Milestone(
                item_id=item.id, unit_id=share.unit_id, seq=seq, title=step.title, due=step.due
            )
            for seq, step in enumerate(plan, start=1)
        )
        return {"milestones": len(plan)}

    workflow.perform(
        viewer, "plan", item, intent, subject=share, values={"plan": plan}, effect=effect
    )


def ask_coordination(viewer: Viewer, item: Item, share: ItemUnit, intent: Intent) -> None:
    """第八条: the lead unit asks 党政办 to see to a co-unit that does not answer."""

    def effect() -> None:
        share.coordination_since = viewer.moment.instant

    workflow.perform(viewer, "coordinate", item, intent, subject=share, effect=effect)
    db.session.commit()


def answer_coordination(viewer: Viewer, item: Item, share: ItemUnit, intent: Intent) -> None:
    """党政办 writes down what it arranged; every unit of the item hears of it."""

    def effect() -> None:
        share.coordination_since = None

    workflow.perform(viewer, "answer_coordination", item, intent, subject=share, effect=effect)
    db.session.commit()


def coordination_of(viewer: Viewer, share: ItemUnit) -> str:
    """What the unit wrote when it last asked."""
    found = db.session.scalars(
        visible(viewer, Event)
        .join(Opinion, Opinion.id == Event.opinion_id)
        .where(
            Event.item_id == share.item_id,
            Event.act == "coordinate",
            Event.subject_id == share.id,
        )
        .order_by(Event.id.desc())
        .limit(1)
        .with_only_columns(Opinion.body)
    ).one_or_none()
    return found or ""
