"""Adding and taking away a file; each one transaction and one event."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import func, select

from portal import store
from portal.extensions import db
from portal.models import Attachment, Item
from portal.rulebook import workflow
from portal.rulebook.offers import Offer
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent

ADDING = {"attach": "filing", "attach_evidence": "evidence"}
"""What an upload is for, by its act."""
REMOVING = {"filing": "detach", "evidence": "detach_evidence"}
MOST = 50
"""Files an item may hold at a time."""


@dataclass(frozen=True)
class File:
    """A checked upload: cleaned name, kind by content, and its bytes."""

    name: str
    kind: str
    stream: IO[bytes]


def attach(
    viewer: Viewer,
    item: Item,
    offer: Offer,
    file: File,
    intent: Intent,
    *,
    declared: bool,
    folder: Path,
) -> None:
    """Keep the file below `folder` and enter it; the same bytes are kept once."""

    def effect() -> dict[str, Any]:
        _check_room(item)
        digest, size = store.put_stream(folder, file.stream)
        row = Attachment(
            item_id=item.id,
            purpose=ADDING[offer.act],
            unit_id=offer.subject.unit_id if offer.subject is not None else None,
            name=file.name,
            kind=file.kind,
            size=size,
            sha256=digest,
            uploaded_by_id=viewer.person_id,
            uploaded_at=viewer.moment.instant,
        )
        db.session.add(row)
        db.session.flush()
        return {"attachment_id": row.id}

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
    """Take the file out of sight; its row and the events stay."""

    def effect() -> dict[str, Any]:
        row.removed_by_id, row.removed_at = viewer.person_id, viewer.moment.instant
        return {"attachment_id": row.id}

    workflow.perform(viewer, REMOVING[row.purpose], item, intent, subject=row, effect=effect)
    db.session.commit()


def _check_room(item: Item) -> None:
    kept = db.session.scalar(
        select(func.count())
        .select_from(Attachment)
        .where(Attachment.item_id == item.id, Attachment.state == "kept")
    )
    if (kept or 0) >= MOST:
        reason = f"每个事项最多保留{MOST}份附件，请先移除不再需要的附件。"
        raise Unmet(reason, fields={"file": reason})
