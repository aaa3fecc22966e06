"""借阅 as the item's page and the archive's room show it (第十六条（七）)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select

from portal.extensions import db
from portal.item.people import Named, named
from portal.models import Item, Loan
from portal.rulebook.guards import LOAN_KINDS
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer, visible

LENT: Final = "lent"


class Borrowed(NamedTuple):
    """A loan ready to be read; `late`: not given back by its day."""

    state: str
    late: bool
    kind: str
    reason: str
    borrower: Named
    asked_at: datetime
    due_back: date
    decided_by: str
    lent_at: datetime | None
    returned_at: datetime | None


def loans_of(viewer: Viewer, item: Item) -> list[Borrowed]:
    """The item's loans, newest first, as far as this viewer may know of them."""
    return in_words(viewer, db.session.scalars(_newest(viewer, item)).all())


def _newest(viewer: Viewer, item: Item) -> Select[Any]:
    return visible(viewer, Loan).where(Loan.item_id == item.id).order_by(Loan.id.desc())


def in_words(viewer: Viewer, rows: Sequence[Loan]) -> list[Borrowed]:
    """These loans in their order."""
    today = viewer.moment.day
    names = named({id_ for row in rows for id_ in (row.borrower_id, row.decided_by_id)}, today)
    return [
        Borrowed(
            state_word("loan", row.state),
            row.state == LENT and row.due_back < today,
            LOAN_KINDS[row.kind],
            row.reason,
            names[row.borrower_id],
            row.asked_at,
            row.due_back,
            names[row.decided_by_id].name if row.decided_by_id else "",
            row.lent_at,
            row.returned_at,
        )
        for row in rows
    ]
