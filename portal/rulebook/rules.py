"""第十二至十九条: who may do what, when, what follows, who is told — as one table.

The main line from 立项 to 归档 stands here, row by row in the order of the articles; what runs
beside it (催办, 延期, 实地督查, 问责, 交接) in `rules_beside`, 作废 and 调整 in `rules_changes`,
代录 of what a unit hands in otherwise than on screen in `rules_entered`.
Only `workflow` and what stands below it read the table, and the page that shows it to people.
`rule_shapes` explains a row.
"""

from __future__ import annotations

from portal.rulebook import guards
from portal.rulebook.chains import RUNNING
from portal.rulebook.rule_shapes import (
    CLOSING,
    LEADERS,
    MADE_UP,
    OFFICE,
    PRINCIPAL,
    READ_LATER,
    SIGNING,
    UNITS,
    R,
    Rule,
)
from portal.rulebook.rules_beside import BESIDE
from portal.rulebook.rules_changes import CHANGES
from portal.rulebook.rules_entered import ENTERED

LEAD_UNIT = (R.HANDLER, R.UNIT_HEAD)
WORKING = ("in_progress", *CLOSING, "closing_filing")
COMPLETE = (
    guards.declared,
    guards.form_complete,
    guards.period_allowed,
    guards.units_distinct,
    guards.units_exist,
)
PAPER = (
    guards.paper_box_open, guards.declared, guards.paper_complete, guards.paper_by_holder,
    guards.paper_in_order,
)  # fmt: skip

MAIN: tuple[Rule, ...] = (
    # 立项备案 第十二条、第十六条（一）
    Rule(
        "create", "拟稿", "item", (), "draft",
        by=(*OFFICE, R.UNIT_HEAD, R.UNIT_DEPUTY, R.LIAISON, R.UNIT_HANDLER), tells=(),
        article="12",
    ),
    Rule(
        "save", "保存草稿", "item", ("draft", "returned"), None,
        by=(R.PROPOSER,), tells=(), article="12",
        document="filing",
    ),
    Rule(
        "submit", "提交立项", "item", ("draft", "returned"), None,
        by=(*OFFICE, R.UNIT_HEAD), tells=(), article="12",
        needs=COMPLETE, document="filing", chain="initiation", begins="sign",
        waits="拟稿", waits_for=(R.PROPOSER,), tells_too=("co_leaders",),
    ),
    Rule(
        "submit_unit", "提交单位负责人", "item", ("draft", "returned"), None,
        by=(R.LIAISON, R.UNIT_DEPUTY, R.UNIT_HANDLER), tells=(), article="6",
        needs=(*COMPLETE, guards.own_draft, guards.not_the_head),
        document="filing", chain="initiation", begins="confirm_unit",
    ),
    Rule(
        "confirm_unit", "单位负责人确认", "item", ("pending_unit",), None,
        by=(R.UNIT_HEAD,), tells=(), article="6",
        document="filing", step="confirm_unit", waits="确认", tells_too=("co_leaders",),
    ),
    Rule(
        "sign", "审签同意", "item", ("pending_sign",), None,
        by=(R.RESPONSIBLE_LEADER,), tells=(), article="12",
        document="filing", step="sign", afterwards=MADE_UP, waits="审签",
        tells_too=("co_leaders",),
    ),
    Rule(
        "countersign", "会签", "item_unit", ("named",), "countersigned",
        by=(R.RESPONSIBLE_LEADER,), tells=(R.PROPOSER,), article="12",
        during=("pending_review", "pending_approve", "pending_filing"), unit="co",
        only=guards.under_another_leader,
    ),
    Rule(
        "review", "审核同意", "item", ("pending_review",), None,
        by=(R.OFFICE_LEADER,), tells=(), article="12",
        document="filing", step="review", afterwards=MADE_UP, waits="审核",
    ),
    Rule(
        "approve", "审定同意", "item", ("pending_approve",), None,
        by=PRINCIPAL, tells=(R.OFFICE_STAFF,), article="12",
        document="filing", step="approve", afterwards=MADE_UP, waits="审定",
    ),
    Rule(
        "file", "编号备案", "item", ("pending_filing",), "filed",
        by=OFFICE, tells=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER), article="16(1)",
        needs=(guards.form_complete,), document="filing", waits="编号备案",
    ),
    Rule(
        "return", "退回修改", "item", SIGNING, "returned",
        by=(R.UNIT_HEAD, *LEADERS), tells=(R.PROPOSER,), article="12",
        needs=(guards.reason_given, guards.place_to_return), step="*", decides="return",
        document="filing", tells_too=("signers",),
    ),
    Rule(
        "return_filing", "退回修改", "item", ("pending_filing",), "returned",
        by=OFFICE, tells=(R.PROPOSER,), article="16(1)",
        needs=(guards.reason_given,), chain="initiation", decides="return",
        document="filing", tells_too=("signers",),
    ),
    Rule(
        "reject", "不予立项", "item", ("pending_sign", "pending_review", "pending_approve"),
        "rejected",
        by=LEADERS, tells=(R.PROPOSER, R.UNIT_HEAD, R.OFFICE_STAFF), article="12",
        needs=(guards.reason_given,), step="*", decides="refuse",
        document="filing",
    ),
    Rule(
        "withdraw", "撤回", "item", SIGNING, "draft",
        by=(R.PROPOSER,), tells=(), article="12",
        needs=(guards.nobody_acted,), chain="initiation", decides="withdraw",
        document="filing", tells_too=("asked",),
    ),
    # 转授权人 SPEC §2.3, §1.5：请授权期内的受托人代为办理，先办者有效
    Rule(
        "transfer", "转授权人", "item", (*SIGNING, *CLOSING), None,
        by=(R.UNIT_HEAD, *LEADERS, R.OFFICE_HEAD), tells=(), article="12",
        needs=(guards.a_delegate,), step="*", decides="transfer", in_person=True,
    ),
    Rule(
        "take_back", "撤回签批", "approval_slot", ("agreed",), None,
        by=(R.SIGNATORY,), tells=(), article="12",
        needs=(guards.own_signature, guards.nobody_signed_after),
        only=guards.to_be_taken_back,
    ),
    Rule(
        "delete", "删除草稿", "item", ("draft", "returned"), None,
        by=(R.PROPOSER,), tells=(), article="12",
        needs=(guards.never_numbered,),
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
    # 纸质签批代录 附件 1、附件 3 (SPEC §8.4)
    Rule(
        "enter_paper", "代录纸质签批", "approval_slot", ("open", "waiting"), None,
        by=(R.OFFICE_STAFF,), tells=(R.SIGNER,), article="12",
        needs=PAPER, waits="重新代录", waits_only=guards.reopened, only=guards.box_pending,
        reminds="催请补签", reminds_only=guards.making_up_overdue,
    ),
    Rule(
        "contest_paper", "对代录提出异议", "approval_slot", ("agreed", "refused"), None,
        by=(R.SIGNER,), tells=OFFICE, article="12",
        needs=(guards.reason_given, guards.paper_contestable), only=guards.entered,
    ),
    Rule(
        "answer_paper", "答复代录异议", "approval_slot", ("agreed", "refused"), None,
        by=(R.OFFICE_HEAD,), tells=(R.SIGNER, R.OFFICE_STAFF), article="12",
        needs=(guards.reason_given, guards.paper_contested),
        waits="答复代录异议", only=guards.contested,
    ),
    Rule(
        "correct_paper", "更正代录", "approval_slot", ("agreed", "refused"), None,
        by=(R.OFFICE_HEAD,), tells=(R.SIGNER, R.OFFICE_STAFF), article="12",
        needs=(guards.paper_contested, *PAPER[1:]), only=guards.contested,
    ),
    # 知悉范围 第二十一条 (SPEC §7.3)
    Rule(
        "mark_sensitive", "定为敏感", "item", (), None,
        by=(R.OFFICE_HEAD,), tells=(), article="21",
        needs=(guards.not_yet_sensitive, guards.reason_given), only=guards.not_sensitive,
        in_person=True,
    ),
    Rule(
        "lift_sensitive", "取消敏感", "item", (), None,
        by=(R.OFFICE_LEADER,), tells=(), article="21",
        needs=(guards.now_sensitive, guards.reason_given), only=guards.is_sensitive,
        in_person=True,
    ),
    Rule(
        "grant_knowledge", "增加知悉人", "item", (), None,
        by=(R.OFFICE_HEAD, R.CONF_OFFICER), tells=(R.OFFICE_HEAD,), article="21",
        needs=(
            guards.now_sensitive, guards.reason_given, guards.person_to_list, guards.part_to_know,
        ),
        only=guards.is_sensitive, in_person=True,
    ),
    Rule(
        "end_knowledge", "移出知悉范围", "need_to_know", (), None,
        by=(R.OFFICE_HEAD, R.CONF_OFFICER), tells=(R.OFFICE_HEAD,), article="21",
        needs=(guards.now_sensitive, guards.on_the_list), only=guards.still_listed,
        in_person=True,
    ),
    # 交办 第十六条（二）
    Rule(
        "issue", "下达交办通知", "item", ("filed",), "issued",
        by=OFFICE, tells=(*UNITS, R.RESPONSIBLE_LEADER), article="16(2)",
        needs=(guards.released, guards.due_not_past, guards.units_have_heads),
        document="notice", waits="下达", shares="issued",
        tells_too=("units",),
    ),
    # 承办 第十六条（三）
    Rule(
        "sign_receipt", "签收", "item_unit", ("issued",), "received",
        by=UNITS, tells=(R.OFFICE_STAFF,), article="16(3)",
        during=RUNNING, document="notice", waits="签收", carries="in_progress",
    ),
    Rule(
        "receipt_on_behalf", "代签收", "item_unit", ("issued",), "received",
        by=(R.OFFICE_STAFF,), tells=UNITS, article="16(3)",
        needs=(guards.call_noted,), during=RUNNING, document="notice", carries="in_progress",
    ),
    Rule(
        "deem_receipt", "视同签收", "item_unit", ("issued",), "received",
        by=(R.SYSTEM,), tells=(R.UNIT_HEAD, R.OFFICE_HEAD), article="16(3)",
        during=RUNNING, document="notice", carries="in_progress",
    ),
    Rule(
        "object", "提出承办异议", "item_unit", ("issued", "received"), None,
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_HEAD,), article="8",
        needs=(guards.reason_given, guards.objection_in_time), during=RUNNING,
        only=guards.without_objection, asks=("accept_objection",),
    ),
    Rule(
        "accept_objection", "采纳异议", "objection", ("raised",), "accepted",
        by=(R.OFFICE_HEAD,), tells=UNITS, article="8",
        needs=(guards.reason_given,), during=RUNNING, waits="答复异议",
    ),
    Rule(
        "refuse_objection", "不采纳异议", "objection", ("raised",), "refused",
        by=(R.OFFICE_HEAD,), tells=UNITS, article="8",
        needs=(guards.reason_given,), during=RUNNING,
    ),
    Rule(
        "assign_handler", "指定承办人", "item_unit", ("received",), None,
        by=(R.UNIT_HEAD,), tells=(R.HANDLER,), article="16(3)",
        needs=(guards.handler_belongs,), during=RUNNING, waits="指定承办人",
        only=guards.without_handler,
    ),
    Rule(
        "replace_handler", "更换承办人", "item_unit", ("received",), None,
        by=(R.UNIT_HEAD,), tells=(R.HANDLER,), article="16(3)",
        needs=(guards.handler_belongs, guards.another_handler), during=RUNNING,
        only=guards.with_handler,
    ),
    Rule(
        "plan", "报送工作计划", "item_unit", ("received",), None,
        by=(R.HANDLER, R.UNIT_HEAD), tells=(R.OFFICE_STAFF,), article="16(3)",
        needs=(guards.plan_sound,), during=("in_progress",), document="plan",
        only=guards.plan_asked,
    ),
    Rule(
        "coordinate", "提请党政办协调", "item_unit", ("received",), None,
        by=(R.UNIT_HEAD, R.HANDLER), tells=OFFICE, article="8",
        needs=(guards.reason_given,), during=("in_progress",), unit="lead",
        only=guards.coordination_free,
    ),
    Rule(
        "answer_coordination", "登记协调情况", "item_unit", ("received",), None,
        by=OFFICE, tells=(R.HANDLER, *UNITS), article="8",
        needs=(guards.words_given,), during=WORKING, unit="lead", waits="协调",
        only=guards.coordination_asked, tells_too=("units",),
    ),
    # 反馈 第十六条（五）、第十八条；协办单位报牵头单位汇总 第八条
    Rule(
        "submit_feedback", "提交反馈", "feedback", ("fb_draft", "fb_returned"), "fb_unit",
        by=(R.HANDLER, R.LIAISON), tells=(R.UNIT_HEAD,), article="16(5)",
        needs=(guards.declared,), during=("in_progress",), makes=True,
        waits="补充反馈", waits_for=(R.HANDLER,), waits_in=("fb_returned",),
    ),
    Rule(
        "report_feedback", "提交反馈", "feedback", ("fb_draft", "fb_returned"), "fb_submitted",
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_STAFF, R.RESPONSIBLE_LEADER), article="16(5)",
        needs=(guards.declared,), during=("in_progress",), unit="lead", makes=True,
    ),
    Rule(
        "report_to_lead", "报送牵头单位", "feedback", ("fb_draft", "fb_returned"), "fb_lead",
        by=(R.UNIT_HEAD,), tells=LEAD_UNIT, article="8",
        needs=(guards.declared,), during=("in_progress",), unit="co", makes=True,
    ),
    Rule(
        "confirm_feedback", "审核上报", "feedback", ("fb_unit",), "fb_submitted",
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_STAFF, R.RESPONSIBLE_LEADER), article="16(5)",
        during=WORKING, document="feedback", unit="lead", waits="审核反馈",
    ),
    Rule(
        "confirm_to_lead", "审核报送", "feedback", ("fb_unit",), "fb_lead",
        by=(R.UNIT_HEAD,), tells=LEAD_UNIT, article="8",
        during=WORKING, unit="co", waits="审核反馈",
    ),
    Rule(
        "return_to_handler", "退回补充", "feedback", ("fb_unit",), "fb_returned",
        by=(R.UNIT_HEAD,), tells=(R.HANDLER,), article="16(5)",
        needs=(guards.reason_given,), during=("in_progress",),
    ),
    Rule(
        "merge_feedback", "汇总", "feedback", ("fb_lead",), "fb_merged",
        by=LEAD_UNIT, tells=(), article="8",
        during=("in_progress",), unit="co", by_lead=True, waits="汇总协办反馈",
    ),
    Rule(
        "return_to_co_unit", "退回补充", "feedback", ("fb_lead",), "fb_returned",
        by=LEAD_UNIT, tells=(R.UNIT_HEAD, R.HANDLER), article="8",
        needs=(guards.reason_given,), during=("in_progress",), unit="co", by_lead=True,
    ),
    Rule(
        "read_feedback", "已阅", "feedback", ("fb_submitted",), "fb_read",
        by=OFFICE, tells=(R.HANDLER,), article="16(5)",
        during=(*WORKING, "closed"), waits="阅处反馈",
    ),
    Rule(
        "return_feedback", "退回补充", "feedback", ("fb_submitted", "fb_read"), "fb_returned",
        by=OFFICE, tells=(R.UNIT_HEAD, R.HANDLER), article="16(5)",
        needs=(guards.reason_given,), during=("in_progress",),
    ),
    Rule(
        "cover_instalments", "合并计入本期", "feedback", ("fb_submitted", "fb_read"), None,
        by=OFFICE, tells=(R.HANDLER,), article="18",
        during=WORKING, unit="lead", only=guards.answers_instalment,
    ),
    Rule(
        "comment", "批示", "feedback", ("fb_submitted", "fb_read"), None,
        by=LEADERS, tells=(R.UNIT_HEAD, R.HANDLER, R.OFFICE_STAFF), article="4",
        needs=(guards.words_given,), during=("in_progress", *CLOSING),
    ),
    Rule(
        "reply_comment", "落实批示", "comment", ("given",), "replied",
        by=(R.HANDLER, R.UNIT_HEAD), tells=(R.OFFICE_STAFF,), article="4",
        needs=(guards.words_given,), during=WORKING, waits="落实批示",
    ),
    Rule(
        "hand_in", "报送协办完成情况", "item_unit", ("received",), "handed_in",
        by=(R.HANDLER, R.UNIT_HEAD), tells=LEAD_UNIT, article="8",
        needs=(guards.nothing_unmerged,), during=("in_progress",), unit="co", waits="协办",
        waits_for=(R.HANDLER,),
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
        by=(R.HANDLER, R.UNIT_HEAD), tells=(), article="16(6)",
        needs=(guards.declared, guards.handler_named, guards.result_present,
               guards.evidence_present, guards.co_units_done, guards.points_settled,
               guards.visits_decided),
        document="closing", chain="closing", waits="办理", waits_for=(R.HANDLER,),
    ),
    Rule(
        "confirm_close", "单位负责人确认办结", "item", ("closing_unit",), None,
        by=(R.UNIT_HEAD,), tells=(), article="14",
        document="closing", step="confirm_close", waits="确认办结",
    ),
    Rule(
        "sign_close", "审签同意办结", "item", ("closing_sign",), None,
        by=(R.RESPONSIBLE_LEADER,), tells=(), article="A3",
        document="closing", step="sign_close", waits="审签办结",
    ),
    Rule(
        "check_close", "审核通过", "item", ("closing_check",), None,
        by=(R.OFFICE_HEAD,), tells=(), article="16(6)",
        document="closing", step="check_close", waits="审核办结",
    ),
    Rule(
        "review_close", "审核同意办结", "item", ("closing_review",), None,
        by=(R.OFFICE_LEADER,), tells=(), article="A3",
        document="closing", step="review_close", waits="审核办结",
    ),
    Rule(
        "read_close", "阅示同意", "item", ("closing_report",), None,
        by=PRINCIPAL, tells=(R.OFFICE_STAFF, R.DISCIPLINE, R.HR), article="16(6)",
        document="closing", step="read_close", afterwards=READ_LATER, waits="阅示",
    ),
    Rule(
        "return_supplement", "退回补正", "item", CLOSING, "in_progress",
        by=(R.UNIT_HEAD, *LEADERS, R.OFFICE_HEAD), tells=(R.UNIT_HEAD, R.HANDLER),
        article="16(6)",
        needs=(guards.reason_given, guards.supplement_dated), step="*", decides="return",
        document="closing",
    ),
    Rule(
        "return_supplement_filing", "退回补正", "item", ("closing_filing",), "in_progress",
        by=OFFICE, tells=(R.UNIT_HEAD, R.HANDLER), article="16(6)",
        needs=(guards.reason_given, guards.supplement_dated), chain="closing", decides="return",
        document="closing",
    ),
    Rule(
        "not_met", "不符合要求，重新确定期限", "item",
        ("closing_check", "closing_review", "closing_report"), "in_progress",
        by=(R.OFFICE_HEAD, R.OFFICE_LEADER, *PRINCIPAL), tells=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER),
        article="16(6)",
        needs=(guards.reason_given, guards.new_due_given, guards.only_reset_open),
        step="*", decides="return",
        document="reset",
    ),
    Rule(
        "not_met_filing", "不符合要求，重新确定期限", "item", ("closing_filing",), "in_progress",
        by=(R.OFFICE_HEAD, R.OFFICE_LEADER, *PRINCIPAL), tells=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER),
        article="16(6)",
        needs=(guards.reason_given, guards.new_due_given, guards.only_reset_open),
        chain="closing", decides="return",
        document="reset",
    ),
    Rule(
        "withdraw_close", "撤回办结申请", "item",
        ("closing_unit", "closing_sign", "closing_check"), "in_progress",
        by=(R.UNIT_HEAD,), tells=(), article="16(6)",
        needs=(guards.nobody_acted,), chain="closing", decides="withdraw",
        document="closing",
    ),
    Rule(
        "close", "销号", "item", ("closing_filing",), "closed",
        by=OFFICE, tells=(*UNITS, R.RESPONSIBLE_LEADER), article="14",
        needs=(guards.numbered, guards.points_settled, guards.visits_decided),
        document="closing", waits="销号", tells_too=("units",),
    ),
    Rule(
        "note_filing", "组织、纪委备案", "item", (*CLOSING, "closing_filing", "closed"), None,
        by=(R.DISCIPLINE, R.HR), tells=(), article="A3",
        document="closing",
    ),
    # 归档 第十六条（七）
    Rule(
        "set_keeping", "登记保管信息", "item", ("closed", "archived"), None,
        by=(R.ARCHIVIST, R.OFFICE_STAFF), tells=(R.LIAISON,), article="16(7)",
        needs=(guards.retention_known, guards.keeping_changed),
    ),
    Rule(
        "keep_copy", "确认存档", "archive_record", (), None,
        by=(R.LIAISON,), tells=(R.ARCHIVIST,), article="16(7)",
        needs=(guards.package_seen,), during=("closed", "archived"),
        waits="确认存档", only=guards.copy_open,
    ),
    Rule(
        "keep_ended_copy", "代确认存档", "archive_record", (), None,
        by=(R.OFFICE_STAFF,), tells=(R.ARCHIVIST,), article="16(7)",
        needs=(guards.package_seen,), during=("closed", "archived"),
        waits="确认存档", only=guards.copy_of_ended_unit,
    ),
    Rule(
        "archive", "归档", "item", ("closed",), "archived",
        by=(R.ARCHIVIST, R.OFFICE_STAFF), tells=(R.LIAISON,), article="16(7)",
        needs=(guards.package_seen, guards.unit_copy_kept),
        waits="归档", waits_for=(R.ARCHIVIST,), only=guards.unit_copy_confirmed,
    ),
    Rule(
        "renew_copy", "确认更新的存档", "archive_record", (), None,
        by=(R.ARCHIVIST, R.OFFICE_STAFF), tells=(R.LIAISON,), article="16(7)",
        needs=(guards.package_seen,), during=("archived",),
        waits="确认存档", waits_for=(R.ARCHIVIST,), only=guards.office_copy_outdated,
    ),
    # 先交办后补签、简易办结 第十五条
    Rule(
        "issue_first", "先交办后补签", "item", ("draft",), "in_progress",
        by=(R.OFFICE_HEAD,), tells=(*UNITS, R.RESPONSIBLE_LEADER, *PRINCIPAL), article="15",
        needs=(*COMPLETE, guards.urgent_kind, guards.consent_noted, guards.units_have_heads),
        document="notice", chain="initiation", begins="sign", beside=True, shares="received",
        tells_too=("units",), only=guards.urgent_or_phoned,
    ),
    Rule(
        "file_after", "编号备案", "item", MADE_UP, None,
        by=OFFICE, tells=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER), article="16(1)",
        needs=(guards.signatures_made_up,),
        document="filing", waits="编号备案", only=guards.made_up_unnumbered,
    ),
    Rule(
        "close_simple", "简易办结", "item", ("in_progress",), "closing_filing",
        by=(R.OFFICE_HEAD,), tells=PRINCIPAL, article="15",
        needs=(guards.by_phone, guards.numbered, guards.declared, guards.result_present,
               guards.reply_noted, guards.points_settled, guards.visits_decided),
        document="closing", chain="closing", begins="read_close", beside=True, only=guards.phoned,
    ),
    # 补正期满 第十六条（六）
    Rule(
        "end_supplement", "补正期满", "item", ("in_progress", "closing_unit"), None,
        by=(R.SYSTEM,), tells=(R.UNIT_HEAD, R.HANDLER, *OFFICE), article="16(6)",
    ),
    # 工作日历更新 第十八条, SPEC §3.3
    Rule(
        "recount_deadline", "节假日调整，重新计算时限", "item",
        ("issued", "in_progress", *CLOSING), None,
        by=(R.SYSTEM,), tells=(*UNITS, R.HANDLER, R.OFFICE_STAFF), article="18",
        tells_too=("units",),
    ),
    # 长期事项的年度评估 第十八条（四）
    Rule(
        "open_review", "启动年度评估", "item", ("in_progress",), None,
        by=(R.SYSTEM,), tells=(R.OFFICE_HEAD,), article="18(4)",
        needs=(guards.long_running,),
    ),
    Rule(
        "review_yearly", "年度评估", "item", ("in_progress",), None,
        by=(R.OFFICE_HEAD,), tells=(R.UNIT_HEAD, R.RESPONSIBLE_LEADER), article="18(4)",
        needs=(guards.long_running, guards.outcome_chosen, guards.words_given),
        waits="年度评估", only=guards.review_waits,
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = (*MAIN, *ENTERED, *CHANGES, *BESIDE)
BY_ACT: dict[str, Rule] = {rule.act: rule for rule in RULES}
