"""Conditions of 借阅 (第十六条（七）): what a request says, whose it is, one loan at a time."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, exists

from portal.models import Appointment, Item, Loan
from portal.models.loan import OPEN
from portal.rulebook import policy
from portal.rulebook.guards.situation import Situation
from portal.rulebook.refusals import Unmet
from portal.rulebook.roles import NOW, Role, in_force
from portal.rulebook.workdays import DAY

LOAN_KINDS: Final = {"original": "纸质原件", "copy": "复制件"}


class LoanAsked(NamedTuple):
    """A request: what is borrowed (a key of LOAN_KINDS), what for, until which day."""

    kind: str
    reason: str
    due_back: date


def not_on_loan(item: type[Item]) -> ColumnElement[bool]:
    """Its papers are neither lent nor asked for."""
    return ~exists().where(Loan.item_id == item.id, Loan.state.in_(OPEN))


def the_heads_own(loan: type[Loan]) -> ColumnElement[bool]:
    """党政办主任 borrows: 党政办分管领导 decides."""
    return exists().where(
        Appointment.person_id == loan.borrower_id,
        Appointment.role == Role.OFFICE_HEAD.value,
        in_force(Appointment, NOW.day),
    )


def not_the_heads(loan: type[Loan]) -> ColumnElement[bool]:
    """Anybody else does."""
    return ~the_heads_own(loan)


def loan_sound(situation: Situation) -> None:
    """A reason, and a day ahead within the longest term."""
    asked: LoanAsked = situation.values["loan"]
    most, today = policy.CURRENT.limit("loan_days"), situation.moment.day
    if asked.kind not in LOAN_KINDS:
        raise Unmet("请选择借阅内容。", article="16(7)", fields={"medium": "请选择借阅内容。"})
    if not asked.reason.strip():
        raise Unmet("请写明借阅事由。", article="16(7)", fields={"reason": "请写明借阅事由。"})
    if not today < asked.due_back <= today + most * DAY:
        said = f"归还日期应在明日以后、{most}天以内。"
        raise Unmet(said, article="16(7)", fields={"due_back": said})


def still_to_come_back(situation: Situation) -> None:
    """What was granted too late is not handed out: its day is over."""
    if situation.subject.due_back < situation.moment.day:
        raise Unmet("归还日期已过，请取消后由申请人重新申请。", article="16(7)")


def not_the_borrower(situation: Situation) -> None:
    """Nobody grants himself."""
    if situation.subject.borrower_id in (situation.person_id, situation.on_behalf_of_id):
        raise Unmet("本人申请的借阅，请由党政办分管领导审批。", article="16(7)")
