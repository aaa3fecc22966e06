"""第八、十六（六）、十九条: what changes a filed item, proposed by one and agreed to by others.

作废, 调整承办单位, 调整事项要素, 重新确定期限, 恢复督办: rows of the table of acts. `rule_shapes`
explains a row.
"""

from __future__ import annotations

from portal.rulebook import guards
from portal.rulebook.chains import ADJUST, REASSIGN, REOPEN, RESET, VOID
from portal.rulebook.rule_shapes import LEADERS, PRINCIPAL, UNITS, R, Rule

CHANGES: tuple[Rule, ...] = (
    Rule(
        "void", "作废", "change", ("proposed",), None,
        by=(R.OFFICE_HEAD,), tells=(), article="16(1)",
        needs=(guards.reason_given, guards.no_other_change),
        during=VOID.during, chain="void", makes=True,
    ),
    Rule(
        "agree_void", "同意作废", "change", ("open",), None,
        by=(R.OFFICE_LEADER,), tells=(R.OFFICE_HEAD, *UNITS, R.RESPONSIBLE_LEADER, *PRINCIPAL),
        article="16(1)",
        during=VOID.during, step="agree_void", waits="审核作废",
    ),
    Rule(
        "reassign", "调整承办单位", "change", ("proposed",), None,
        by=(R.OFFICE_HEAD,), tells=(), article="8",
        needs=(guards.reason_given, guards.no_other_change, guards.reassignment_allowed),
        during=REASSIGN.during, chain="reassign", makes=True,
    ),
    Rule(
        "agree_reassign", "同意调整承办单位", "change", ("open",), None,
        by=(R.RESPONSIBLE_LEADER,), tells=(R.OFFICE_HEAD, *UNITS, R.RESPONSIBLE_LEADER),
        article="8",
        needs=(guards.due_ahead,), during=REASSIGN.during, step="agree_reassign", waits="审签调整",
    ),
    Rule(
        "adjust", "调整事项要素", "change", ("proposed",), None,
        by=(R.OFFICE_HEAD,), tells=(), article="19",
        needs=(
            guards.reason_given, guards.declared, guards.no_other_change,
            guards.adjustment_allowed,
        ),
        during=ADJUST.during, document="adjustment", chain="adjust", makes=True,
    ),
    Rule(
        "sign_adjust", "审签同意调整", "change", ("open",), None,
        by=(R.RESPONSIBLE_LEADER,), tells=(), article="19",
        needs=(guards.due_ahead,), during=ADJUST.during, document="adjustment",
        step="sign_adjust", waits="审签调整",
    ),
    Rule(
        "review_adjust", "审核同意调整", "change", ("open",), None,
        by=(R.OFFICE_LEADER,), tells=(R.OFFICE_HEAD, *UNITS), article="19",
        needs=(guards.due_ahead,), during=ADJUST.during, document="adjustment",
        step="review_adjust", waits="审核调整",
    ),
    Rule(
        "approve_adjust", "审定同意调整", "change", ("open",), None,
        by=PRINCIPAL, tells=(R.OFFICE_HEAD, *UNITS), article="19",
        needs=(guards.due_ahead,), during=ADJUST.during, document="adjustment",
        step="approve_adjust", waits="审定调整",
    ),
    Rule(
        "propose_reset", "重新确定期限", "change", ("proposed",), None,
        by=(R.OFFICE_HEAD, R.OFFICE_LEADER, *PRINCIPAL), tells=(),
        article="16(6)",
        during=RESET.during, document="reset", chain="reset",
    ),
    Rule(
        "agree_reset", "同意重新确定期限", "change", ("open",), None,
        by=(R.OFFICE_LEADER,), tells=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER), article="16(6)",
        needs=(guards.due_ahead,), during=RESET.during, document="reset",
        step="agree_reset", waits="审核重新确定期限",
    ),
    Rule(
        "reopen", "恢复督办", "change", ("proposed",), None,
        by=(R.OFFICE_HEAD,), tells=(), article="16(6)",
        needs=(guards.reason_given, guards.new_due_given, guards.no_other_change),
        during=REOPEN.during, chain="reopen", makes=True,
    ),
    Rule(
        "agree_reopen", "同意恢复督办", "change", ("open",), None,
        by=PRINCIPAL, tells=(R.OFFICE_HEAD, *UNITS, R.RESPONSIBLE_LEADER), article="16(6)",
        needs=(guards.due_ahead,),
        during=REOPEN.during, step="agree_reopen", waits="审定恢复",
    ),
    Rule(
        "refuse_change", "不同意", "change", ("open",), "refused",
        by=LEADERS, tells=(R.OFFICE_HEAD,), article="19",
        needs=(guards.reason_given,), step="*", decides="refuse",
    ),
    Rule(
        "transfer_change", "转授权人", "change", ("open",), None,
        by=LEADERS, tells=(), article="19",
        needs=(guards.a_delegate,), step="*", decides="transfer", in_person=True,
    ),
    Rule(
        "withdraw_change", "撤回", "change", ("open",), "withdrawn",
        by=(R.OFFICE_HEAD,), tells=(), article="19",
        decides="withdraw",
    ),
)  # fmt: skip
