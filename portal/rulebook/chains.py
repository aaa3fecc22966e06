"""Who signs in which order (第八、十二、十六、十七、十九条, 附件 1–3): every approval as data."""

from __future__ import annotations

from typing import Any, NamedTuple

from portal.models import Item
from portal.rulebook import extension_signers, policy
from portal.rulebook.roles import Role


class Step(NamedTuple):
    """One step of a chain.

    `state`: the state of the chain's machine while the step is open. `act`: the row of `rules`
    that signs it. `roles`: whose signatures; several are signed in any order. `box`: label of the
    box on the form. `merges`: when the holder also signs a later step, that signature fills this
    box too (SPEC §1.4), otherwise a junior leader would review what the principal has signed.
    """

    step: str
    state: str
    act: str
    roles: tuple[Role, ...]
    label: str
    box: str
    merges: bool = False


class Chain(NamedTuple):
    """An approval: its steps, the state of `machine` once all have agreed, and the state that the
    item then takes (`carries`; empty: it stays). `during`: the states of the item in which it may
    be signed, on screen or on paper (empty: the steps' own states say it)."""

    name: str
    label: str
    machine: str
    steps: tuple[Step, ...]
    agreed: str
    article: str
    carries: str = ""
    during: tuple[str, ...] = ()


class Box(NamedTuple):
    """A signature asked for: of which role, and of which unit's (None: the item's lead unit's)."""

    role: Role
    unit_id: int | None = None


RUNNING = ("issued", "in_progress")
ADJUSTABLE = ("filed", *RUNNING)
"""Also before the notice goes out: a date that has passed must be mended first (case D21)."""
BOTH = (Role.SECRETARY, Role.PRESIDENT)
PRINCIPALS: dict[str, tuple[Role, ...]] = {
    "secretary": (Role.SECRETARY,),
    "president": (Role.PRESIDENT,),
    "both": BOTH,
}
LEADER, OFFICE_LEADER, HEAD = (
    (Role.RESPONSIBLE_LEADER,),
    (Role.OFFICE_LEADER,),
    (Role.UNIT_HEAD,),
)

INITIATION = Chain(
    "initiation", "立项签批", "item",
    (
        Step("confirm_unit", "pending_unit", "confirm_unit", HEAD, "单位负责人确认", "单位责任人"),
        Step("sign", "pending_sign", "sign", LEADER, "分管领导审签", "分管院领导", merges=True),
        Step("review", "pending_review", "review", OFFICE_LEADER, "党政办分管领导审核",
             "分管党政办院领导"),
        Step("approve", "pending_approve", "approve", BOTH, "学校主要领导审定", "主要领导"),
    ),
    agreed="pending_filing", article="12",
)  # fmt: skip
CLOSING = Chain(
    "closing", "办结签批", "item",
    (
        Step("confirm_close", "closing_unit", "confirm_close", HEAD, "单位负责人确认办结",
             "单位责任人"),
        Step("sign_close", "closing_sign", "sign_close", LEADER, "分管领导审签办结",
             "分管院领导", merges=True),
        Step("check_close", "closing_check", "check_close", (Role.OFFICE_HEAD,),
             "党政办审核办结", ""),
        Step("review_close", "closing_review", "review_close", OFFICE_LEADER,
             "党政办分管领导审核办结", "分管党政办院领导"),
        Step("read_close", "closing_report", "read_close", BOTH, "书记院长阅示", "主要领导"),
    ),
    agreed="closing_filing", article="16(6)",
)  # fmt: skip
URGE = Chain(
    "urge", "催办签批", "urge",
    (
        Step("sign_urge", "ug_sign", "sign_urge", LEADER, "分管领导审签催办", "分管院领导",
             merges=True),
        Step("review_urge", "ug_review", "review_urge", OFFICE_LEADER,
             "党政办分管领导审核催办", "分管党政办院领导"),
        Step("approve_urge", "ug_approve", "approve_urge", BOTH, "学校主要领导审定催办",
             "主要领导"),
    ),
    agreed="ug_filing", article="16(4)",
)  # fmt: skip
EXTENSION = Chain(
    "extension", "延期签批", "extension",
    (
        Step("ext_unit", "ext_unit", "sign_extension", HEAD, "单位负责人签署", "单位责任人"),
        Step("ext_sign", "ext_sign", "agree_extension", LEADER, "分管校领导签字", "分管院领导"),
        Step("ext_check", "ext_check", "check_extension", (Role.OFFICE_HEAD,),
             "党政办审核延期", "党政办"),
        Step("ext_office_leader", "ext_office_leader", "review_extension", OFFICE_LEADER,
             "党政办分管领导审核延期", "分管党政办院领导"),
        Step("ext_principal", "ext_principal", "approve_extension", BOTH, "主要领导审定延期",
             "主要领导"),
    ),
    agreed="approved", article="19",
)  # fmt: skip
INSPECTION = Chain(
    "inspection", "督查方案审批", "inspection",
    (
        Step("approve_inspection", "plan_pending", "approve_inspection", OFFICE_LEADER,
             "批准督查方案", "分管党政办院领导"),
    ),
    agreed="plan_approved", article="17",
)  # fmt: skip
VOID = Chain(
    "void", "作废审核", "change",
    (Step("agree_void", "open", "agree_void", OFFICE_LEADER, "党政办分管领导同意作废", ""),),
    agreed="agreed", article="16(1)", carries="void",
    during=("pending_filing", *ADJUSTABLE),
)  # fmt: skip
REASSIGN = Chain(
    "reassign", "调整承办单位签批", "change",
    (Step("agree_reassign", "open", "agree_reassign", LEADER, "分管领导同意调整", "分管院领导"),),
    agreed="agreed", article="8", carries="filed", during=RUNNING,
)  # fmt: skip
ADJUST = Chain(
    "adjust", "事项调整签批", "change",
    (
        Step("sign_adjust", "open", "sign_adjust", LEADER, "分管领导审签调整", "分管院领导",
             merges=True),
        Step("review_adjust", "open", "review_adjust", OFFICE_LEADER, "党政办分管领导审核调整",
             "分管党政办院领导"),
        Step("approve_adjust", "open", "approve_adjust", BOTH, "学校主要领导审定调整",
             "主要领导"),
    ),
    agreed="agreed", article="19", during=ADJUSTABLE,
)  # fmt: skip
RESET = Chain(
    "reset", "重新确定期限签批", "change",
    (Step("agree_reset", "open", "agree_reset", OFFICE_LEADER, "党政办分管领导同意重新确定期限",
          "分管党政办院领导"),),
    agreed="agreed", article="16(6)", during=("in_progress",),
)  # fmt: skip
REOPEN = Chain(
    "reopen", "恢复督办签批", "change",
    (Step("agree_reopen", "open", "agree_reopen", BOTH, "学校主要领导同意恢复", "主要领导"),),
    agreed="agreed", article="16(6)", carries="in_progress", during=("closed", "archived"),
)  # fmt: skip

CHAINS: dict[str, Chain] = {
    chain.name: chain
    for chain in (
        INITIATION, CLOSING, URGE, EXTENSION, INSPECTION, VOID, REASSIGN, ADJUST, RESET, REOPEN,
    )
}  # fmt: skip
FIRST_OF_FAST = "review_urge"
NAMED_PRINCIPAL = frozenset({"approve", "approve_urge", "agree_reopen", "approve_adjust"})
"""Steps that ask only the principals named in the item (SPEC §2.3)."""


def in_order(chain: Chain, subject: Any = None) -> tuple[Step, ...]:
    """The steps as they are asked. 先下达后补签: a notice that is issued after 党政办分管领导 is
    asked there first (SPEC §2.8)."""
    if chain.name == URGE.name and subject is not None and subject.fast:
        return tuple(sorted(chain.steps, key=lambda step: step.step != FIRST_OF_FAST))
    return chain.steps


def goes_on_beside(chain: Chain, subject: Any, state: str) -> bool:
    """Whether what is still to be signed at this state of the machine is made up beside it."""
    first = step_of(chain.name, FIRST_OF_FAST).state if chain.name == URGE.name else ""
    return bool(first) and subject.fast and state != first


def step_of(chain: str, step: str) -> Step:
    """The declared step. KeyError if the chain has none of that name."""
    for declared in CHAINS[chain].steps:
        if declared.step == step:
            return declared
    raise KeyError(step)


def boxes(step: Step, item: Item, subject: Any = None) -> tuple[Box, ...]:
    """Whose signatures this step asks: none leaves the step out. 阅示 asks both principals
    always (第十六条（六）), 审定 those named in the item; of level 1, and for 约谈 of a head,
    they approve a 督查方案."""
    if step.step == "agree_reassign":
        # 第八条: the leaders of the old and of the new unit.
        units = dict.fromkeys((item.lead_unit_id, subject.values["lead_unit_id"]))
        return tuple(Box(Role.RESPONSIBLE_LEADER, unit_id) for unit_id in units)
    if step.step in ("ext_office_leader", "ext_principal"):
        return _extending(step, item, subject)
    if step.step == "sign_urge" and subject.unit_id != item.lead_unit_id:
        return (Box(Role.RESPONSIBLE_LEADER, subject.unit_id),)
    if step.step == "approve_inspection" and (item.level == 1 or subject.talks_to_head):
        return tuple(Box(role) for role in PRINCIPALS[item.principal])
    if step.step == "approve_adjust" and not subject.values.keys() & {"level", "lead_unit_id"}:
        return ()
    if step.step in NAMED_PRINCIPAL:
        return tuple(Box(role) for role in PRINCIPALS[item.principal])
    return tuple(Box(role) for role in step.roles)


def _extending(step: Step, item: Item, extension: Any) -> tuple[Box, ...]:
    """第十九条 and what the college adds to it: see `extension_signers`."""
    request = extension_signers.request_of(item, extension)
    edition = policy.of(item.policy_version)
    if step.step == "ext_principal":
        why = extension_signers.for_principal(request, edition)
        return tuple(Box(role) for role in PRINCIPALS[item.principal]) if why else ()
    why = extension_signers.for_office_leader(request, edition)
    return tuple(Box(role) for role in step.roles) if why else ()
