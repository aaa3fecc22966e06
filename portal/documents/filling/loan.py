"""Filling 借阅单 (第十六条（七）): the request, who granted it, when papers went and came."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.clock import shanghai_day
from portal.documents.filling.parts import control_code, with_unit
from portal.documents.sheets import SignatureBox
from portal.documents.sorts.loans import loan_of
from portal.documents.work_sheets import LoanSheet
from portal.extensions import db
from portal.models import ArchiveRecord, Item, Loan, Person
from portal.rulebook.deadline_texts import long_date
from portal.rulebook.item_texts import number_of
from portal.rulebook.machines import state_word
from portal.rulebook.scope import Viewer


def sheet(viewer: Viewer, item: Item, kind: str, as_of_id: int, college: str) -> LoanSheet:
    """The sheet of one loan. NotFound if the item has none of that number."""
    loan = loan_of(viewer, item, kind)
    number, kept = number_of(item), _office_copy(item)
    return LoanSheet(
        college=college,
        number=str(number) if number else "",
        title=item.title,
        archive_no=kept.archive_no if kept else "",
        location=kept.location if kept else "",
        kind=loan.kind,
        reason=loan.reason,
        due_back=f"{long_date(loan.due_back)}前",
        state=state_word("loan", loan.state),
        borrower=with_unit(loan.borrower_id, shanghai_day(loan.asked_at)),
        asked=_box("", loan.borrower_id, loan.asked_at),
        decided=_box(_decision(loan), loan.decided_by_id, loan.decided_at),
        lent=_box("", loan.lent_by_id, loan.lent_at),
        returned=_box("", loan.taken_back_by_id, loan.returned_at),
        control_code=control_code(item, as_of_id, kind),
    )


def _decision(loan: Loan) -> str:
    if loan.decided_by_id is None:
        return ""
    return "不同意。" if loan.state == "refused" else "同意。"


def _box(opinion: str, person_id: int | None, at: datetime | None) -> SignatureBox:
    """Who did it on which day; empty, to be filled by hand, as long as nobody has."""
    if person_id is None or at is None:
        return SignatureBox()
    return SignatureBox(opinion, db.session.get_one(Person, person_id).name, shanghai_day(at))


def _office_copy(item: Item) -> ArchiveRecord | None:
    return db.session.scalars(
        select(ArchiveRecord).where(
            ArchiveRecord.item_id == item.id,
            ArchiveRecord.keeper == "office",
            ArchiveRecord.superseded_at.is_(None),
        )
    ).one_or_none()
