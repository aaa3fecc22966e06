"""第七、八、十六（四）、十七、十九、二十二至二十五条: what runs beside an item in work.

实地督查 and 整改, 电话记录: rows of the table of acts, one small machine each (`machines` names
their states); 催办 stands in `rules_urging`, 延期 and 免于督办 in `rules_extending`, 岗位交接 in
`rules_handing`, 借阅 in
`rules_lending`, 问责线索 in `rules_accountability`. `rule_shapes` explains a row.
"""

from __future__ import annotations

from portal.rulebook import guards
from portal.rulebook.chains import RUNNING
from portal.rulebook.rule_shapes import (
    CLOSING,
    OFFICE,
    PRINCIPAL,
    UNITS,
    R,
    Rule,
)
from portal.rulebook.rules_accountability import ACCOUNTABILITY
from portal.rulebook.rules_extending import EXTENSIONS
from portal.rulebook.rules_handing import HANDOVERS
from portal.rulebook.rules_lending import LENDING
from portal.rulebook.rules_urging import URGING

BESIDE: tuple[Rule, ...] = (
    *EXTENSIONS,
    *URGING,
    # 实地督查 第七、十七条
    Rule(
        "inspect", "发起实地督查", "inspection", ("plan_draft",), None,
        by=OFFICE, tells=(R.OFFICE_LEADER,), article="17",
        during=(*RUNNING, *CLOSING), document="inspection_plan", chain="inspection", makes=True,
    ),
    Rule(
        "approve_inspection", "批准督查方案", "inspection", ("plan_pending",), None,
        by=(R.OFFICE_LEADER, *PRINCIPAL), tells=(R.INSPECTOR,), article="17",
        document="inspection_plan", step="approve_inspection", waits="审批督查方案",
    ),
    Rule(
        "return_inspection", "退回修改", "inspection", ("plan_pending",), "plan_draft",
        by=(R.OFFICE_LEADER, *PRINCIPAL), tells=OFFICE, article="17",
        needs=(guards.reason_given,), step="*", decides="return",
    ),
    Rule(
        "record_inspection", "登记督查记录", "inspection", ("plan_approved",), "conducted",
        by=(R.INSPECTOR, R.OFFICE_STAFF), tells=(R.OFFICE_HEAD,), article="17",
        needs=(guards.declared,), document="inspection_record", waits="登记督查记录",
        waits_for=(R.INSPECTOR,),
    ),
    Rule(
        "issue_opinion", "下达整改意见书", "inspection", ("conducted",), "opinion_issued",
        by=(R.OFFICE_HEAD,), tells=UNITS, article="17",
        document="rectification", waits="下达整改意见",
    ),
    Rule(
        "finish_inspection", "督查结束", "inspection", ("conducted",), "finished",
        by=(R.OFFICE_HEAD,), tells=(*UNITS, R.INSPECTOR), article="17",
    ),
    Rule(
        "sign_opinion", "签收整改意见书", "inspection", ("opinion_issued",), "rectifying",
        by=(R.UNIT_HEAD,), tells=(R.OFFICE_STAFF,), article="17",
        document="rectification", waits="签收整改意见",
    ),
    Rule(
        "finish_rectifying", "督查结束", "inspection", ("rectifying",), "finished",
        by=(R.OFFICE_STAFF,), tells=(*UNITS, R.INSPECTOR), article="17",
    ),
    Rule(
        "reply_point", "报送整改", "rectification", ("open", "overdue"), "replied",
        by=(R.UNIT_HEAD, R.HANDLER), tells=(R.INSPECTOR, R.OFFICE_STAFF), article="17",
        needs=(guards.declared,), waits="报送整改",
    ),
    Rule(
        "verify_point", "核实整改", "rectification", ("replied",), "verified",
        by=(R.INSPECTOR, R.OFFICE_STAFF), tells=(R.UNIT_HEAD,), article="17",
        waits="核实整改", waits_for=(R.INSPECTOR,),
    ),
    Rule(
        "reject_point", "核实未通过", "rectification", ("replied",), "open",
        by=(R.INSPECTOR, R.OFFICE_STAFF), tells=(R.UNIT_HEAD, R.HANDLER), article="17",
        needs=(guards.reason_given,),
    ),
    Rule(
        "expire_point", "整改逾期", "rectification", ("open",), "overdue",
        by=(R.SYSTEM,), tells=(R.UNIT_HEAD, R.OFFICE_STAFF), article="17",
    ),
    # 电话（短信）督办 第十五条
    Rule(
        "phone_record", "登记电话督办", "phone_record", (), "noted",
        by=OFFICE, tells=UNITS, article="15",
        needs=(guards.declared, guards.call_sound),
        during=(*RUNNING, *CLOSING), document="phone", makes=True, tells_too=("units",),
    ),
    *HANDOVERS,
    *LENDING,
    *ACCOUNTABILITY,
)  # fmt: skip
