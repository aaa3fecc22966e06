"""Drafting, submitting and filing (第十二条、第十六条（一）); each one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, select, text

from portal.extensions import db
from portal.models import Appointment, Item, ItemUnit, Unit
from portal.rulebook import (
    guards,
    notices,
    numbering,
    offers,
    periods,
    policy,
    proposals,
    workflow,
)
from portal.rulebook.changing import leader_of
from portal.rulebook.periods import Period
from portal.rulebook.proposals import Given
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import in_force
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.registration import classification
from portal.steps.registration.classification import Marking

LEADER = "responsible_leader"
"""The name under which `Item.chosen` keeps that 责任校领导 was chosen by hand."""


@dataclass(frozen=True, kw_only=True)
class ItemFields:
    """What a drafter gives; a title and a lead unit make a draft.

    `category`, `principal`, `method`, `deadline_kind` and `responsible_leader_id` may be left to
    the rule-book (empty, None): they follow from source, level and lead unit.
    """

    title: str
    lead_unit_id: int
    requirement: str = ""
    source_type: str = ""
    source_ref: str = ""
    source_date: date | None = None
    category: str = ""
    level: int
    method: str = ""
    deadline_kind: str = ""
    deadline_days: int | None = None
    deadline_date: date | None = None
    deadline_basis: str = ""
    principal: str = ""
    responsible_leader_id: int | None = None
    co_unit_ids: tuple[int, ...] = ()

    @property
    def given(self) -> Given:
        """What of it the rule-book completes."""
        return Given(**{name: getattr(self, name) for name in Given._fields})


def draft(
    viewer: Viewer,
    fields: ItemFields,
    intent: Intent,
    *,
    marking: Marking | None = None,
    submit: bool = False,
    declared: bool = False,
) -> Item:
    """第十二条: a new draft, 内部 without `marking`; with `submit` it goes into the chain in the
    same transaction.

    The same form sent again is the same draft: with other contents it is saved with these, and
    what was only saved may be submitted.
    """
    item = compose(viewer, fields, intent, marking=marking)
    if submit:
        hand_in(viewer, item, intent.also("submit"), declared=declared)
    db.session.commit()
    return item


def compose(
    viewer: Viewer,
    fields: ItemFields,
    intent: Intent,
    *,
    marking: Marking | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Item:
    """第十二条: a new draft in the caller's transaction, who may make several in one; the same form
    again is the same draft. `facts` are kept with its event."""
    marking = marking or Marking()
    item = Item(
        drafter_id=viewer.person_id,
        drafter_unit_id=own_unit(viewer),
        created_at=viewer.moment.instant,
        policy_version=policy.VERSION,
        state="draft",
        form_version=0,
    )
    _fill(viewer, item, fields)
    classification.put(viewer, item, marking)
    content = _content(intent, fields, marking)
    said = {**(facts or {}), **marking.facts, "content": str(content)}
    event = workflow.create(viewer, item, intent, said)
    if event.item_id != item.id:
        first = db.session.get_one(Item, event.item_id)
        if event.facts.get("content") != str(content):
            _save(viewer, first, fields, replace(intent, seen=None, key=content), marking)
        return first
    _set_units(item, fields)
    return item


def revise(
    viewer: Viewer,
    item: Item,
    fields: ItemFields,
    intent: Intent,
    *,
    marking: Marking | None = None,
    submit: bool = False,
    declared: bool = False,
) -> None:
    """第十二条: the draft with new contents, saved or submitted; without `marking` it stays marked
    as it was."""
    _save(viewer, item, fields, intent, marking)
    if submit:
        hand_in(viewer, item, intent.also("submit"), declared=declared)
    db.session.commit()


def _save(
    viewer: Viewer, item: Item, fields: ItemFields, intent: Intent, marking: Marking | None
) -> None:
    """A double click is one act; the same form with another text is another."""
    workflow.lock(viewer, item)
    content = _content(intent, fields, marking)
    earlier = workflow.done_before(viewer, intent, ("save",), item)
    if earlier is not None and earlier.facts.get("content") != str(content):
        intent = replace(intent, key=content)

    def effect() -> dict[str, Any]:
        _fill(viewer, item, fields)
        if marking is not None:
            classification.put(viewer, item, marking)
        _set_units(item, fields)
        db.session.flush()
        return {"content": str(content)} | ({} if marking is None else marking.facts)

    workflow.perform(viewer, "save", item, intent, effect=effect)


def _content(intent: Intent, fields: ItemFields, marking: Marking | None) -> uuid.UUID:
    """A name for what a form says: no digest of the text alone, which could be guessed at."""
    return uuid.uuid5(intent.key, repr((fields, marking)))


def submit(
    viewer: Viewer, item: Item, intent: Intent, *, declared: bool, act: str | None = None
) -> None:
    """第十二条: the draft goes to 审签; a unit's own draft to its head first. `act` is which of the
    two the page said; None: the one that this person may do."""
    hand_in(viewer, item, intent, declared=declared, act=act)
    db.session.commit()


def hand_in(
    viewer: Viewer, item: Item, intent: Intent, *, declared: bool, act: str | None = None
) -> None:
    """提交立项 in the caller's transaction."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, ("submit", "submit_unit"), item):
        return
    act = act or _submission(viewer, item)

    def effect() -> dict[str, Any]:
        # The portfolio may have changed since the draft was saved.
        if LEADER not in item.chosen:
            item.responsible_leader_id = (
                leader_of(item.lead_unit_id, viewer.moment.day) or item.responsible_leader_id
            )
        return notices.newly_listed(viewer, item)

    workflow.perform(viewer, act, item, intent, values={"declared": declared}, effect=effect)


def _submission(viewer: Viewer, item: Item) -> str:
    ways = ("submit", "submit_unit")
    offered = {offer.act for offer in offers.offered(viewer, item, among=ways)}
    unit_only = "submit" not in offered and "submit_unit" in offered
    return "submit_unit" if unit_only else "submit"


def withdraw(viewer: Viewer, item: Item, intent: Intent) -> None:
    """SPEC §2.3: 撤回, while nobody of the present step has acted."""
    workflow.perform(viewer, "withdraw", item, intent)
    db.session.commit()


def send_back(viewer: Viewer, item: Item, intent: Intent) -> None:
    """党政办, which files, returns the form to its drafter instead."""
    workflow.perform(viewer, "return_filing", item, intent)
    db.session.commit()


def delete_draft(viewer: Viewer, item: Item, intent: Intent) -> None:
    """删除草稿: its texts are erased and nobody finds it again; the events stay."""
    workflow.perform(viewer, "delete", item, intent)
    db.session.execute(text("SELECT forget_draft(:item_id)"), {"item_id": item.id})
    db.session.commit()


def file(viewer: Viewer, item: Item, intent: Intent, *, word: str, release: bool = False) -> None:
    """第十六条（一）: 编号备案. The number is taken last, in the transaction that files.

    `release`: the notice goes out in the same act (编号备案并下达). What was handed out first takes
    its number once its signatures are made up (第十五条).
    """
    put_on_file(viewer, item, intent, word=word, release=release)
    db.session.commit()


def put_on_file(
    viewer: Viewer, item: Item, intent: Intent, *, word: str, release: bool = False
) -> None:
    """编号备案 in the caller's transaction: several in one take numbers without a gap."""
    first = item.supplementary

    def effect() -> dict[str, Any]:
        db.session.flush()
        number = numbering.take(word, viewer.moment.day)
        item.doc_word, item.doc_year, item.doc_seq = number.word, number.year, number.seq
        item.filed_on, item.supplementary = viewer.moment.day, False
        item.policy_version = policy.VERSION
        return {"doc_no": str(number)}

    workflow.perform(viewer, "file_after" if first else "file", item, intent, effect=effect)
    if release and not first:
        notices.release(viewer, item, intent.also("issue"))


def _fill(viewer: Viewer, item: Item, fields: ItemFields) -> None:
    """Put the fields into the draft, with what follows from them. Raises Unmet."""
    day = viewer.moment.day
    _check_units(viewer, fields)
    settled = proposals.settle(fields.given)
    period = Period(settled.deadline_kind, settled.deadline_days, settled.deadline_date)
    found = periods.unfinished(policy.CURRENT.level(fields.level), period)
    if found is not None:
        raise Unmet(found.reason, article=found.article, fields={found.field: found.message})
    leader_id = fields.responsible_leader_id or leader_of(fields.lead_unit_id, day)
    if leader_id is None:
        raise guards.without_leader()
    values = {**asdict(fields), **settled._asdict(), "responsible_leader_id": leader_id}
    values["chosen"] = [*settled.chosen, *([LEADER] if fields.responsible_leader_id else [])]
    del values["co_unit_ids"]
    for name, value in values.items():
        setattr(item, name, value)


def _check_units(viewer: Viewer, fields: ItemFields) -> None:
    """第八、十二条: a unit of today one may draft for, and not among its own co-units."""
    if fields.lead_unit_id in fields.co_unit_ids:
        raise Unmet(
            "协办单位中不应包括牵头单位。", article="8", fields={"co_units": "请去掉牵头单位。"}
        )
    mine = offers.units_to_draft_for(viewer).where(Unit.id == fields.lead_unit_id)
    if db.session.scalars(mine).one_or_none() is None:
        raise workflow.not_ones_unit()


def own_unit(viewer: Viewer) -> int | None:
    """The unit of the viewer's primary appointment today."""
    return db.session.scalar(
        select(Appointment.unit_id)
        .where(
            Appointment.person_id == viewer.person_id,
            Appointment.unit_id.is_not(None),
            in_force(Appointment, viewer.moment.day),
        )
        .order_by(Appointment.is_primary.desc(), Appointment.id)
        .limit(1)
    )


def _set_units(item: Item, fields: ItemFields) -> None:
    db.session.execute(delete(ItemUnit).where(ItemUnit.item_id == item.id))
    db.session.add_all(
        ItemUnit(item_id=item.id, unit_id=unit_id, role=role, state="named")
        for unit_id, role in (
            (fields.lead_unit_id, "lead"),
            *((unit_id, "co") for unit_id in dict.fromkeys(fields.co_unit_ids)),
        )
    )
    db.session.flush()
