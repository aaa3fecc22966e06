"""Every printed label of the forms, in one place (附件 1–3, 督办事项通知单 as in SPEC §5.5; slips
corrected as SPEC §5.1 says).

A college that wants the annexes' own letters back replaces a `Wording`. "\\n" in a label is
where it breaks in its narrow cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.documents.form_wording import (
    HandoverWording,
    InspectionWording,
    LoanWording,
    PhoneWording,
    PlanWording,
    ResetWording,
)


@dataclass(frozen=True)
class Wording:
    """Labels, titles and choices. `{college}` in a title becomes the college's name."""

    filing_annex: str = "附件 1"
    filing_title: str = "{college}督办督查立项备案单"
    urge_annex: str = "附件 2"
    urge_title: str = "{college}督办督查催办通知单"
    urging_unit: str = "催办部门"
    urge_subject: str = "催办事项"
    urge_co_heads: str = "协办单位\n责任人"
    urge_noted: str = "组织、纪委\n备　案"
    closing_annex: str = "附件 3"
    closing_title: str = "{college}督办督查办结备案单"
    notice_title: str = "{college}督办事项通知单"
    notice_revised: str = "（调整）"

    request_titles: Mapping[str, str] = field(
        default_factory=lambda: {
            "extend": "{college}延期督办申请表",
            "exempt": "{college}免于督办审批表",
            "adjust": "{college}督办事项调整单",
            "reassign": "{college}督办事项调整单",
        }
    )
    request_title: str = "事　项"
    request_result: str = "办理结果"

    signing_list_title: str = "{college}督办事项一览签批单"
    listed_no: str = "序号"
    listed_item: str = "编号、事项"
    listed_unit: str = "牵头单位"
    listed_deadline: str = "完成时限"
    listed_asked: str = "请示事项"
    listed_opinion: str = "意见"
    listed_all: str = "总意见（适用于未逐项签署意见的各项）："
    listed_signer: str = "签批人："
    listed_date: str = "日期：　　　　年　　月　　日"

    title: str = "事　项"
    source: str = "来源："
    category: str = "类　别"
    method: str = "督办督查\n方　式"
    level: str = "等　级"
    deadline: str = "完成时限"
    responsible_leader: str = "责任校领导"
    lead_unit: str = "督查督办\n主　体"
    lead_head: str = "单位责任人"
    handlers: str = "主体承办人"
    co_handlers: str = "协办承办人"
    co_units: str = "协办单位"
    co_heads: str = "单位责任人"
    requirement: str = "办理要求"
    urging: str = "催办情况"
    closing: str = "办结情况"
    sign: str = "分管院领导"
    review: str = "分管党政办\n院领导"
    approve: str = "主要领导"
    filing: str = "党政办备案"
    closing_filing: str = "组织、纪委\n党政办备案"
    hr: str = "组织人事部："
    discipline: str = "纪委办："
    office: str = "党政办："

    notice_source: str = "来源依据"
    notice_method: str = "督办方式"
    notice_unit: str = "承办单位"
    notice_lead: str = "（牵头）"
    notice_co: str = "（协办）"
    notice_lead_unit: str = "牵头单位"
    notice_issued_on: str = "交办日期"
    notice_reporting: str = "反馈要求："
    notice_instructions: str = "领导批示"
    notice_contact: str = "联系人："
    notice_phone: str = "电话："
    notice_seal: str = "党政办公室（章）"
    receipt_unit: str = "签收单位："
    receipt_person: str = "签收人："
    receipt_at: str = "签收时间："
    notice_note: str = "注：领导批示为工作秘密，不得擅自扩散。"
    blank_day: str = "　　年　　月　　日"

    phone: PhoneWording = field(default_factory=PhoneWording)
    loan: LoanWording = field(default_factory=LoanWording)
    reset: ResetWording = field(default_factory=ResetWording)
    plan: PlanWording = field(default_factory=PlanWording)
    inspection: InspectionWording = field(default_factory=InspectionWording)
    handover: HandoverWording = field(default_factory=HandoverWording)

    categories: Mapping[str, str] = field(
        default_factory=lambda: {
            "instruction": "批示类",
            "decision": "决策类",
            "key_work": "重点工作类",
            "other": "其他事项类",
        }
    )
    methods: Mapping[str, str] = field(
        default_factory=lambda: {
            "phone": "电话（短信）督办",
            "written": "书面督办",
            "onsite": "实地督查",
        }
    )
    levels: Mapping[int, str] = field(
        default_factory=lambda: {1: "一级", 2: "二级", 3: "三级", 4: "四级"}
    )


WORDING = Wording()
