"""第七、十七条: 实地督查 and 整改, rows of the table of acts. `rule_shapes` explains a row."""

from __future__ import annotations

from portal.rulebook import guards
from portal.rulebook.chains import RUNNING
from portal.rulebook.rule_shapes import CLOSING, OFFICE, PRINCIPAL, UNITS, R, Rule

GOING_ON = (*RUNNING, *CLOSING)
"""As long as the item is in work: what has ended is inspected no more."""
BEGUN = (*GOING_ON, "closing_filing")
"""What was begun goes on until 销号, which an open point blocks."""
LEADERS_OF_PLANS = (R.OFFICE_LEADER, *PRINCIPAL)
ANSWERS = (R.UNIT_HEAD, R.HANDLER)
UNDECIDED = ("open", "overdue", "replied")
"""A point that nobody has found put right."""

INSPECTIONS: tuple[Rule, ...] = (
    Rule(
        "inspect", "发起实地督查", "inspection", ("plan_draft",), None,
        by=OFFICE, tells=(R.OFFICE_LEADER,), article="17",
        needs=(guards.declared, guards.no_other_inspection, guards.plan_complete, guards.team_sound,
               guards.team_explained, guards.team_listed, guards.repeat_explained),
        during=GOING_ON, document="inspection_plan", chain="inspection", makes=True,
        begins_if=guards.inspection_free,
    ),
    Rule(
        "approve_inspection", "批准督查方案", "inspection", ("plan_pending",), None,
        by=LEADERS_OF_PLANS, tells=(R.INSPECTOR, R.OFFICE_STAFF), article="17",
        during=GOING_ON, document="inspection_plan", step="approve_inspection",
        waits="审批督查方案", asks=("record_inspection",),
    ),
    Rule(
        "return_inspection", "退回修改", "inspection", ("plan_pending",), "plan_draft",
        by=LEADERS_OF_PLANS, tells=OFFICE, article="17",
        needs=(guards.reason_given,), document="inspection_plan", step="*", decides="return",
    ),
    Rule(
        "transfer_inspection", "转授权人", "inspection", ("plan_pending",), None,
        by=LEADERS_OF_PLANS, tells=(), article="17",
        needs=(guards.a_delegate,), step="*", decides="transfer", in_person=True,
    ),
    Rule(
        "cancel_inspection", "取消督查", "inspection",
        ("plan_draft", "plan_pending", "plan_approved"), "finished",
        by=OFFICE, tells=OFFICE, article="17",
        needs=(guards.reason_given,), document="inspection_plan", chain="inspection",
        decides="withdraw", tells_too=("asked", "team"),
    ),
    Rule(
        "replace_chief", "更换组长", "inspection", ("plan_approved", "conducted"), None,
        by=OFFICE, tells=OFFICE, article="17",
        needs=(guards.not_judging_own_unit, guards.reason_given, guards.chief_sound,
               guards.chief_listed),
        during=BEGUN, document="inspection_plan", only=guards.not_concluded,
        tells_too=("team",), asks=("conclude_inspection",),
        instead=(R.OFFICE_LEADER,), instead_if=guards.judged_by_itself,
    ),
    Rule(
        "record_inspection", "登记督查记录", "inspection", ("plan_approved",), "conducted",
        by=(R.INSPECTOR, R.OFFICE_STAFF), tells=(R.OFFICE_HEAD,), article="17",
        needs=(guards.declared, guards.not_of_inspected_unit, guards.record_sound),
        during=BEGUN, document="inspection_record", waits="登记督查记录",
        waits_for=(R.INSPECTOR,), asks=("conclude_inspection",),
    ),
    Rule(
        "conclude_inspection", "签署督查结论", "inspection", ("conducted",), None,
        by=(R.CHIEF_INSPECTOR,), tells=(R.OFFICE_HEAD, R.INSPECTOR), article="17",
        needs=(guards.not_of_inspected_unit, guards.conclusion_chosen),
        during=BEGUN, document="inspection_record", waits="签署督查结论",
        only=guards.not_concluded, in_person=True,
        asks=("issue_opinion",),
    ),
    Rule(
        "issue_opinion", "下达整改意见书", "inspection", ("conducted",), "opinion_issued",
        by=(R.OFFICE_HEAD,), tells=UNITS, article="17",
        needs=(guards.not_judging_own_unit, guards.declared, guards.points_sound,
               guards.owners_listed),
        during=BEGUN, document="rectification", waits="下达整改意见", only=guards.concluded,
        asks=("sign_opinion",),
        instead=(R.OFFICE_LEADER,), instead_if=guards.judged_by_itself,
    ),
    Rule(
        "finish_inspection", "督查结束", "inspection", ("conducted",), "finished",
        by=(R.OFFICE_HEAD,), tells=UNITS, article="17",
        needs=(guards.not_judging_own_unit, guards.nothing_to_rectify),
        document="inspection_record", only=guards.concluded, tells_too=("team",),
        instead=(R.OFFICE_LEADER,), instead_if=guards.judged_by_itself,
    ),
    Rule(
        "sign_opinion", "签收整改意见书", "inspection", ("opinion_issued",), "rectifying",
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_STAFF, R.INSPECTOR), article="17",
        during=BEGUN, document="rectification", waits="签收整改意见",
        only=guards.opinion_uncontested, asks=("reply_point",),
    ),
    Rule(
        "object_to_opinion", "对整改意见提出异议", "inspection", ("opinion_issued",), None,
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_HEAD, R.INSPECTOR), article="17",
        needs=(guards.declared, guards.reason_given, guards.opinion_contestable),
        during=BEGUN, document="rectification", only=guards.opinion_uncontested,
        asks=("uphold_opinion",),
    ),
    Rule(
        "uphold_opinion", "维持整改意见", "inspection", ("opinion_issued",), "rectifying",
        by=(R.OFFICE_HEAD,), tells=(*UNITS, R.INSPECTOR), article="17",
        needs=(guards.not_judging_own_unit, guards.reason_given,
               guards.passed_days_renewed),
        during=BEGUN, document="rectification", waits="答复督查异议",
        only=guards.opinion_contested, asks=("reply_point",),
        instead=(R.OFFICE_LEADER,), instead_if=guards.judged_by_itself,
    ),
    Rule(
        "withdraw_opinion", "采纳异议", "inspection", ("opinion_issued",), "conducted",
        by=(R.OFFICE_HEAD,), tells=(*UNITS, R.INSPECTOR), article="17",
        needs=(guards.not_judging_own_unit, guards.reason_given),
        during=BEGUN, document="rectification", only=guards.opinion_contested,
        instead=(R.OFFICE_LEADER,), instead_if=guards.judged_by_itself,
    ),
    Rule(
        "deem_opinion", "视同无异议", "inspection", ("opinion_issued",), "rectifying",
        by=(R.SYSTEM,), tells=(*UNITS, R.OFFICE_STAFF), article="17",
        during=BEGUN, document="rectification", only=guards.opinion_uncontested,
        asks=("reply_point",),
    ),
    Rule(
        "finish_rectifying", "整改完成", "inspection", ("rectifying",), "finished",
        by=(R.OFFICE_STAFF,), tells=UNITS, article="17",
        document="rectification", waits="确认整改完成", only=guards.points_verified,
        tells_too=("team",),
    ),
    Rule(
        "reply_point", "报送整改", "rectification", ("open", "overdue"), "replied",
        by=ANSWERS, tells=(R.INSPECTOR, R.OFFICE_STAFF), article="17",
        needs=(guards.declared, guards.reply_written),
        during=BEGUN, waits="报送整改", only=guards.point_stands, asks=("verify_point",),
    ),
    Rule(
        "verify_point", "核实整改", "rectification", ("replied",), "verified",
        by=(R.INSPECTOR, R.OFFICE_STAFF), tells=(*UNITS, R.OFFICE_STAFF), article="17",
        needs=(guards.not_of_inspected_unit,),
        during=BEGUN, waits="核实整改", waits_for=(R.INSPECTOR,),
    ),
    Rule(
        "reject_point", "核实未通过", "rectification", ("replied",), "open",
        by=(R.INSPECTOR, R.OFFICE_STAFF), tells=(*ANSWERS, R.LIAISON), article="17",
        needs=(guards.not_of_inspected_unit, guards.reason_given, guards.new_day_ahead),
        during=BEGUN, asks=("reply_point",),
    ),
    Rule(
        "reassign_point", "改派整改", "rectification", UNDECIDED, "open",
        by=(R.OFFICE_HEAD,), tells=(*UNITS, R.INSPECTOR), article="17",
        needs=(guards.not_judging_own_unit, guards.reason_given, guards.owner_fits,
               guards.new_day_ahead),
        during=BEGUN, only=guards.point_movable, tells_too=("relieved",), asks=("reply_point",),
        instead=(R.OFFICE_LEADER,), instead_if=guards.judged_by_itself,
    ),
    Rule(
        "withdraw_point", "撤销整改", "rectification", UNDECIDED, "withdrawn",
        by=(R.OFFICE_HEAD,), tells=(*UNITS, R.INSPECTOR, R.OFFICE_STAFF), article="17",
        needs=(guards.not_judging_own_unit, guards.reason_given),
        during=BEGUN, only=guards.point_movable,
        instead=(R.OFFICE_LEADER,), instead_if=guards.judged_by_itself,
    ),
    Rule(
        "expire_point", "整改逾期", "rectification", ("open",), "overdue",
        by=(R.SYSTEM,), tells=(*ANSWERS, R.OFFICE_STAFF), article="17", only=guards.point_stands,
        during=BEGUN,
    ),
)  # fmt: skip
