"""One row an act of 问责线索: its form, what follows, and what is said once it is done."""

from __future__ import annotations

from typing import Final, NamedTuple

from portal.forms import ActForm
from portal.rooms.accountability import forms


class CasePage(NamedTuple):
    """`form` is what is filled in, `follows` the sentence under the button, `done` the toast.
    `quiet`: closed until it is asked for, the second choice beside the main act."""

    form: type[ActForm]
    follows: str
    done: str
    quiet: bool = False


PAGES: Final[dict[str, CasePage]] = {
    "check_clue": CasePage(
        forms.PlainCaseForm, "受理后由党政办核实有无正当理由，单位此时尚不知悉。", "已开始核实"
    ),
    "hear_unit": CasePage(
        forms.CheckedForm,
        "核实认为无正当理由的，通知单位负责人在3个工作日内陈述申辩；所填情况单位可见。",
        "已请单位陈述申辩",
    ),
    "drop_clue": CasePage(
        forms.DroppedForm,
        "不予移送后，本线索仅党政办主任可见，保存10年。",
        "已作不予移送处理",
        quiet=True,
    ),
    "state_case": CasePage(
        forms.StatedForm, "陈述申辩提交后不能修改，将随线索一并保存。", "陈述申辩已提交"
    ),
    "enter_statement": CasePage(
        forms.ReceivedForm,
        "单位在期限内书面陈述申辩的，据实摘录并上传扫描件，登记后通知单位负责人核对。",
        "陈述申辩已登记",
        quiet=True,
    ),
    "propose_referral": CasePage(
        forms.ReferredForm, "提请后由党政办分管领导审核；同意的，移送所选单位办理。", "已提请移送"
    ),
    "refer": CasePage(
        forms.PlainCaseForm, "同意后移送组织人事部、纪委办，由其提出处理建议。", "已同意移送"
    ),
    "return_referral": CasePage(
        forms.ReturnedForm, "退回党政办主任补充核实。", "已退回补充核实", quiet=True
    ),
    "suggest": CasePage(
        forms.SuggestedForm,
        "处理建议报有权机关研究；系统不作决定，也不自动扣发、公布。",
        "处理建议已登记",
    ),
    "decide_case": CasePage(
        forms.DecidedForm,
        "登记后通知单位负责人、当事人和党政办；处理决定按会议纪要原文填写。",
        "处理决定已登记",
    ),
    "execute_case": CasePage(forms.ExecutedForm, "登记后可结案。", "执行情况已登记"),
    "appeal": CasePage(
        forms.AppealedForm, "申诉由办理单位复核，复核期间不结案。", "申诉已提交", quiet=True
    ),
    "enter_appeal": CasePage(
        forms.ReceivedAppealForm,
        "单位、当事人书面申诉的，选择申诉人，据实摘录并上传扫描件，登记后通知单位负责人和当事人核对；复核期间不结案。",
        "申诉已登记",
        quiet=True,
    ),
    "resolve_appeal": CasePage(
        forms.ResolvedForm, "复核后处理决定以本次登记为准，并重新登记执行情况。", "申诉复核已登记"
    ),
    "close_case": CasePage(
        forms.PlainCaseForm, "结案后不能再申诉或者代录申诉，材料保存10年。", "已结案"
    ),
}
"""`add_ground` has no page of its own: it is what 登记线索 does to a case that runs."""
