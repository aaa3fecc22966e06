"""The attachments a viewer may know of, and which of them this person may add or take away."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import url_for
from sqlalchemy import select

from portal.attachments.commands import ADDING, REMOVING
from portal.attachments.kinds import KINDS
from portal.extensions import db
from portal.item.people import named
from portal.models import ApprovalSlot, Attachment, Closure, Extension, Feedback, Item
from portal.rulebook.inspecting import boxes_of_kept_plan
from portal.rulebook.offers import Offer
from portal.rulebook.scope import Viewer, visible

PLACES = {
    "filing": "立项", "evidence": "佐证材料", "closing": "办结", "extension": "延期申请",
    "scan": "纸质签批", "inspection": "实地督查", "rectification": "整改",
}  # fmt: skip
"""Where a file belongs, by its purpose; a report's says which one."""


@dataclass(frozen=True)
class Line:
    """One file as the page lists it: its address, where it belongs, who brought it; `removal` is
    the act offered to this person, if any, and `key` what makes it one act."""

    row: Attachment
    address: str
    place: str
    who: str
    removal: Offer | None
    key: uuid.UUID = field(default_factory=uuid.uuid4)


def bound_of(viewer: Viewer, item: Item) -> list[tuple[Attachment, str]]:
    """Those of `kept_of` that are bound and handed on: without the scans of a plan to inspect that
    nobody approved."""
    kept = select(ApprovalSlot.id).where(ApprovalSlot.item_id == item.id, boxes_of_kept_plan())
    boxes = set(db.session.scalars(kept))
    return [
        (row, place)
        for row, place in kept_of(viewer, item)
        if not (row.subject == ApprovalSlot.__tablename__ and row.subject_id in boxes)
    ]


def kept_of(viewer: Viewer, item: Item) -> list[tuple[Attachment, str]]:
    """The kept files of an item, in the order they came, each with the place where it belongs."""
    rows = db.session.execute(
        visible(viewer, Attachment)
        .add_columns(Feedback.seq)
        .outerjoin(
            Feedback,
            (Attachment.subject == Feedback.__tablename__) & (Feedback.id == Attachment.subject_id),
        )
        .where(Attachment.item_id == item.id, Attachment.state == "kept")
        .order_by(Attachment.id)
    )
    return [
        (row.Attachment, PLACES.get(row.Attachment.purpose) or f"第{row.seq}期反馈") for row in rows
    ]


def lines_of(viewer: Viewer, item: Item, offered: Iterable[Offer]) -> list[Line]:
    """The same as the page lists them."""
    removals = {offer.subject.id: offer for offer in offered if offer.act in REMOVING.values()}
    files = kept_of(viewer, item)
    names = named([file.uploaded_by_id for file, _place in files], viewer.moment.day)
    return [
        Line(
            file,
            address_of(item, file),
            place,
            names[file.uploaded_by_id].name,
            removals.get(file.id),
        )
        for file, place in files
    ]


def address_of(item: Item, row: Attachment) -> str:
    """The file itself; of a sensitive item, what browsers show stands on a page with the reader's
    watermark (SPEC §7.6)."""
    on_page = item.classification == "sensitive" and KINDS[row.kind].inline
    endpoint = "attachments.shown" if on_page else "attachments.download"
    return url_for(endpoint, public_id=item.public_id, attachment_id=row.public_id)


def belonging_to(part: Feedback | Closure | Extension, lines: Iterable[Line]) -> tuple[Line, ...]:
    """Those of the files that were handed in with this report or application."""
    owner = (part.__tablename__, part.id)
    return tuple(line for line in lines if (line.row.subject, line.row.subject_id) == owner)


def adding(offered: Iterable[Offer]) -> Offer | None:
    """The offer by which this person may upload now; the lead unit's first."""
    return next((offer for offer in offered if offer.act in ADDING), None)


def attachment_of(viewer: Viewer, item: Item, public_id: uuid.UUID) -> Attachment | None:
    """The row, also of a removed file; None if there is none this viewer may know of."""
    return db.session.scalars(
        visible(viewer, Attachment).where(
            Attachment.item_id == item.id, Attachment.public_id == public_id
        )
    ).one_or_none()
