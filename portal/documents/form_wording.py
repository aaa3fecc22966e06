"""Printed labels of the forms without an annex in the rule-book; `wording` holds those with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PhoneWording:
    """电话督办记录."""

    title: str = "{college}电话督办记录"
    purpose: str = "记录类型"
    channel: str = "方　式"
    caller: str = "通话人"
    callee: str = "通话对象"
    at: str = "通话时间"
    deadline: str = "要求完成\n日　期"
    content: str = "通话内容"
    requirement: str = "办理要求"
    reply: str = "答复情况"
    reply_form: str = "答复形式"
    replied_at: str = "答复时间"
    promised: str = "约定书面\n反　馈"
    recorder: str = "登记人"
    purposes: Mapping[str, str] = field(
        default_factory=lambda: {"supervise": "电话督办", "urge": "电话催办"}
    )
    channels: Mapping[str, str] = field(
        default_factory=lambda: {"phone": "电话", "message": "短信"}
    )
    replies: Mapping[str, str] = field(default_factory=lambda: {"oral": "口头", "written": "书面"})


@dataclass(frozen=True)
class LoanWording:
    """借阅单."""

    title: str = "{college}督办档案借阅单"
    archive_no: str = "档　号"
    location: str = "存放地点"
    borrower: str = "借阅人"
    kind: str = "借阅内容"
    due_back: str = "归还日期"
    state: str = "办理情况"
    reason: str = "借阅事由"
    asked: str = "申请人"
    decided: str = "审批意见"
    lent: str = "借出登记"
    returned: str = "归还登记"
    kinds: Mapping[str, str] = field(
        default_factory=lambda: {"original": "纸质原件", "copy": "复制件"}
    )


@dataclass(frozen=True)
class ResetWording:
    """重新确定办结期限通知."""

    title: str = "{college}重新确定办结期限通知"
    unit: str = "承办单位"
    unit_head: str = "单位责任人"
    level: str = "等　级"
    leader: str = "责任校领导"
    handed_in: str = "申请办结\n日　期"
    nth: str = "重新确定\n次　数"
    before: str = "现行时限"
    after: str = "重新确定\n的期限"
    reason: str = "不符合办结\n要求的情况"
    judged_by: str = "时限认定"
    asks: str = "请承办单位按重新确定的期限继续办理，达到办结要求后重新申请办结。"


@dataclass(frozen=True)
class PlanWording:
    """工作计划表."""

    title: str = "{college}督办事项工作计划表"
    unit: str = "承办单位"
    unit_head: str = "单位责任人"
    handlers: str = "主体承办人"
    co_handlers: str = "协办承办人"
    leader: str = "责任校领导"
    issued_on: str = "交办日期"
    deadline: str = "完成时限"
    no: str = "序　号"
    step: str = "工作节点"
    due: str = "完成时间"
    reporting: str = "反馈安排"
    planned: str = "报送人"
    confirmed: str = "单位责任人\n签　字"
    blank_rows: int = 4  # on a sheet to be filled by hand


@dataclass(frozen=True)
class InspectionWording:
    """实地督查方案 and 实地督查记录."""

    plan_title: str = "{college}实地督查方案"
    record_title: str = "{college}实地督查记录"
    matter: str = "督查事由"
    unit: str = "督查对象"
    planned: str = "督查时间"
    repeat_reason: str = "30天内再次督查，原因："
    methods_label: str = "督查方式"
    talks_to_head: str = "（单位主要负责人）"  # after 约谈
    leader: str = "组　长"
    members: str = "成　员"
    fixed: str = "“3”（党政办、纪委办、组织人事部）："
    others: str = "“N”："
    inspected: str = "（被督查单位）"
    shortfall: str = "未满足“3+N”组成原则，原因："
    outline: str = "督查提纲"
    drafted: str = "拟稿人"
    at: str = "督查时间"
    place: str = "督查地点"
    attendees: str = "被督查单位\n参加人"
    findings: str = "发现的\n主要问题"
    talks: str = "谈话要点"
    conclusion: str = "督查结论"
    next_steps: str = "整改意见、\n下步建议"
    team: str = "督查组\n签　字"
    recorder: str = "记录人"
    answer: str = "被督查单位\n意　见"
    photo: str = "照片{}　"
    methods: Mapping[str, str] = field(
        default_factory=lambda: {"interview": "约谈", "meeting": "座谈", "on_site": "现场核查"}
    )
    conclusions: Mapping[str, str] = field(
        default_factory=lambda: {
            "good": "落实较好",
            "fair": "基本落实",
            "poor": "落实不到位",
            "difficult": "存在困难",
        }
    )
    answers: Mapping[str, str] = field(
        default_factory=lambda: {"agreed": "无异议", "objected": "异议"}
    )


@dataclass(frozen=True)
class HandoverWording:
    """岗位调整交接单."""

    title: str = "{college}督办事项交接单"
    reason: str = "交接事由"
    unit: str = "单　位"
    effective: str = "生效时间"
    giver: str = "移交人"
    taker: str = "接手人"
    supervisor: str = "监交人"
    count: str = "移交事项"
    counted: str = "共{}项，见下表"
    no: str = "序号"
    item: str = "编号、事项"
    progress: str = "进展"
    open_matters: str = "未尽事宜"
    materials: str = "移交材料"
    due: str = "时限"
    remarks: str = "备　注"
    forced: str = "未经{}确认，党政办主任强制移交，理由："
    given: str = "移交人\n签　字"
    taken: str = "接手人\n签　字"
    supervised: str = "监交人\n签　字"
    blank_rows: int = 6  # on a sheet to be filled by hand
