"""第十二至十九条: who may do what, when, what follows, who is told — as one table.

Only `workflow` reads it (and the page that shows it to people). A row is one act:
`machine` is whose state it moves (the item, a unit's share, a report); `source` to `target`
is the move, `during` the states the item must be in; `by` the roles that may act, `tells`
those that hear of it, `needs` the conditions; `chain` opens an approval, `step` signs one.
`waits` is the word in 待办 of those in `waits_for` (if empty: in `by`), narrowed by the SQL
condition `only`; `carries` is the state the item takes when the lead unit's part has moved.
`decides` says what an act does to the open approval: agree (the rule of `step`), return, refuse,
withdraw; with `step` "*" it takes whatever box is open. `begins` is the chain's first step;
`shares` is the state that the shares of all the item's units take.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from portal.rulebook import guards
from portal.rulebook.guards import Guard, Only
from portal.rulebook.roles import Role

Machine = Literal["item", "item_unit", "feedback", "archive_record", "attachment"]
Decision = Literal["agree", "return", "refuse", "withdraw"]


class Rule(NamedTuple):
    """One act of the rule-book."""

    act: str
    label: str
    machine: Machine
    source: tuple[str, ...]
    target: str | None
    by: tuple[Role, ...]
    tells: tuple[Role, ...]
    article: str
    needs: tuple[Guard, ...] = ()
    during: tuple[str, ...] = ()
    document: str = ""
    chain: str = ""
    step: str = ""
    begins: str = ""
    decides: Decision = "agree"
    waits: str = ""
    waits_for: tuple[Role, ...] = ()
    only: Only | None = None
    carries: str = ""
    shares: str = ""


R = Role
OFFICE = (R.OFFICE_STAFF, R.OFFICE_HEAD)
PRINCIPAL = (R.SECRETARY, R.PRESIDENT)
RUNNING = ("issued", "in_progress")

RULES: tuple[Rule, ...] = (
    # 立项备案 第十二条、第十六条（一）
    Rule(
        "create", "拟稿", "item", (), "draft",
        by=(*OFFICE, R.UNIT_HEAD, R.UNIT_DEPUTY, R.LIAISON), tells=(), article="12",
    ),
    Rule(
        "save", "保存草稿", "item", ("draft", "returned"), None,
        by=(R.PROPOSER,), tells=(), article="12",
        document="filing",
    ),
    Rule(
        "submit", "提交立项", "item", ("draft", "returned"), None,
        by=(*OFFICE, R.UNIT_HEAD), tells=(R.RESPONSIBLE_LEADER,), article="12",
        needs=(guards.declared, guards.form_complete, guards.period_allowed,
               guards.units_distinct),
        document="filing", chain="initiation", begins="sign",
        waits="拟稿", waits_for=(R.PROPOSER,),
    ),
    Rule(
        "submit_unit", "提交单位负责人", "item", ("draft", "returned"), None,
        by=(R.LIAISON, R.UNIT_DEPUTY), tells=(R.UNIT_HEAD,), article="6",
        needs=(guards.declared, guards.form_complete, guards.period_allowed,
               guards.units_distinct, guards.own_draft, guards.not_the_head),
        document="filing", chain="initiation", begins="confirm_unit",
    ),
    Rule(
        "confirm_unit", "单位负责人确认", "item", ("pending_unit",), None,
        by=(R.UNIT_HEAD,), tells=(R.RESPONSIBLE_LEADER,), article="6",
        document="filing", step="confirm_unit", waits="确认",
    ),
    Rule(
        "sign", "审签同意", "item", ("pending_sign",), None,
        by=(R.RESPONSIBLE_LEADER,), tells=(R.OFFICE_LEADER,), article="12",
        document="filing", step="sign", waits="审签",
    ),
    Rule(
        "review", "审核同意", "item", ("pending_review",), None,
        by=(R.OFFICE_LEADER,), tells=PRINCIPAL, article="12",
        document="filing", step="review", waits="审核",
    ),
    Rule(
        "approve", "审定同意", "item", ("pending_approve",), None,
        by=PRINCIPAL, tells=(R.OFFICE_STAFF,), article="12",
        document="filing", step="approve", waits="审定",
    ),
    Rule(
        "file", "编号备案", "item", ("pending_filing",), "filed",
        by=OFFICE, tells=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER), article="16(1)",
        needs=(guards.form_complete,), document="filing", waits="编号备案",
    ),
    Rule(
        "return", "退回修改", "item",
        ("pending_unit", "pending_sign", "pending_review", "pending_approve"), "returned",
        by=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER, R.OFFICE_LEADER, *PRINCIPAL),
        tells=(R.PROPOSER,), article="12",
        needs=(guards.reason_given, guards.place_to_return), step="*", decides="return",
        document="filing",
    ),
    Rule(
        "return_filing", "退回修改", "item", ("pending_filing",), "returned",
        by=OFFICE, tells=(R.PROPOSER, R.RESPONSIBLE_LEADER, R.OFFICE_LEADER), article="16(1)",
        needs=(guards.reason_given,), decides="return",
        document="filing",
    ),
    Rule(
        "reject", "不予立项", "item", ("pending_sign", "pending_review", "pending_approve"),
        "rejected",
        by=(R.RESPONSIBLE_LEADER, R.OFFICE_LEADER, *PRINCIPAL),
        tells=(R.PROPOSER, R.UNIT_HEAD, R.OFFICE_STAFF), article="12",
        needs=(guards.reason_given,), step="*", decides="refuse",
        document="filing",
    ),
    Rule(
        "withdraw", "撤回", "item",
        ("pending_unit", "pending_sign", "pending_review", "pending_approve"), "draft",
        by=(R.PROPOSER,), tells=(), article="12",
        needs=(guards.nobody_acted,), decides="withdraw",
        document="filing",
    ),
    Rule(
        "delete", "删除草稿", "item", ("draft", "returned"), None,
        by=(R.PROPOSER,), tells=(), article="12",
    ),
    # 附件 第十六条（一）：拟稿人随立项内容提交
    Rule(
        "attach", "上传附件", "item", ("draft", "returned"), None,
        by=(R.PROPOSER,), tells=(), article="16(1)",
        needs=(guards.declared,),
    ),
    Rule(
        "detach", "移除附件", "attachment", ("kept",), "removed",
        by=(R.PROPOSER,), tells=(), article="16(1)",
        during=("draft", "returned"), only=guards.of_filing,
    ),
    # 交办 第十六条（二）
    Rule(
        "issue", "下达交办", "item", ("filed",), "issued",
        by=OFFICE, tells=(R.UNIT_HEAD, R.LIAISON, R.RESPONSIBLE_LEADER), article="16(2)",
        needs=(guards.due_not_past, guards.units_have_heads),
        document="notice", waits="下达", shares="issued",
    ),
    # 承办 第十六条（三）
    Rule(
        "sign_receipt", "签收", "item_unit", ("issued",), "received",
        by=(R.UNIT_HEAD, R.LIAISON), tells=(R.OFFICE_STAFF,), article="16(3)",
        during=RUNNING, document="notice", waits="签收", carries="in_progress",
    ),
    Rule(
        "assign_handler", "指定承办人", "item_unit", ("received",), None,
        by=(R.UNIT_HEAD,), tells=(R.HANDLER,), article="16(3)",
        needs=(guards.handler_belongs,), during=RUNNING, waits="指定承办人",
        only=guards.without_handler,
    ),
    # 反馈 第十六条（五）、第十八条
    Rule(
        "submit_feedback", "提交反馈", "feedback", ("fb_draft",), "fb_unit",
        by=(R.HANDLER,), tells=(R.UNIT_HEAD,), article="16(5)",
        needs=(guards.declared,), during=("in_progress",),
    ),
    Rule(
        "report_feedback", "提交反馈", "feedback", ("fb_draft",), "fb_submitted",
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_STAFF, R.RESPONSIBLE_LEADER), article="16(5)",
        needs=(guards.declared,), during=("in_progress",),
    ),
    Rule(
        "confirm_feedback", "审核上报", "feedback", ("fb_unit",), "fb_submitted",
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_STAFF, R.RESPONSIBLE_LEADER), article="16(5)",
        during=("in_progress",), waits="审核反馈",
    ),
    Rule(
        "read_feedback", "已阅", "feedback", ("fb_submitted",), "fb_read",
        by=OFFICE, tells=(R.HANDLER,), article="16(5)", waits="阅处反馈",
    ),
    # 佐证材料 第十六条（五）：承办单位办理期间提交
    Rule(
        "attach_evidence", "上传佐证材料", "item_unit", ("received",), None,
        by=(R.HANDLER, R.UNIT_HEAD), tells=(), article="16(5)",
        needs=(guards.declared,), during=("in_progress",),
    ),
    Rule(
        "detach_evidence", "移除佐证材料", "attachment", ("kept",), "removed",
        by=(R.HANDLER, R.UNIT_HEAD), tells=(), article="16(5)",
        during=("in_progress",), only=guards.of_evidence,
    ),
    # 办结 第十四条、第十六条（六）、附件 3
    Rule(
        "apply_close", "申请办结", "item", ("in_progress",), None,
        by=(R.HANDLER, R.UNIT_HEAD), tells=(R.UNIT_HEAD,), article="16(6)",
        needs=(guards.declared, guards.handler_named, guards.result_present,
               guards.evidence_present),
        document="closing", chain="closing", waits="办理", waits_for=(R.HANDLER,),
    ),
    Rule(
        "confirm_close", "单位负责人确认办结", "item", ("closing_unit",), None,
        by=(R.UNIT_HEAD,), tells=(R.RESPONSIBLE_LEADER,), article="14",
        document="closing", step="confirm_close", waits="确认办结",
    ),
    Rule(
        "sign_close", "审签同意办结", "item", ("closing_sign",), None,
        by=(R.RESPONSIBLE_LEADER,), tells=(R.OFFICE_HEAD,), article="A3",
        document="closing", step="sign_close", waits="审签办结",
    ),
    Rule(
        "check_close", "审核通过", "item", ("closing_check",), None,
        by=(R.OFFICE_HEAD,), tells=(R.OFFICE_LEADER,), article="16(6)",
        document="closing", step="check_close", waits="审核办结",
    ),
    Rule(
        "review_close", "审核同意办结", "item", ("closing_review",), None,
        by=(R.OFFICE_LEADER,), tells=PRINCIPAL, article="A3",
        document="closing", step="review_close", waits="审核办结",
    ),
    Rule(
        "read_close", "阅示同意", "item", ("closing_report",), None,
        by=PRINCIPAL, tells=(R.OFFICE_STAFF, R.DISCIPLINE, R.HR), article="16(6)",
        document="closing", step="read_close", waits="阅示",
    ),
    Rule(
        "close", "销号", "item", ("closing_filing",), "closed",
        by=OFFICE, tells=(R.UNIT_HEAD, R.LIAISON, R.RESPONSIBLE_LEADER), article="14",
        document="closing", waits="销号",
    ),
    # 归档 第十六条（七）
    Rule(
        "keep_copy", "确认存档", "archive_record", (), None,
        by=(R.LIAISON, R.UNIT_HEAD), tells=(R.ARCHIVIST,), article="16(7)",
        needs=(guards.not_kept_yet,), during=("closed",), waits="确认存档", waits_for=(R.LIAISON,),
        only=guards.copy_open,
    ),
    Rule(
        "archive", "归档", "item", ("closed",), "archived",
        by=(R.ARCHIVIST, R.OFFICE_STAFF), tells=(R.LIAISON,), article="16(7)",
        needs=(guards.unit_copy_kept,), waits="归档", waits_for=(R.ARCHIVIST,),
        only=guards.unit_copy_confirmed,
    ),
)  # fmt: skip

BY_ACT: dict[str, Rule] = {rule.act: rule for rule in RULES}
