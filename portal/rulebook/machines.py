"""The small machines beside an item: what they are called, and their states in words.

The states of the item itself are rows of the policy; these follow from the procedures of
第七、八、十五至十九、二十五条.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from portal.rulebook import policy

COUNTED: Final = ("fb_unit", "fb_submitted", "fb_read", "fb_returned")
"""States of a lead unit's report that holds its instalment."""


class MachineWords(NamedTuple):
    """A machine: its name for people, the article it serves, its states with their labels."""

    label: str
    article: str
    states: dict[str, str]


MACHINES: Final[dict[str, MachineWords]] = {
    "item_unit": MachineWords(
        "承办单位",
        "16(3)",
        {
            "named": "已列明",
            "countersigned": "已会签",
            "issued": "已下达",
            "received": "已签收",
            "handed_in": "已交件",
        },
    ),
    "feedback": MachineWords(
        "反馈",
        "16(5)",
        {
            "fb_draft": "草稿",
            "fb_unit": "待单位负责人审核",
            "fb_submitted": "待党政办阅处",
            "fb_read": "已阅",
            "fb_lead": "待牵头单位汇总",
            "fb_merged": "已汇总",
            "fb_returned": "退回补充",
        },
    ),
    "comment": MachineWords("批示", "4", {"given": "待落实", "replied": "已落实"}),
    "objection": MachineWords(
        "承办异议", "8", {"raised": "待答复", "accepted": "已采纳", "refused": "未采纳"}
    ),
    "attachment": MachineWords("附件", "16(5)", {"kept": "已上传", "removed": "已移除"}),
    "archive_record": MachineWords("存档", "16(7)", {}),
    "approval_slot": MachineWords(
        "签批栏",
        "12",
        {
            "waiting": "未到",
            "open": "待签",
            "merged": "并签",
            "agreed": "已签",
            "refused": "不同意",
        },
    ),
    "need_to_know": MachineWords("知悉范围", "21", {}),
    "change": MachineWords(
        "调整",
        "19",
        {
            "proposed": "已提出",
            "open": "待同意",
            "agreed": "已同意",
            "refused": "不同意",
            "withdrawn": "已撤回",
            "lapsed": "已失效",
        },
    ),
    "urge": MachineWords(
        "催办",
        "16(4)",
        {
            "ug_draft": "拟稿",
            "ug_sign": "待分管院领导审签",
            "ug_review": "待分管党政办院领导审核",
            "ug_approve": "待主要领导审定",
            "ug_filing": "待编号",
            "ug_issued": "已下达待签收",
            "ug_signed": "已签收",
            "ug_replied": "已回复",
            "ug_met": "已消除",
            "ug_unmet": "逾期未落实",
            "ug_void": "已作废",
        },
    ),
    "urge_question": MachineWords(
        "正当理由",
        "16(4)",
        {
            "asked": "待说明",
            "stated": "待审核",
            "accepted": "已采纳",
            "refused": "不采纳",
            "unanswered": "逾期未说明",
        },
    ),
    "extension": MachineWords(
        "延期与免于督办",
        "19",
        {
            "ext_draft": "草稿",
            "ext_unit": "待单位负责人签署",
            "ext_sign": "待分管校领导签字",
            "ext_check": "待党政办审核",
            "ext_office_leader": "待党政办分管领导审核",
            "ext_principal": "待主要领导审定",
            "approved": "已同意",
            "rejected": "不同意",
            "withdrawn": "已撤回",
            "lapsed": "已失效",
        },
    ),
    "inspection": MachineWords(
        "实地督查",
        "17",
        {
            "plan_draft": "方案拟制",
            "plan_pending": "方案待批",
            "plan_approved": "方案已批",
            "conducted": "已实施",
            "opinion_issued": "已下达整改意见",
            "rectifying": "整改中",
            "finished": "已完成",
        },
    ),
    "rectification": MachineWords(
        "整改",
        "17",
        {
            "open": "待整改",
            "replied": "已报整改",
            "verified": "已核实",
            "not_passed": "未通过",
            "overdue": "逾期",
            "withdrawn": "已撤销",
        },
    ),
    "phone_record": MachineWords("电话督办", "15", {"noted": "已登记"}),
    "loan": MachineWords(
        "借阅",
        "16(7)",
        {
            "asked": "待审批",
            "granted": "待借出",
            "lent": "已借出",
            "returned": "已归还",
            "refused": "未同意",
            "cancelled": "已取消",
        },
    ),
    "handover": MachineWords(
        "岗位交接",
        "8",
        {
            "requested": "待移交人确认",
            "from_confirmed": "待接手人确认",
            "to_confirmed": "待监交人确认",
            "effective": "已生效",
            "forced": "强制移交",
            "declined": "已退回",
            "withdrawn": "已撤回",
        },
    ),
    "accountability": MachineWords(
        "问责线索",
        "25",
        {
            "clue": "线索",
            "checking": "核实中",
            "hearing": "待陈述申辩",
            "heard": "待决定移送",
            "referring": "待审核移送",
            "dropped": "不予移送",
            "referred": "已移送",
            "suggested": "处理建议",
            "decided": "已决定",
            "executed": "已执行",
            "appeal": "申诉复核",
            "closed": "已结案",
        },
    ),
}


def machine_label(machine: str) -> str:
    """「反馈」; the item itself is 「督办事项」."""
    return "督办事项" if machine == "item" else MACHINES[machine].label


def state_word(machine: str, state: str) -> str:
    """A state of a machine in words. KeyError if it has none of that name."""
    if machine == "item":
        return policy.CURRENT.state(state).label
    return MACHINES[machine].states[state]
