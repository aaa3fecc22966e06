"""How the parts of an item are addressed: a unit's share, a report, the two archive copies, a
signature box, a change, a request for more time.

Each is loaded through the viewer's scope; a foreign or missing one answers like a missing item.
"""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from sqlalchemy import Select

from portal.act_pages import PartAddress
from portal.codes import is_code
from portal.errors import NotFound
from portal.extensions import db
from portal.models import (
    ApprovalSlot,
    ArchiveRecord,
    Change,
    Comment,
    Extension,
    Feedback,
    Handover,
    Inspection,
    Item,
    ItemUnit,
    Loan,
    NeedToKnow,
    Objection,
    Rectification,
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
    if not is_code(code):
        raise NotFound
    return _only(
        visible(viewer(), ItemUnit)
        .join(Unit, Unit.id == ItemUnit.unit_id)
        .where(ItemUnit.item_id == item.id, ItemUnit.role != "former", Unit.code == code)
    )


def _code(share: ItemUnit) -> dict[str, Any]:
    return {"code": db.session.get_one(Unit, share.unit_id).code}


def _copy(keeper: str) -> PartAddress:
    """The archive copy that this side keeps now; its acts have addresses of their own."""

    def find(item: Item) -> ArchiveRecord:
        return _only(
            visible(viewer(), ArchiveRecord).where(
                ArchiveRecord.item_id == item.id,
                ArchiveRecord.keeper == keeper,
                ArchiveRecord.superseded_at.is_(None),
            )
        )

    return PartAddress("", find, lambda _record: {})


def _by_id(where: str, name: str, table: type[Any]) -> PartAddress:
    """Parts of one table, each addressed by its public id."""

    def find(item: Item, **named: uuid.UUID) -> Any:
        return _only(
            visible(viewer(), table).where(table.item_id == item.id, table.public_id == named[name])
        )

    return PartAddress(f"/{where}/<uuid:{name}>", find, lambda part: {name: part.public_id})


SHARE = PartAddress("/units/<code>", _share, _code)
UNIT_COPY, OFFICE_COPY = _copy("unit"), _copy("office")
REPORT = _by_id("feedback", "report_id", Feedback)
COMMENT = _by_id("comments", "comment_id", Comment)
OBJECTION = _by_id("objections", "objection_id", Objection)
LISTED = _by_id("knowledge", "entry_id", NeedToKnow)
BOX = _by_id("signatures", "box_id", ApprovalSlot)
CHANGE = _by_id("changes", "change_id", Change)
EXTENSION = _by_id("extensions", "extension_id", Extension)
URGE = _by_id("urges", "urge_id", UrgeNotice)
LINE = _by_id("handovers", "line_id", Handover)
LOAN = _by_id("loans", "loan_id", Loan)
QUESTION = _by_id("reasons", "question_id", UrgeQuestion)
INSPECTION = _by_id("inspections", "inspection_id", Inspection)
POINT = _by_id("rectifications", "point_id", Rectification)
