"""第十六条（七）: 借阅 of an archived item's papers, rows of the table of acts.

Asked for by who worked on the item or may inspect it, granted by 党政办主任, handed out and taken
back by 档案员; until it is handed out the borrower may withdraw it. `rule_shapes` explains a row.
"""

from __future__ import annotations

from typing import Final

from portal.rulebook import guards
from portal.rulebook.rule_shapes import R, Rule

BORROWING: Final = (
    R.UNIT_HEAD, R.LIAISON, R.HANDLER, R.OFFICE_STAFF, R.DISCIPLINE, R.HR,
)  # fmt: skip
KEEPING: Final = (R.ARCHIVIST, R.OFFICE_STAFF)
GRANTING: Final = (R.OFFICE_HEAD, R.OFFICE_LEADER)
"""党政办分管领导, too: of what 主任 borrows himself it waits for the leader alone."""

LENDING: tuple[Rule, ...] = (
    Rule(
        "ask_loan", "申请借阅", "loan", (), "asked",
        by=BORROWING, tells=(), article="16(7)",
        needs=(guards.declared, guards.loan_sound), during=("archived",),
        document="loan", makes=True, begins_if=guards.not_on_loan,
        asks=("grant_loan", "grant_heads_loan"),
    ),
    Rule(
        "grant_loan", "同意借阅", "loan", ("asked",), "granted",
        by=GRANTING, tells=(), article="16(7)",
        needs=(guards.not_the_borrower,), during=("archived",), document="loan",
        waits="审批借阅", waits_for=(R.OFFICE_HEAD,), tells_too=("borrower",), asks=("lend",),
        only=guards.not_the_heads,
    ),
    Rule(
        "grant_heads_loan", "同意借阅", "loan", ("asked",), "granted",
        by=(R.OFFICE_LEADER,), tells=(), article="16(7)",
        needs=(guards.not_the_borrower,), during=("archived",), document="loan",
        waits="审批借阅", tells_too=("borrower",), asks=("lend",), only=guards.the_heads_own,
    ),
    Rule(
        "refuse_loan", "不同意借阅", "loan", ("asked",), "refused",
        by=GRANTING, tells=(), article="16(7)",
        needs=(guards.reason_given, guards.not_the_borrower), during=("archived",),
        document="loan", tells_too=("borrower",),
    ),
    Rule(
        "lend", "登记借出", "loan", ("granted",), "lent",
        by=KEEPING, tells=(), article="16(7)", needs=(guards.still_to_come_back,),
        during=("archived",), document="loan", waits="登记借出", waits_for=(R.ARCHIVIST,),
        tells_too=("borrower",),
    ),
    # Also of an item that was taken up again (恢复督办): the papers come back all the same.
    Rule(
        "take_back_loan", "登记归还", "loan", ("lent",), "returned",
        by=KEEPING, tells=(R.ARCHIVIST,), article="16(7)", document="loan",
        tells_too=("borrower",),
    ),
    Rule(
        "withdraw_loan", "撤回借阅", "loan", ("asked", "granted"), "cancelled",
        by=(R.BORROWER,), tells=(), article="16(7)", document="loan",
    ),
    Rule(
        "cancel_loan", "取消借阅", "loan", ("asked", "granted"), "cancelled",
        by=KEEPING, tells=(), article="16(7)",
        needs=(guards.reason_given,), document="loan", tells_too=("borrower",),
    ),
)  # fmt: skip
