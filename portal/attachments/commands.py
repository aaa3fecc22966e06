"""Keeping files with an act, adding some by themselves, taking one away; each one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from flask import current_app
from sqlalchemy import func, select

from portal import store
from portal.attachments.checking import Sound
from portal.config import Settings
from portal.errors import NotOffered
from portal.extensions import db
from portal.models import (
    ApprovalSlot,
    Attachment,
    Closure,
    Extension,
    Feedback,
    Inspection,
    Item,
    Rectification,
)
from portal.rulebook import workflow
from portal.rulebook.offers import Offer
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent

Purpose = Literal[
    "filing", "evidence", "report", "closing", "extension", "inspection", "rectification", "scan"
]
ADDING: dict[str, Purpose] = {"attach": "filing", "attach_evidence": "evidence"}
"""What files handed in by themselves are for, by the act."""
REMOVING = {"filing": "detach", "evidence": "detach_evidence"}
"""The act that takes a file away; what came with a report, for 办结 or for more time stands."""
Owner = Feedback | Closure | Extension | Inspection | Rectification | ApprovalSlot
"""What a file may belong to."""
MOST = 50
"""Files an item may hold at a time."""


def keep(
    viewer: Viewer,
    item: Item,
    files: Sequence[Sound],
    purpose: Purpose,
    *,
    unit_id: int | None = None,
    of: Owner | None = None,
    with_items: Sequence[int] | None = None,
) -> list[int]:
    """Enter the files and write their bytes; the ids of the rows, in the order given.

    To be called inside the effect of an act: so the act and its files are one transaction, and the
    item is locked. The bytes are written before the commit, the same ones once; a rollback leaves
    them without a row. `unit_id` says who handed them in, `of` what they belong to, where the
    purpose asks for it; `with_items` are all items that a common sheet shows. Unmet at the field
    `files` if the item would hold more than MOST.
    """
    if not files:
        return []
    _check_room(item, len(files))
    settings: Settings = current_app.extensions["portal.settings"]
    rows = []
    for file in files:
        digest, size = store.put_stream(settings.files_dir, file.stream)
        rows.append(
            Attachment(
                item_id=item.id,
                purpose=purpose,
                unit_id=unit_id,
                subject=of.__tablename__ if of is not None else None,
                subject_id=of.id if of is not None else None,
                name=file.name,
                kind=file.kind.name,
                size=size,
                sha256=digest,
                with_items=None if with_items is None else sorted(with_items),
                uploaded_by_id=viewer.person_id,
                uploaded_at=viewer.moment.instant,
            )
        )
    db.session.add_all(rows)
    db.session.flush()
    return [row.id for row in rows]


def attach(
    viewer: Viewer,
    item: Item,
    offer: Offer,
    files: Sequence[Sound],
    intent: Intent,
    *,
    declared: bool,
) -> None:
    """第十六条（一）（五）: files handed in by themselves, by the drafter or a unit at work."""
    unit_id = offer.subject.unit_id if offer.subject is not None else None

    def effect() -> dict[str, Any]:
        kept = keep(viewer, item, files, ADDING[offer.act], unit_id=unit_id)
        return {"attachment_ids": kept}

    workflow.perform(
        viewer,
        offer.act,
        item,
        intent,
        subject=offer.subject,
        values={"declared": declared},
        effect=effect,
    )
    db.session.commit()


def detach(viewer: Viewer, item: Item, row: Attachment, intent: Intent) -> None:
    """Take the file out of sight; its row and the events stay. NotOffered where it stands."""

    def effect() -> dict[str, Any]:
        row.removed_by_id, row.removed_at = viewer.person_id, viewer.moment.instant
        return {"attachment_id": row.id}

    act = REMOVING.get(row.purpose)
    if act is None:
        raise NotOffered("随反馈、办结申请、延期申请、督查记录、整改或签批提交的材料不能移除。")
    workflow.perform(viewer, act, item, intent, subject=row, effect=effect)
    db.session.commit()


def _check_room(item: Item, more: int) -> None:
    kept = db.session.scalars(
        select(func.count())
        .select_from(Attachment)
        .where(Attachment.item_id == item.id, Attachment.state == "kept")
    ).one()
    if kept + more > MOST:
        reason = f"每个事项最多保留{MOST}份附件，现有{kept}份；请减少份数，或先移除不再需要的附件。"
        raise Unmet(reason, fields={"files": reason})
