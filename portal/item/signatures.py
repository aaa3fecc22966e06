"""签批意见: every approval of an item with its boxes, filled, merged, open and to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from flask import url_for

from portal.extensions import db
from portal.filters import as_day
from portal.frame import Opinion as Box
from portal.item.people import named
from portal.models import Approval, ApprovalSlot, Attachment, Item, Opinion, Unit, UrgeNotice
from portal.rulebook import delegating, on_paper
from portal.rulebook.approvals import label_of_box
from portal.rulebook.chains import CHAINS, step_of
from portal.rulebook.contests import Contest, contests_of
from portal.rulebook.delegating import in_the_name_of
from portal.rulebook.offers import Offer
from portal.rulebook.scope import Viewer, visible

BESIDE = {"initiation": "补签", "closing": "批量阅知", "urge": "补签"}
AGREED = "同意。"


class Signed(NamedTuple):
    """One approval: its name, its boxes in the order of the form, and where a paper is entered
    (empty: not by this person)."""

    title: str
    boxes: tuple[Box, ...]
    paper: str = ""


def signatures_of(viewer: Viewer, item: Item, offered: Iterable[Offer] = ()) -> list[Signed]:
    """The approvals of an item, the latest first; a round that was returned stays readable."""
    entering = {offer.subject.approval_id for offer in offered if offer.act == "enter_paper"}
    approvals = db.session.scalars(
        visible(viewer, Approval).where(Approval.item_id == item.id).order_by(Approval.id.desc())
    ).all()
    slots = db.session.scalars(
        visible(viewer, ApprovalSlot)
        .where(ApprovalSlot.item_id == item.id)
        .order_by(ApprovalSlot.position, ApprovalSlot.id)
    ).all()
    words = _words(viewer, item)
    names = _names(viewer, slots)
    scans = _scans(viewer, item, slots)
    contests = contests_of(viewer, slots)
    by_id = {slot.id: slot for slot in slots}
    abouts = _urged(viewer, item)
    return [
        Signed(
            _title(approval, approvals, abouts.get(approval.id, "")),
            tuple(
                _contested(_box(approval, slot, by_id, words, names, scans), slot, contests)
                for slot in slots
                if slot.approval_id == approval.id
            ),
            _paper(item, approval) if approval.id in entering else "",
        )
        for approval in approvals
    ]


class Reentry(NamedTuple):
    """A box that this person may fill anew after an objection: its label, the box, where."""

    label: str
    slot: ApprovalSlot
    href: str


def reentries_of(item: Item, offered: Iterable[Offer]) -> list[Reentry]:
    """重新代录: what waits for who types in papers."""
    found = []
    for offer in offered:
        if offer.act == "enter_paper" and offer.rule.waits_on(offer.subject):
            run = db.session.get_one(Approval, offer.subject.approval_id)
            label = label_of_box(run, offer.subject)
            found.append(Reentry(label, offer.subject, _paper(item, run)))
    return found


ENDED = {"returned": "退回", "refused": "不同意", "withdrawn": "撤回"}


def _urged(viewer: Viewer, item: Item) -> dict[int, str]:
    """By the run of its signatures whom a notice urges: 「后勤国资处，第2次催办」."""
    rows = db.session.execute(
        visible(viewer, UrgeNotice)
        .join(Unit, Unit.id == UrgeNotice.unit_id)
        .join(Approval, (Approval.chain == "urge") & (Approval.subject_id == UrgeNotice.id))
        .where(UrgeNotice.item_id == item.id)
        .with_only_columns(Approval.id, Unit.short_name, UrgeNotice.nth)
    )
    return {run: f"{unit}，第{nth}次催办" for run, unit, nth in rows}


def _title(approval: Approval, runs: Sequence[Approval], about_whom: str = "") -> str:
    """「立项签批（补签）」 where the item does not wait for it; of several runs which one, and how
    it ended: 「立项签批（第1次，11月23日退回）」; of a notice whom it urges."""
    label = CHAINS[approval.chain].label
    about = (approval.chain, approval.subject_id)
    same = [run for run in runs if (run.chain, run.subject_id) == about]
    notes = [about_whom] if about_whom else []
    notes += [BESIDE[approval.chain]] if approval.beside else []
    if len(same) > 1:
        notes.append(f"第{len(same) - same.index(approval)}次")
    if approval.state in ENDED and approval.ended_at is not None:
        day = as_day(approval.ended_at)
        notes.append(f"{day.month}月{day.day}日{ENDED[approval.state]}")
    return f"{label}（{'，'.join(notes)}）" if notes else label


def _paper(item: Item, approval: Approval) -> str:
    return url_for("paper.page", public_id=item.public_id, run=approval.id)


def _scans(viewer: Viewer, item: Item, slots: Sequence[ApprovalSlot]) -> dict[int, str]:
    """The addresses of the scans that boxes name, by their row, as far as this person may know of
    everything on them."""
    named_in = {slot.scan_id for slot in slots if slot.scan_id is not None}
    rows = db.session.scalars(
        visible(viewer, Attachment).where(
            Attachment.item_id == item.id,
            Attachment.id.in_(named_in),
            Attachment.state == "kept",
        )
    )
    return {
        row.id: url_for(
            "attachments.download", public_id=item.public_id, attachment_id=row.public_id
        )
        for row in rows
    }


def _words(viewer: Viewer, item: Item) -> dict[int, str]:
    rows = db.session.scalars(visible(viewer, Opinion).where(Opinion.item_id == item.id))
    return {opinion.id: opinion.body for opinion in rows}


def _names(viewer: Viewer, slots: Sequence[ApprovalSlot]) -> dict[int, str]:
    wanted: set[int | None] = set()
    for slot in slots:
        wanted.update((slot.person_id, slot.on_behalf_of_id, slot.entered_by_id))
    return {id_: person.name for id_, person in named(wanted, viewer.moment.day).items()}


def _box(
    approval: Approval,
    slot: ApprovalSlot,
    slots: Mapping[int, ApprovalSlot],
    words: Mapping[int, str],
    names: Mapping[int, str],
    scans: Mapping[int, str],
) -> Box:
    office = label_of_box(approval, slot)
    if slot.person_id is None or slot.decided_at is None:
        return Box(office, _pending(approval, slot, slots), "")
    giver, in_charge = names.get(slot.on_behalf_of_id or 0, ""), slot.role in delegating.HEADS
    return Box(
        office,
        words.get(slot.opinion_id or 0, AGREED),
        names[slot.person_id] + (in_the_name_of(slot.role, giver) if in_charge else ""),
        slot.paper_on or as_day(slot.decided_at),
        on_behalf="" if in_charge else giver,
        paper=names.get(slot.entered_by_id or 0, "") if slot.via == "paper" else "",
        scan=scans.get(slot.scan_id or 0, ""),
    )


def _contested(box: Box, slot: ApprovalSlot, contests: Mapping[int, Contest]) -> Box:
    """The box with what became of the signer's objection, and its words: also where the entry was
    taken out of the box again."""
    if slot.contested_at is None:
        return box
    emptied = slot.person_id is None
    said = (
        on_paper.REOPENED if emptied else on_paper.contested_words(slot, on_paper.SIGNED_CONTESTED)
    )
    contest = contests.get(slot.id)
    return replace(box, contested=said, objection=_objection(contest, emptied) if contest else "")


def _objection(contest: Contest, emptied: bool) -> str:
    """「坤清祥11月23日提出异议：“…”」; of an emptied box also what stood in it."""
    said = f"{contest.who}{contest.day.month}月{contest.day.day}日提出异议：“{contest.words}”"
    if not emptied or contest.paper_on is None:
        return said
    on = f"{contest.paper_on.month}月{contest.paper_on.day}日"
    return f"原由{contest.typist}按{contest.who}{on}的纸质签批代录；{said}"


def _pending(approval: Approval, slot: ApprovalSlot, slots: Mapping[int, ApprovalSlot]) -> str:
    """What an empty box says; one that merges names the signature that will fill it."""
    if slot.state == "merged" and slot.filled_by_id is not None:
        filler = step_of(approval.chain, slots[slot.filled_by_id].step)
        return f"由同一领导在“{filler.label}”时一并签批"
    if approval.state in ENDED:
        return "未签批"
    return "待签批" if slot.state == "open" else "未到"
