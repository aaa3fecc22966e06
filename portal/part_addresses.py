"""How the parts of an item are addressed: a unit's share, a report, the unit's archive copy, a
signature box, a change, a request for more time.

Each is loaded through the viewer's scope; a foreign or missing one answers like a missing item.
"""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from sqlalchemy import Select

from portal.act_pages import PartAddress
from portal.errors import NotFound
from portal.extensions import db
from portal.models import (
    ApprovalSlot,
    ArchiveRecord,
    Change,
    Comment,
    Extension,
    Feedback,
    Item,
    ItemUnit,
    NeedToKnow,
    Objection,
    Unit,
    UrgeNotice,
    UrgeQuestion,
)
from portal.rulebook.scope import visible
from portal.web import viewer

P = TypeVar("P")


def _only(query: Select[P]) -> P:
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def _share(item: Item, code: str) -> ItemUnit:
    if not code.isalnum():  # the database holds no such sign as NUL
        raise NotFound
    return _only(
        visible(viewer(), ItemUnit)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .where(ItemUnit.item_id == item.id, ItemUnit.role != "former", Unit.code == code)
    )


def _code(share: ItemUnit) -> dict[str, Any]:
    return {"code": db.session.get_one(Unit, share.unit_id).code}


def _report(item: Item, report_id: uuid.UUID) -> Feedback:
    return _only(
        visible(viewer(), Feedback).where(
            Feedback.item_id == item.id, Feedback.public_id == report_id
        )
    )


def _comment(item: Item, comment_id: uuid.UUID) -> Comment:
    return _only(
        visible(viewer(), Comment).where(
            Comment.item_id == item.id, Comment.public_id == comment_id
        )
    )


def _objection(item: Item, objection_id: uuid.UUID) -> Objection:
    return _only(
        visible(viewer(), Objection).where(
            Objection.item_id == item.id, Objection.public_id == objection_id
        )
    )


def _listed(item: Item, entry_id: uuid.UUID) -> NeedToKnow:
    return _only(
        visible(viewer(), NeedToKnow).where(
            NeedToKnow.item_id == item.id, NeedToKnow.public_id == entry_id
        )
    )


def _unit_copy(item: Item) -> ArchiveRecord:
    return _only(
        visible(viewer(), ArchiveRecord).where(
            ArchiveRecord.item_id == item.id,
            ArchiveRecord.keeper == "unit",
            ArchiveRecord.superseded_at.is_(None),
        )
    )


def _box(item: Item, box_id: uuid.UUID) -> ApprovalSlot:
    return _only(
        visible(viewer(), ApprovalSlot).where(
            ApprovalSlot.item_id == item.id, ApprovalSlot.public_id == box_id
        )
    )


def _change(item: Item, change_id: uuid.UUID) -> Change:
    return _only(
        visible(viewer(), Change).where(Change.item_id == item.id, Change.public_id == change_id)
    )


def _extension(item: Item, extension_id: uuid.UUID) -> Extension:
    return _only(
        visible(viewer(), Extension).where(
            Extension.item_id == item.id, Extension.public_id == extension_id
        )
    )


def _urge(item: Item, urge_id: uuid.UUID) -> UrgeNotice:
    return _only(
        visible(viewer(), UrgeNotice).where(
            UrgeNotice.item_id == item.id, UrgeNotice.public_id == urge_id
        )
    )


def _question(item: Item, question_id: uuid.UUID) -> UrgeQuestion:
    return _only(
        visible(viewer(), UrgeQuestion).where(
            UrgeQuestion.item_id == item.id, UrgeQuestion.public_id == question_id
        )
    )


SHARE = PartAddress("/units/<code>", _share, _code)
REPORT = PartAddress(
    "/feedback/<uuid:report_id>", _report, lambda report: {"report_id": report.public_id}
)
COMMENT = PartAddress(
    "/comments/<uuid:comment_id>", _comment, lambda comment: {"comment_id": comment.public_id}
)
OBJECTION = PartAddress(
    "/objections/<uuid:objection_id>",
    _objection,
    lambda objection: {"objection_id": objection.public_id},
)
LISTED = PartAddress(
    "/knowledge/<uuid:entry_id>", _listed, lambda entry: {"entry_id": entry.public_id}
)
UNIT_COPY = PartAddress("", _unit_copy, lambda _record: {})
BOX = PartAddress("/signatures/<uuid:box_id>", _box, lambda slot: {"box_id": slot.public_id})
CHANGE = PartAddress(
    "/changes/<uuid:change_id>", _change, lambda change: {"change_id": change.public_id}
)
EXTENSION = PartAddress(
    "/extensions/<uuid:extension_id>",
    _extension,
    lambda extension: {"extension_id": extension.public_id},
)
URGE = PartAddress("/urges/<uuid:urge_id>", _urge, lambda notice: {"urge_id": notice.public_id})
QUESTION = PartAddress(
    "/reasons/<uuid:question_id>", _question, lambda row: {"question_id": row.public_id}
)
