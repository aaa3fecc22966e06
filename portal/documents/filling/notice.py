"""Filling 督办事项通知单 (第十六条（二）, SPEC §5.5): of one unit, or of all for printing at once.

What a notice says does not depend on who asks for it: the stored sheet is for all who may have it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.documents.filling.parts import control_code, head_of, several, voided
from portal.documents.sheets import NoticeBatch, NoticeSheet, Receipt, SignatureBox
from portal.documents.sorts.notices import last_acts, told_of
from portal.extensions import db
from portal.filters import full_time, short_date
from portal.models import Change, Event, FeedbackPoint, Item, ItemUnit, Person, Unit
from portal.rulebook import changing, policy
from portal.rulebook.deadline_texts import PROVISIONAL, long_date
from portal.rulebook.delegating import entrusted_words
from portal.rulebook.item_texts import limit_text, number_of, reporting_text, source_text
from portal.rulebook.recounting import is_provisional
from portal.rulebook.scope import Viewer, visible

BY_WORD = "先行交办（先交办后补签）"
"""Nobody signed for the notice: the unit was told by word, when it was handed out (第十五条)."""
AGREED = "同意。"
"""What an empty opinion says: no 批示."""


def single(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> NoticeSheet:
    """The notice of one unit. NotFound if this person has none of that kind."""
    ((share, unit),) = told_of(viewer, item, kind)
    code = control_code(item, as_of_id, kind)
    return _notice(viewer, item, share, unit, _common(viewer, item, college), code)


def batch(viewer: Viewer, item: Item, kind: str, _as_of_id: int, college: str) -> NoticeBatch:
    """All notices, lead first, each as it is printed alone, under its own number. NotFound if this
    person may not have them all."""
    common = _common(viewer, item, college)
    found = told_of(viewer, item, kind)
    acts = last_acts(viewer, item, found)
    sheets = (
        _notice(viewer, item, *one, common, control_code(item, acts[one.kind], one.kind))
        for one in found
    )
    return NoticeBatch(college=college, notices=tuple(sheets))


def _common(viewer: Viewer, item: Item, college: str) -> dict[str, Any]:
    number, issued_on = number_of(item), item.issued_on
    if issued_on is None:
        raise ValueError("a notice is filled once it is issued")
    released = _released(viewer, item)
    contact = db.session.get(Person, released.actor_id)
    return {
        "college": college,
        "number": str(number) if number else "",
        "revised": _revised(viewer, item),
        "footnote": voided(viewer, item),
        "title": item.title,
        "source": source_text(item),
        "category": item.category,
        "method": item.method,
        "level": item.level,
        "responsible_leader": db.session.get_one(Person, item.responsible_leader_id).name,
        "issued_on": issued_on,
        "released_at": released.at,
        "requirement": item.requirement,
        "instructions": _instructions(viewer, item),
        "contact": contact.name if contact else "",
        "phone": contact.phone if contact else "",
    }


def _notice(
    viewer: Viewer, item: Item, share: ItemUnit, unit: Unit, common: dict[str, Any], code: str
) -> NoticeSheet:
    fields = dict(common)
    lead = share.role == "lead"
    head = head_of(unit.id, fields.pop("released_at"))
    return NoticeSheet(
        **fields,
        unit=unit.name,
        lead=lead,
        unit_head=head,
        others=_names(changing.co_units(item) if lead else [item.lead_unit_id]),
        deadline=_deadline(item, share),
        reporting=_reporting(viewer, item, lead=lead),
        asks=_begins(item, lead=lead) if _by_word(share) else _asks(item, lead=lead),
        receipt=_receipt(share, unit),
        control_code=code,
    )


def _names(unit_ids: list[int]) -> tuple[str, ...]:
    found = select(Unit.name).where(Unit.id.in_(unit_ids)).order_by(Unit.sort_no)
    return tuple(db.session.scalars(found))


def _revised(viewer: Viewer, item: Item) -> bool:
    """Whether units were changed: what is released after that is a notice marked 调整 (T18)."""
    changes = visible(viewer, Change).where(
        Change.item_id == item.id, Change.kind == "reassign", Change.state == "agreed"
    )
    return db.session.scalars(changes.limit(1)).one_or_none() is not None


def _instructions(viewer: Viewer, item: Item) -> tuple[str, ...]:
    """领导批示: what the principals wrote when they approved, beyond 「同意。」."""
    boxes = several(viewer, item, "initiation", "approve")
    return tuple(_instruction(box) for box in boxes if box.opinion not in ("", AGREED))


def _instruction(box: SignatureBox) -> str:
    day = f"，{long_date(box.date)}" if box.date else ""
    return f"{box.opinion}（{box.name}{day}）"


def _released(viewer: Viewer, item: Item) -> Event:
    """The last release of the notice: when it was, and by whom (联系人)."""
    return db.session.scalars(
        visible(viewer, Event)
        .where(Event.item_id == item.id, Event.act.in_(("issue", "issue_first")))
        .order_by(Event.id.desc())
        .limit(1)
    ).one()


def _deadline(item: Item, share: ItemUnit) -> str:
    text = limit_text(item)
    if is_provisional(item):
        text += f"（{PROVISIONAL}）"
    if share.role == "co" and share.inner_due is not None:
        text += f"（协办任务{long_date(share.inner_due)}前）"
    return text


def _reporting(viewer: Viewer, item: Item, *, lead: bool) -> str:
    """反馈要求. Co-units report to the lead unit and are shown none of its instalments."""
    if not lead:
        return f"{reporting_text(item)}，报牵头单位汇总"
    points = db.session.scalars(
        visible(viewer, FeedbackPoint)
        .where(FeedbackPoint.item_id == item.id, FeedbackPoint.due >= item.issued_on)
        .order_by(FeedbackPoint.due)
        .limit(2)
    ).all()
    if len(points) != 1:
        return reporting_text(item)
    return f"{short_date(points[0].due, item.issued_on)}前反馈1次进展"


def _begins(item: Item, *, lead: bool) -> str:
    """第十五条: who was told by word signs for nothing, and begins at once."""
    if not lead:
        return "已先行交办，请协办单位立即办理并明确承办人，配合牵头单位按期完成。"
    rest = _extension(item, policy.of(item.policy_version))
    return f"已先行交办，请承办单位立即办理并明确承办人{rest}。"


def _asks(item: Item, *, lead: bool) -> str:
    """第十六条（三）, 第十九条: until when to sign for it, and to ask for more time."""
    edition = policy.of(item.policy_version)
    if edition.level(item.level).report_every is None:
        time = f"{edition.limit('receipt_hours', item.level)}个办公小时"
    else:
        time = f"{edition.limit('receipt', item.level)}个工作日"
    if not lead:
        return f"请协办单位收到后{time}内签收并明确承办人，配合牵头单位按期完成。"
    return f"请承办单位收到后{time}内签收并明确承办人{_extension(item, edition)}。"


def _extension(item: Item, edition: policy.Policy) -> str:
    """第十九条 with the rule for short periods (SPEC §3.6); without a due day there is none."""
    due, base = item.due_effective, item.issued_on
    if due is None or base is None:
        return ""
    days = (due - base).days
    if days <= 1:
        latest = "到期当日12时前"
    elif days <= edition.limit("short_period"):
        latest = "到期前1天"
    else:
        latest = f"到期前{edition.limit('extension_notice')}天"
    return f"；不能按期办结的，最迟于{latest}提出书面申请"


def _receipt(share: ItemUnit, unit: Unit) -> Receipt:
    if share.received_at is None:
        return Receipt()
    return Receipt(unit.name, _receiver(share), full_time(share.received_at))


def _by_word(share: ItemUnit) -> bool:
    """第十五条: the unit was told by word when the item was handed out; nobody signs for it."""
    signed = share.deemed or share.confirmed_by or share.received_by_id
    return share.received_at is not None and not signed


def _receiver(share: ItemUnit) -> str:
    if share.deemed:
        return "视同签收"
    if share.confirmed_by:
        return f"{share.confirmed_by}（电话确认代签收）"
    if _by_word(share) or share.received_by_id is None:
        return BY_WORD
    name = db.session.get_one(Person, share.received_by_id).name
    if share.received_at is None:
        return name
    return name + entrusted_words(share.received_by_id, share.unit_id, share.received_at)
