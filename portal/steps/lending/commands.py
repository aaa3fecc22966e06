"""借阅: asking for an archived item's papers, granting, handing out, taking back (第十六条（七）);
each one transaction."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Item, Loan
from portal.models.loan import OPEN
from portal.rulebook import workflow
from portal.rulebook.guards import LoanAsked
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent

ASK: Final = "ask_loan"
DECIDED, LENT, BACK = ("grant_loan", "grant_heads_loan", "refuse_loan"), "lend", "take_back_loan"
TAKEN: Final = "本件已有借阅尚未办结，请待归还后再申请。"


def ask(viewer: Viewer, item: Item, asked: LoanAsked, intent: Intent, *, declared: bool) -> None:
    """申请借阅. Unmet: what it lacks. NotOffered: the papers are asked for
    or lent already."""
    workflow.lock(viewer, item)
    if workflow.done_before(viewer, intent, (ASK,), item):
        return
    values = {"loan": asked, "declared": declared}
    if refused := workflow.refusal(viewer, ASK, item, None, values):
        raise refused  # before the row is written: the table itself refuses it
    if _open(item):
        raise NotOffered(TAKEN, article="16(7)")
    loan = Loan(
        item_id=item.id,
        state="asked",
        borrower_id=viewer.person_id,
        asked_at=viewer.moment.instant,
        **asked._asdict(),
    )
    db.session.add(loan)
    workflow.perform(
        viewer, ASK, item, intent, subject=loan, values=values, effect=lambda: _facts(loan)
    )
    db.session.commit()


def move(viewer: Viewer, item: Item, loan: Loan, act: str, intent: Intent) -> None:
    """同意, 不同意, 登记借出, 登记归还, 取消: who did it when stands on the 借阅单."""
    now = viewer.moment.instant

    def effect() -> dict[str, Any]:
        if act in DECIDED:
            loan.decided_by_id, loan.decided_at = viewer.person_id, now
        elif act == LENT:
            loan.lent_by_id, loan.lent_at = viewer.person_id, now
        elif act == BACK:
            loan.taken_back_by_id, loan.returned_at = viewer.person_id, now
        return _facts(loan)

    workflow.perform(viewer, act, item, intent, subject=loan, effect=effect)
    db.session.commit()


def _open(item: Item) -> bool:
    found = select(Loan.id).where(Loan.item_id == item.id, Loan.state.in_(OPEN))
    return db.session.scalar(found.limit(1)) is not None


def _facts(loan: Loan) -> dict[str, Any]:
    return {"due_back": loan.due_back.isoformat(), "loan_kind": loan.kind}
