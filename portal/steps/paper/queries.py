"""Which boxes of an item wait for a signature that may come on paper, and who could have signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from portal.clock import shanghai_day
from portal.extensions import db
from portal.models import Approval, ApprovalSlot, Item, Opinion, Unit
from portal.rulebook import approvals, offers, on_paper
from portal.rulebook.chains import CHAINS
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.signers import Signer, signers_between, signers_on

AGREE = "同意"
NO_DAYS: Mapping[str, date] = MappingProxyType({})
MACHINES = frozenset({"item", "change", "extension", "urge"})
"""Approvals whose outcome follows from the boxes alone."""


class PaperBox(NamedTuple):
    """A box as the form shows it: `name` keeps its fields apart, `ways` are (value, word)."""

    name: str
    slot: ApprovalSlot
    label: str
    fills: str
    signers: list[Signer]
    ways: list[tuple[str, str]]


class Run(NamedTuple):
    """A running approval of the item, with a word for it."""

    approval: Approval
    label: str


def runs_of(viewer: Viewer, item: Item) -> list[Run]:
    """The running approvals in whose boxes this viewer may enter a paper, latest first."""
    offered = {
        offer.subject.approval_id
        for offer in offers.offered(viewer, item)
        if offer.act == "enter_paper"
    }
    found = db.session.scalars(
        visible(viewer, Approval).where(Approval.id.in_(offered)).order_by(Approval.id.desc())
    )
    return [
        Run(run, CHAINS[run.chain].label) for run in found if CHAINS[run.chain].machine in MACHINES
    ]


def run_of(viewer: Viewer, item: Item, run_id: int) -> Approval | None:
    """The run of that id, also one that has ended since the form was opened."""
    return db.session.scalars(
        visible(viewer, Approval).where(Approval.id == run_id, Approval.item_id == item.id)
    ).one_or_none()


def boxes_of(
    viewer: Viewer,
    item: Item,
    run: Approval,
    typed: Mapping[str, date] = NO_DAYS,
    *,
    all_: bool = False,
) -> list[PaperBox]:
    """The boxes that wait, in the order of the form; with `all_` also those signed meanwhile.

    `typed` are days on the paper by the name of the box; one may lie before the run.
    """
    slots = db.session.scalars(
        visible(viewer, ApprovalSlot)
        .where(ApprovalSlot.approval_id == run.id)
        .order_by(ApprovalSlot.position, ApprovalSlot.id)
    ).all()
    pending = [slot for slot in slots if slot.state != "merged"]
    if not all_:
        pending = [slot for slot in pending if slot.state in ("open", "waiting")]
    first = shanghai_day(run.opened_at)
    return [
        PaperBox(
            _name(slot),
            slot,
            approvals.label_of_box(run, slot),
            "、".join(approvals.label_of(box.step) for box in slots if box.filled_by_id == slot.id),
            _signers(item, slot, first, viewer.moment.day, typed.get(_name(slot))),
            _ways(run, slot),
        )
        for slot in pending
    ]


def proposed(boxes: Sequence[PaperBox]) -> dict[str, str]:
    """What the form proposes: where exactly one box waits now, to enter that one, by its first
    signer. The others are left out."""
    turn = [box for box in boxes if box.slot.state == "open" and box.signers]
    return {f"{box.name}-signer_id": box.signers[0].value for box in turn if len(turn) == 1}


def box_to_correct(viewer: Viewer, item: Item, slot: ApprovalSlot, typed: date) -> PaperBox:
    """The one contested box, with what it may be corrected to."""
    run = db.session.get_one(Approval, slot.approval_id)
    words = dict(_ways(run, slot))
    return PaperBox(
        _name(slot),
        slot,
        approvals.label_of_box(run, slot),
        "",
        _signers(item, slot, shanghai_day(run.opened_at), viewer.moment.day, typed),
        [(way, words[way]) for way in on_paper.corrections(item, run, slot)],
    )


def words_of(viewer: Viewer, slot: ApprovalSlot) -> str:
    """The opinion as it was entered."""
    found = db.session.scalars(
        visible(viewer, Opinion).where(Opinion.id == slot.opinion_id)
    ).one_or_none()
    return found.body if found else ""


def _name(slot: ApprovalSlot) -> str:
    name = f"{slot.step}-{slot.role}"
    if slot.unit_id is not None:
        name += f"-{db.session.get_one(Unit, slot.unit_id).code}"
    return name


def _ways(run: Approval, slot: ApprovalSlot) -> list[tuple[str, str]]:
    return [(way, rule.label if rule else AGREE) for way, rule in on_paper.ways(run, slot).items()]


def _signers(
    item: Item, slot: ApprovalSlot, first: date, last: date, typed: date | None
) -> list[Signer]:
    found = signers_between(min(first, last), last, item, slot)
    if typed is not None:
        found += [signer for signer in signers_on(typed, item, slot) if signer not in found]
    return found
