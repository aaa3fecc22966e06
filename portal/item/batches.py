"""批次 as the item's page and 待办 point to them: several items of one paper, handled together."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func

from portal.extensions import db
from portal.models import BatchItem, Item
from portal.rulebook.scope import Viewer, visible


class InBatch(NamedTuple):
    """A batch: its address, the paper in words, how many of the items belong to it."""

    batch_id: uuid.UUID
    source: str
    items: int


def batch_of(viewer: Viewer, item: Item) -> InBatch | None:
    """The batch of an item, with all of it that this person may know of."""
    batch_id = db.session.scalars(
        visible(viewer, BatchItem)
        .where(BatchItem.item_id == item.id)
        .with_only_columns(BatchItem.batch_uuid)
    ).one_or_none()
    if batch_id is None:
        return None
    count = db.session.scalar(
        visible(viewer, BatchItem)
        .where(BatchItem.batch_uuid == batch_id)
        .with_only_columns(func.count())
    )
    return InBatch(batch_id, item.source_ref, count or 0)


def batches_among(viewer: Viewer, item_ids: Collection[int]) -> list[InBatch]:
    """The batches with more than one of these items, in the order they were made."""
    if not item_ids:
        return []
    rows = db.session.execute(
        visible(viewer, BatchItem)
        .join(Item, Item.id == BatchItem.item_id)
        .where(BatchItem.item_id.in_(item_ids), Item.classification != "sensitive")
        .with_only_columns(
            BatchItem.batch_uuid, func.min(Item.source_ref).label("source"), func.count().label("n")
        )
        .group_by(BatchItem.batch_uuid, BatchItem.batch_id)
        .having(func.count() > 1)
        .order_by(BatchItem.batch_id)
    )
    return [InBatch(row.batch_uuid, row.source, row.n) for row in rows]
