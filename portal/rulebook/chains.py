"""Who signs in which order (第十二条, 附件 1, 附件 3): every approval's slots as data."""

from __future__ import annotations

from typing import NamedTuple

from portal.models import Item
from portal.rulebook.roles import Role


class Step(NamedTuple):
    """One step of a chain.

    `state`: the item's state while the step is open. `act`: the row of `rules` that signs it.
    `roles`: whose signatures; several are signed in any order. `box`: label of the box on the
    form. `merges`: when the holder also signs a later step, that signature fills this box too
    (SPEC §1.4), otherwise a junior leader would review what the principal has already signed.
    """

    step: str
    state: str
    act: str
    roles: tuple[Role, ...]
    label: str
    box: str
    merges: bool = False


class Chain(NamedTuple):
    """An approval: its steps, and the item's state once all have agreed."""

    name: str
    steps: tuple[Step, ...]
    agreed: str
    article: str


BOTH = (Role.SECRETARY, Role.PRESIDENT)
PRINCIPALS: dict[str, tuple[Role, ...]] = {
    "secretary": (Role.SECRETARY,),
    "president": (Role.PRESIDENT,),
    "both": BOTH,
}

INITIATION = Chain(
    "initiation",
    (
        Step(
            "confirm_unit",
            "pending_unit",
            "confirm_unit",
            (Role.UNIT_HEAD,),
            "单位负责人确认",
            "单位责任人",
        ),
        Step(
            "sign",
            "pending_sign",
            "sign",
            (Role.RESPONSIBLE_LEADER,),
            "分管领导审签",
            "分管院领导",
            merges=True,
        ),
        Step(
            "review",
            "pending_review",
            "review",
            (Role.OFFICE_LEADER,),
            "党政办分管领导审核",
            "分管党政办院领导",
        ),
        Step("approve", "pending_approve", "approve", BOTH, "学校主要领导审定", "主要领导"),
    ),
    agreed="pending_filing",
    article="12",
)
CLOSING = Chain(
    "closing",
    (
        Step(
            "confirm_close",
            "closing_unit",
            "confirm_close",
            (Role.UNIT_HEAD,),
            "单位负责人确认办结",
            "单位责任人",
        ),
        Step(
            "sign_close",
            "closing_sign",
            "sign_close",
            (Role.RESPONSIBLE_LEADER,),
            "分管领导审签办结",
            "分管院领导",
            merges=True,
        ),
        Step(
            "check_close",
            "closing_check",
            "check_close",
            (Role.OFFICE_HEAD,),
            "党政办审核办结",
            "",
        ),
        Step(
            "review_close",
            "closing_review",
            "review_close",
            (Role.OFFICE_LEADER,),
            "党政办分管领导审核办结",
            "分管党政办院领导",
        ),
        Step("read_close", "closing_report", "read_close", BOTH, "书记院长阅示", "主要领导"),
    ),
    agreed="closing_filing",
    article="16(6)",
)
CHAINS: dict[str, Chain] = {chain.name: chain for chain in (INITIATION, CLOSING)}


def step_of(chain: str, step: str) -> Step:
    """The declared step. KeyError if the chain has none of that name."""
    for declared in CHAINS[chain].steps:
        if declared.step == step:
            return declared
    raise KeyError(step)


def signers(chain: Chain, step: Step, item: Item) -> tuple[Role, ...]:
    """The roles that sign this step of this item: 审定 asks only the principals named in it
    (SPEC §2.3), 阅示 always both (第十六条（六）)."""
    if chain.name == "initiation" and step.step == "approve":
        return PRINCIPALS[item.principal]
    return step.roles
