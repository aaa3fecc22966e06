"""What narrows a row of the table of acts further, as SQL over the rows of its machine."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from portal.models import (
    Approval,
    ApprovalSlot,
    ArchiveRecord,
    Attachment,
    Feedback,
    FeedbackPoint,
    Item,
    ItemMember,
    ItemUnit,
    NeedToKnow,
    Objection,
    Portfolio,
    Unit,
)
from portal.models.entered import Entered
from portal.rulebook import packages
from portal.rulebook.chains import CHAINS
from portal.rulebook.machines import COUNTED
from portal.rulebook.reviews import LONG_RUNNING
from portal.rulebook.roles import NOW, in_force

COMPLETE = ("pending_filing", "closing_filing")
"""Where all have signed and 党政办 has not filed yet."""
HANDED_IN = ("confirm_close", "ext_unit")
"""Boxes that a unit's head signs by handing in."""


def without_handler(share: type[ItemUnit]) -> ColumnElement[bool]:
    """Nobody of this unit is named yet."""
    return ~exists().where(ItemMember.item_id == share.item_id, ItemMember.unit_id == share.unit_id)


def under_another_leader(share: type[ItemUnit]) -> ColumnElement[bool]:
    """SPEC §1.4: the unit's leader is not the one who signs for the lead unit anyway, and signs for
    the first of his units only: one 会签 of one leader. As of the day that is asked for."""
    own, theirs, before = aliased(Portfolio), aliased(Portfolio), aliased(ItemUnit)
    signs_anyway = exists().where(
        Item.id == share.item_id,
        Portfolio.unit_id == share.unit_id,
        Portfolio.leader_id == Item.responsible_leader_id,
        in_force(Portfolio, NOW.day),
    )
    signs_already = exists().where(
        before.item_id == share.item_id,
        before.role == "co",
        before.id < share.id,
        own.unit_id == share.unit_id,
        theirs.unit_id == before.unit_id,
        own.leader_id == theirs.leader_id,
        in_force(own, NOW.day),
        in_force(theirs, NOW.day),
    )
    return ~signs_anyway & ~signs_already


def with_handler(share: type[ItemUnit]) -> ColumnElement[bool]:
    """Somebody of this unit is named."""
    return ~without_handler(share)


def of_acting_unit(part: Any) -> ColumnElement[bool]:
    """Work of a unit that was not relieved of the item (调整承办单位)."""
    return ~exists().where(
        ItemUnit.item_id == part.item_id,
        ItemUnit.unit_id == part.unit_id,
        ItemUnit.role == "former",
    )


def of_filing(attachment: type[Attachment]) -> ColumnElement[bool]:
    """A file handed in with the form, before it was submitted."""
    return attachment.purpose == "filing"


def of_evidence(attachment: type[Attachment]) -> ColumnElement[bool]:
    """A file a unit handed in while it worked."""
    return attachment.purpose == "evidence"


def copy_open(record: type[ArchiveRecord]) -> ColumnElement[bool]:
    """The lead unit has not signed for its copy yet, or for an earlier version of the package."""
    waits = record.kept_on.is_(None) | packages.is_newer(record)
    return waits & (record.keeper == "unit") & record.superseded_at.is_(None)


def copy_of_ended_unit(record: type[ArchiveRecord]) -> ColumnElement[bool]:
    """The same, of a unit that has ended since 销号: nobody is left to sign for it."""
    ended = exists().where(
        Item.id == record.item_id, Unit.id == Item.lead_unit_id, Unit.valid_to < NOW.day
    )
    return copy_open(record) & ended


def office_copy_outdated(record: type[ArchiveRecord]) -> ColumnElement[bool]:
    """The office has signed for an earlier version of the package."""
    signed = (record.keeper == "office") & record.kept_on.is_not(None)
    return signed & record.superseded_at.is_(None) & packages.is_newer(record)


def unit_copy_confirmed(item: type[Item]) -> ColumnElement[bool]:
    """The lead unit has signed for its copy, so the office may archive."""
    return exists().where(
        ArchiveRecord.item_id == item.id,
        ArchiveRecord.keeper == "unit",
        ArchiveRecord.kept_on.is_not(None),
        ArchiveRecord.superseded_at.is_(None),
        ~packages.is_newer(ArchiveRecord),
    )


def without_objection(share: type[ItemUnit]) -> ColumnElement[bool]:
    """The unit has not objected, or has been answered and may not object again."""
    return ~exists().where(Objection.item_id == share.item_id, Objection.unit_id == share.unit_id)


def coordination_free(share: type[ItemUnit]) -> ColumnElement[bool]:
    """Nothing that the unit asked 党政办 to see to is unanswered."""
    return share.coordination_since.is_(None)


def coordination_asked(share: type[ItemUnit]) -> ColumnElement[bool]:
    """The unit has asked 党政办 to see to a co-unit, and waits for the answer."""
    return share.coordination_since.is_not(None)


def plan_asked(share: type[ItemUnit]) -> ColumnElement[bool]:
    """SPEC §2.6: level 1 asks for no plan."""
    return share.item_id.in_(select(Item.id).where(Item.level > 1))


def answers_instalment(report: type[Feedback]) -> ColumnElement[bool]:
    """A report for an instalment of the plan, while earlier ones of the plan are still open."""
    own, other = aliased(FeedbackPoint), aliased(FeedbackPoint)
    holder = aliased(Feedback)
    open_one = exists().where(
        own.id == report.point_id,
        other.item_id == report.item_id,
        other.due < own.due,
        other.merged_into_id.is_(None),
        ~exists().where(holder.point_id == other.id, holder.state.in_(COUNTED)),
    )
    return report.point_id.is_not(None) & open_one


def not_sensitive(item: type[Item]) -> ColumnElement[bool]:
    """Open or internal."""
    return item.classification != "sensitive"


def is_sensitive(item: type[Item]) -> ColumnElement[bool]:
    """Known to those on its list only."""
    return item.classification == "sensitive"


def still_listed(entry: type[NeedToKnow]) -> ColumnElement[bool]:
    """A person who is on the list now."""
    return entry.to_at.is_(None)


def urgent_or_phoned(item: type[Item]) -> ColumnElement[bool]:
    """第十五条: what may be handed out before it is signed."""
    return phoned(item) | (item.level == 1)


def phoned(item: type[Item]) -> ColumnElement[bool]:
    """第十五条: handed out by telephone or message."""
    return item.method == "phone"


def review_waits(item: type[Item]) -> ColumnElement[bool]:
    """SPEC §2.15: a long-running item whose yearly review has begun to wait."""
    return (item.level == LONG_RUNNING) & item.review_due.is_not(None)


def box_pending(slot: type[ApprovalSlot]) -> ColumnElement[bool]:
    """A box of an approval that runs, in a state of the item in which it may be signed."""
    bound = [chain for chain in CHAINS.values() if chain.during]
    free = Approval.chain.not_in([chain.name for chain in bound])
    in_time = [(Approval.chain == chain.name) & Item.state.in_(chain.during) for chain in bound]
    running = (
        select(Approval.id)
        .join(Item, Item.id == Approval.item_id)
        .where(Approval.state == "open", or_(free, *in_time))
    )
    return slot.approval_id.in_(running)


def to_be_taken_back(slot: type[ApprovalSlot]) -> ColumnElement[bool]:
    """A signature on screen with none after it, of a run that goes on or is just complete. A unit's
    own hand-in and request are withdrawn as a whole (撤回办结申请, 撤回申请)."""
    later = aliased(ApprovalSlot)
    complete = (
        (Approval.state == "agreed")
        & Approval.subject_id.is_(None)
        & ~Approval.beside
        & Item.state.in_(COMPLETE)
    )
    running = (
        select(Approval.id)
        .join(Item, Item.id == Approval.item_id)
        .where(or_(Approval.state == "open", complete))
    )
    signed_after = (
        select(later.id)
        .where(later.approval_id == slot.approval_id, later.decided_at > slot.decided_at)
        .correlate(slot)
        .exists()
    )
    return (
        (slot.via == "online")
        & slot.step.not_in(HANDED_IN)
        & slot.approval_id.in_(running)
        & ~signed_after
    )


def entered(entry: type[Entered]) -> ColumnElement[bool]:
    """A signature or a report that the office typed in, not yet contested."""
    return (entry.via != "online") & entry.contested_at.is_(None)


def contested(entry: type[Entered]) -> ColumnElement[bool]:
    """An entry to which the person named objected, not yet answered. One that went on into a new
    run of the form, or was taken out of its box, has no last day of objection any more."""
    return (
        entry.contested_at.is_not(None)
        & entry.answered_at.is_(None)
        & entry.contestable_until.is_not(None)
    )


def reopened(slot: type[ApprovalSlot]) -> ColumnElement[bool]:
    """A box from which an entry was taken because of an objection, not yet signed anew."""
    return (
        slot.contested_at.is_not(None)
        & slot.person_id.is_(None)
        & slot.state.in_(("open", "waiting"))
    )


def to_be_entered(report: type[Feedback]) -> ColumnElement[bool]:
    """What the office types in for a unit at work: a report begun that way, or one that was sent
    back; the unit's own drafts are its own."""
    begun = (report.via != "online") | (report.state == "fb_returned")
    return begun & of_acting_unit(report)


def finished_on_paper(share: type[ItemUnit]) -> ColumnElement[bool]:
    """The unit's last word, as the office typed it in, is that its part is done."""
    return exists().where(
        Feedback.item_id == share.item_id,
        Feedback.unit_id == share.unit_id,
        Feedback.via != "online",
        Feedback.final,
        Feedback.state.in_(("fb_lead", "fb_merged")),
    )


def made_up_unnumbered(item: type[Item]) -> ColumnElement[bool]:
    """Handed out first, its signatures now complete, its number not yet taken."""
    return (
        item.supplementary
        & item.doc_seq.is_(None)
        & exists().where(
            Approval.item_id == item.id,
            Approval.chain == "initiation",
            Approval.beside,
            Approval.state == "agreed",
        )
    )


def making_up_overdue(slot: type[ApprovalSlot]) -> ColumnElement[bool]:
    """An open box of what was handed out first, after the last day for signatures (第十五条)."""
    return (slot.state == "open") & slot.approval_id.in_(
        select(Approval.id)
        .join(Item, Item.id == Approval.item_id)
        .where(
            Approval.chain == "initiation",
            Approval.beside,
            Approval.state == "open",
            Item.made_up_by < NOW.day,
        )
    )
