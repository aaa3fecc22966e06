"""What became of an import, for its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from portal.extensions import db
from portal.models import ImportedRow, Item, WorkbookImport
from portal.rulebook.scope import Viewer, visible

LISTED: Final = 100
"""Drafts named on the page of an import; all of them stand in the ledger."""


def imported(viewer: Viewer, kept: WorkbookImport) -> Sequence[Any]:
    """The drafts made so far, in the order of the table: place, public_id, title."""
    return db.session.execute(
        visible(viewer, ImportedRow)
        .join(Item, Item.id == ImportedRow.item_id)
        .where(ImportedRow.import_id == kept.id, Item.title != "")
        .order_by(ImportedRow.place)
        .limit(LISTED)
        .with_only_columns(ImportedRow.place, Item.public_id, Item.title)
    ).all()
