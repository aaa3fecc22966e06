"""The acts on a brief, who signs it in which order, who reads it, what it is called: as data."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from portal.models import Brief
from portal.rulebook.chains import Step
from portal.rulebook.roles import Role
from portal.rulebook.rule_shapes import OFFICE, PRINCIPAL

TERM_REPORT, CIRCULAR = "term_report", "circular"
BOTH = (TERM_REPORT, CIRCULAR)
KINDS: Final = {TERM_REPORT: "学期报告", CIRCULAR: "通报"}
STATES: Final = {
    "draft": "草稿",
    "checking": "待党政办主任审核",
    "reviewing": "待党政办分管领导审定",
    "approving": "待学校主要领导审定",
    "released": "已印发",
    "recalled": "已撤回",
    "discarded": "已作废",
}
WAITING: Final = ("checking", "reviewing", "approving")
ENDED: Final = ("recalled", "discarded")

STEPS: Final = (
    Step("check", "checking", "check", (Role.OFFICE_HEAD,), "党政办主任审核", ""),
    Step("review", "reviewing", "review", (Role.OFFICE_LEADER,), "党政办分管领导审定", ""),
    Step("approve", "approving", "approve", PRINCIPAL, "学校主要领导审定", ""),
)
"""SPEC §5.9, §6.4: 党政办分管领导 decides; what criticises a unit by name both 主要领导 do
(第二十三条: 全校通报批评 is the school's)."""


class Act(NamedTuple):
    """One act: the states it starts in, the one it leads to (empty: it stays; a signature leads on
    by its step), who may do it. `signs`: the step whose box it fills. `reason`: not without one."""

    act: str
    label: str
    kinds: tuple[str, ...]
    source: tuple[str, ...]
    target: str
    by: tuple[Role, ...]
    article: str
    signs: str = ""
    reason: bool = False


HEAD_FIRST = (Role.OFFICE_HEAD, Role.OFFICE_STAFF)
"""Who holds both hands in as 党政办主任, whose own box is signed with it."""
ACTS: Final = (
    Act("draft", "起草", BOTH, (), "draft", OFFICE, "20"),
    Act("write", "修改文稿", BOTH, ("draft",), "", OFFICE, "20"),
    Act("rename", "修改标题和文号", (CIRCULAR,), ("draft",), "", OFFICE, "20"),
    Act("fetch", "重新取数", BOTH, ("draft",), "", OFFICE, "20"),
    Act("criticise", "确定点名批评单位", (CIRCULAR,), ("draft",), "", OFFICE, "23"),
    Act("hand_in", "送审", BOTH, ("draft",), "checking", HEAD_FIRST, "20"),
    Act("take_back", "撤回送审", BOTH, ("checking",), "draft", OFFICE, "20"),
    Act("discard", "作废草稿", BOTH, ("draft",), "discarded", OFFICE, "20", reason=True),
    *(
        Act(step.act, step.label, BOTH, (step.state,), "", step.roles, "20", signs=step.step)
        for step in STEPS
    ),
    Act("send_back", "退回修改", BOTH, WAITING, "draft",
        (Role.OFFICE_HEAD, Role.OFFICE_LEADER, *PRINCIPAL), "20", reason=True),
    Act("record_meeting", "登记上会情况", (TERM_REPORT,), ("released",), "", OFFICE, "20"),
    Act("recall", "撤回通报", (CIRCULAR,), ("released",), "recalled",
        (Role.OFFICE_HEAD, Role.OFFICE_LEADER), "20", reason=True),
)  # fmt: skip
BY_ACT: Final = {row.act: row for row in ACTS}

READERS: Final = frozenset({*OFFICE, Role.OFFICE_LEADER, *PRINCIPAL})
"""`report.semester` of the table of rights: who reads 学期报告, and 通报 before it is published."""


class Section(NamedTuple):
    """A part of the text that people write: its name, its heading, whether it may be empty."""

    name: str
    label: str
    needed: bool = True


SECTIONS: Final[dict[str, tuple[Section, ...]]] = {
    TERM_REPORT: (
        Section("practices", "主要做法"),
        Section("good", "推进落实较好的事项和单位"),
        Section("overdue", "逾期未办结事项"),
        Section("late_reports", "反馈不及时"),
        Section("coordination", "协同不够"),
        Section("next_steps", "下一步工作安排"),
    ),
    CIRCULAR: (
        Section("good", "推进落实较好的单位和事项", needed=False),
        Section("problems", "存在的问题", needed=False),
        Section("demands", "下一步工作要求"),
    ),
}
FREE_SECTIONS: Final = (Section("text", "正文"), Section("demands", "工作要求", needed=False))
"""Of a 通报 that counts over no period."""
MEETINGS: Final = {"party_committee": "党委会", "president_meeting": "院长办公会"}


def sections_of(brief: Brief) -> tuple[Section, ...]:
    """What is written in this brief, in the order of the paper."""
    return SECTIONS[brief.kind] if brief.first is not None else FREE_SECTIONS


def title_of(brief: Brief) -> str:
    """What the paper is called."""
    if brief.title:
        return brief.title
    if brief.kind == TERM_REPORT:
        return f"关于{brief.name}督办督查事项推进落实情况的报告"
    return f"关于{brief.name}督办督查事项办理情况的通报"


def steps_of(brief: Brief) -> tuple[Step, ...]:
    """Who signs this brief, in order."""
    return STEPS if brief.criticised_ids else STEPS[:2]


def states_read(roles: Collection[str], kind: str) -> tuple[str, ...]:
    """In which states a person with these roles reads briefs of a kind that reach him: drafts are
    the office's, a published 通报 is for everybody whom the database shows it to."""
    held = {role.value for role in READERS} & set(roles)
    if held & {role.value for role in OFFICE}:
        return tuple(STATES)
    if held:
        return (*WAITING, "released", "recalled")
    return ("released", "recalled") if kind == CIRCULAR else ()
