"""Which 借阅单 an archived item has (第十六条（七）): one of each loan, as they were asked for.

Who knows of the item knows of its loans, so a sheet is nobody's part. It is no paper of the item's
archive package: who borrowed the file is written beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import func

from portal.documents.sorts.numbered import kind_of, nth, number_of, row_of
from portal.documents.sorts.shape import Listed, Standing
from portal.errors import NotFound
from portal.extensions import db
from portal.models import Event, Item, Loan
from portal.rulebook.scope import Viewer, visible

LOAN: Final = "loan"
LABEL: Final = "借阅单"


def concerns(kind: str) -> bool:
    """Whether it is one: `loan-<n>`."""
    return number_of(kind, LOAN) is not None


def labels(kinds: Collection[str]) -> dict[str, str]:
    """What they are called where their item is not at hand."""
    found = {kind: number_of(kind, LOAN) for kind in kinds}
    return {kind: nth(LABEL, number) for kind, number in found.items() if number is not None}


def listed(viewer: Viewer, item: Item) -> dict[str, Listed]:
    """The item's loans in the order in which they were asked for."""
    rows = _loans(viewer, item)
    acts = _last_acts(viewer, item, [row.id for row in rows])
    return {
        kind_of(LOAN, number): Listed(nth(LABEL, number), acts[row.id])
        for number, row in enumerate(rows, 1)
        if row.id in acts
    }


def standing(viewer: Viewer, item: Item, kind: str) -> Standing:
    """How one of them stands. NotFound as `loan_of`."""
    loan = loan_of(viewer, item, kind)
    last = _last_acts(viewer, item, [loan.id]).get(loan.id)
    if last is None:  # a row that no act wrote: there is nothing it stands as of
        raise NotFound
    return Standing(last)


def loan_of(viewer: Viewer, item: Item, kind: str) -> Loan:
    """The loan that the kind prints. NotFound: there is none of that number."""
    return row_of(_loans(viewer, item), kind, LOAN)


def _loans(viewer: Viewer, item: Item) -> Sequence[Loan]:
    query = visible(viewer, Loan).where(Loan.item_id == item.id).order_by(Loan.id)
    return db.session.scalars(query).all()


def _last_acts(viewer: Viewer, item: Item, loans: Sequence[int]) -> dict[int, int]:
    """By loan its last act: each changes what is printed."""
    if not loans:
        return {}
    rows = db.session.execute(
        visible(viewer, Event)
        .where(Event.item_id == item.id, Event.subject == LOAN, Event.subject_id.in_(loans))
        .with_only_columns(Event.subject_id, func.max(Event.id))
        .group_by(Event.subject_id)
    )
    return {loan_id: last for loan_id, last in rows if loan_id is not None}
