"""Lists of items for who looks after the whole college: 党政办, 纪委办 and 组织人事部, 档案员."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_

from portal.clock import shanghai_instant
from portal.models import (
    Approval,
    ApprovalSlot,
    ArchiveRecord,
    Extension,
    Item,
    ItemMember,
    ItemUnit,
    Loan,
    Rectification,
    Unit,
    UrgeNotice,
)
from portal.rooms.desk.columns import day_of, joined, listed
from portal.rulebook import policy, two_clocks, working_calendar
from portal.rulebook.approvals import label_of
from portal.rulebook.chains import CHAINS, RUNNING
from portal.rulebook.roles import Role
from portal.rulebook.rule_shapes import CLOSING
from portal.rulebook.scope import Viewer, visible
from portal.rulebook.workdays import DAY

URGED = ("ug_issued", "ug_signed", "ug_replied")
"""A notice that is out and not ended."""
GOING_ON = (*RUNNING, *CLOSING, "closing_filing")
RECTIFYING, LATE = ("open", "replied", "not_passed"), ("overdue",)
"""Of a point: being put right or verified; late."""


def extensions(viewer: Viewer) -> Select[Any]:
    """第十九条: requests that wait for 党政办主任."""
    asked = case((Extension.kind == "exempt", "申请免于督办"), else_="申请延期")
    rows = joined(viewer, Extension).where(Extension.state == "ext_check")
    return listed(rows, func.min(day_of(Extension.applied_at)), func.min(asked))


def closings(viewer: Viewer) -> Select[Any]:
    """第十六条（六）: closings that wait for 党政办主任."""
    rows = visible(viewer, Item).where(Item.state == "closing_check")
    return listed(rows, day_of(Item.state_since))


def unreceived(viewer: Viewer) -> Select[Any]:
    """第十六条（三）: units that have not signed in time; one that counts as having received
    (视同签收) until it names its 承办人."""
    named = exists().where(
        ItemMember.item_id == Item.id,
        ItemMember.unit_id == ItemUnit.unit_id,
        ItemMember.role.in_(("handler", "co_handler")),
    )
    late = and_(ItemUnit.state == "issued", ItemUnit.receipt_by <= viewer.moment.instant)
    silent = and_(ItemUnit.state == "received", ItemUnit.deemed, ~named)
    rows = (
        joined(viewer, ItemUnit)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .where(Item.state.in_(RUNNING), ItemUnit.role != "former", or_(late, silent))
    )
    return listed(rows, func.min(Item.issued_on), _names(Unit.short_name))


def unsigned(viewer: Viewer) -> Select[Any]:
    """久未签批 (SPEC §2.3): as the room 卡在哪里 marks it."""
    rows = (
        joined(viewer, ApprovalSlot)
        .join(Approval, Approval.id == ApprovalSlot.approval_id)
        .where(
            ApprovalSlot.state == "open",
            Approval.state == "open",
            ApprovalSlot.role != Role.UNIT_HEAD.value,
            _too_long(viewer),
        )
    )
    steps = {step.step: label_of(step.step) for chain in CHAINS.values() for step in chain.steps}
    word = case(steps, value=ApprovalSlot.step, else_="")
    return listed(rows, func.min(day_of(ApprovalSlot.opened_at)), _names(word))


def _too_long(viewer: Viewer) -> ColumnElement[bool]:
    calendar, now = working_calendar.current(), viewer.moment.instant
    asked = []
    for edition in policy.EDITIONS:
        last = two_clocks.long_since(edition.limit("approval_overdue"), now, calendar)
        before = ApprovalSlot.opened_at < shanghai_instant(last + DAY)
        asked.append(and_(Item.policy_version == edition.version, before))
    return or_(false(), *asked)


def urged(viewer: Viewer) -> Select[Any]:
    """第十六条（四）: notices that are out."""
    return _notices(viewer, URGED, UrgeNotice.issued_on)


def unmet(viewer: Viewer) -> Select[Any]:
    """第二十五条（一）: notices whose limit passed, of items still in work."""
    return _notices(viewer, ("ug_unmet",), UrgeNotice.limit_on, Item.lit)


def _notices(
    viewer: Viewer, states: tuple[str, ...], day: Any, *where: ColumnElement[bool] | Any
) -> Select[Any]:
    rows = (
        joined(viewer, UrgeNotice)
        .join(Unit, Unit.id == UrgeNotice.unit_id)
        .where(UrgeNotice.state.in_(states), *where)
    )
    return listed(rows, func.min(day), _names(Unit.short_name))


def rectifying(viewer: Viewer) -> Select[Any]:
    """第十七条: points of 整改意见 that are being put right, or wait to be verified."""
    return rectified(viewer, RECTIFYING)


def rectifying_late(viewer: Viewer) -> Select[Any]:
    """第十七条: points whose day passed without a reply."""
    return rectified(viewer, LATE)


def rectified(
    viewer: Viewer, states: tuple[str, ...], *where: ColumnElement[bool] | Any
) -> Select[Any]:
    """The items with points in these states, by the earliest of their days."""
    rows = (
        joined(viewer, Rectification)
        .join(Unit, Unit.id == Rectification.unit_id)
        .where(
            Item.state.in_(GOING_ON),
            Rectification.state.in_(states),
            Rectification.withdrawn.is_(False),
            *where,
        )
    )
    return listed(rows, func.min(Rectification.due), _names(Unit.short_name))


def loans_asked(viewer: Viewer) -> Select[Any]:
    """第十六条（七）: papers that are asked for and not granted yet."""
    rows = joined(viewer, Loan).where(Loan.state == "asked")
    return listed(rows, func.min(day_of(Loan.asked_at)))


def loans_late(viewer: Viewer) -> Select[Any]:
    """第十六条（七）: papers that were to be back by now."""
    rows = joined(viewer, Loan).where(Loan.state == "lent", Loan.due_back < viewer.moment.day)
    return listed(rows, func.min(Loan.due_back))


def unit_copies(viewer: Viewer) -> Select[Any]:
    """第十六条（七）: closed, and the lead unit has not signed for its copy."""
    unsigned_copy = exists().where(
        ArchiveRecord.item_id == Item.id,
        ArchiveRecord.keeper == "unit",
        ArchiveRecord.superseded_at.is_(None),
        ArchiveRecord.kept_on.is_(None),
    )
    rows = visible(viewer, Item).where(Item.state == "closed", unsigned_copy)
    return listed(rows, Item.closed_on)


def unarchived(viewer: Viewer) -> Select[Any]:
    """第十六条（七）: closed longer than a month ago (`archiving.archive_due`) and not archived.

    PostgreSQL adds a month as the rule does: to the same day, or to the month's last one.
    """
    months = case(
        {edition.version: edition.limit("archive") for edition in policy.EDITIONS},
        value=Item.policy_version,
    )
    last = Item.closed_on + func.make_interval(0, months)
    rows = visible(viewer, Item).where(Item.state == "closed", last < viewer.moment.day)
    return listed(rows, Item.closed_on)


def _names(column: Any) -> ColumnElement[Any]:
    return func.string_agg(column.distinct(), literal("、"))
