"""The rows of an item that the table of acts moves: the mapped class of each machine."""

from __future__ import annotations

from typing import Any, Final

from portal.models import (
    ApprovalSlot,
    ArchiveRecord,
    Attachment,
    Change,
    Comment,
    Extension,
    Feedback,
    Handover,
    Inspection,
    ItemUnit,
    Loan,
    NeedToKnow,
    Objection,
    PhoneRecord,
    Rectification,
    UrgeNotice,
    UrgeQuestion,
)

PARTS: Final[dict[str, Any]] = {
    "item_unit": ItemUnit,
    "feedback": Feedback,
    "archive_record": ArchiveRecord,
    "attachment": Attachment,
    "approval_slot": ApprovalSlot,
    "change": Change,
    "need_to_know": NeedToKnow,
    "objection": Objection,
    "comment": Comment,
    "extension": Extension,
    "urge": UrgeNotice,
    "urge_question": UrgeQuestion,
    "phone_record": PhoneRecord,
    "inspection": Inspection,
    "rectification": Rectification,
    "handover": Handover,
    "loan": Loan,
}
"""Machines without a table yet have no entry: their acts are not offered."""
