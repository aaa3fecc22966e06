"""第十六条: the seven 环节 of an item as the step bar shows them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from portal.filters import short_date
from portal.frame import Step
from portal.item.reports import Plan
from portal.item.shares import Share
from portal.models import Item
from portal.rulebook import policy

StationState = Literal["done", "current", "running", "todo"]
PLACES = {step.id: place for place, step in enumerate(policy.CURRENT.steps)}


def step_bar(
    item: Item, shares: list[Share], plan: Plan, today: date, *, urged: int | None = 0
) -> list[Step]:
    """One station a 环节: done, current, running beside it, or still to come; a fact below.

    `urged` is how often the item was urged; None where the viewer may not know: nothing is said.
    """
    running = policy.CURRENT.state(item.state).steps
    facts = _facts(item, shares, plan, today)
    if urged is None:
        facts.pop("urge", None)
    elif urged:
        facts["urge"] = f"已催办{urged}次"
    bar = []
    for step in policy.CURRENT.steps:
        fact = facts.get(step.id, "")
        late = step.id == "feedback" and plan.missing > 0 and item.lit
        bar.append(Step(step.label, _state(step.id, running, item), fact, urgent=late))
    return bar


def _state(step: policy.StepId, running: tuple[policy.StepId, ...], item: Item) -> StationState:
    if not running:
        return "done" if _past(step, item) else "todo"
    if step == "initiate" and item.supplementary:
        return "running"
    if item.state == "archived" or PLACES[step] < PLACES[running[0]]:
        return "done"
    if step == running[0]:
        return "current"
    return "running" if step in running else "todo"


def _past(step: policy.StepId, item: Item) -> bool:
    """Whether an item that goes no further (作废、免于督办) had left this 环节 behind."""
    left = {"initiate": item.filed_on, "issue": item.issued_on}
    return left.get(step) is not None


def _facts(item: Item, shares: list[Share], plan: Plan, today: date) -> dict[str, str]:
    facts = {"initiate": _day(item.filed_on, today, "备案")}
    if item.filed_on is None:
        made_up = "补签中" if item.supplementary else ""
        facts["initiate"] = made_up or policy.CURRENT.state(item.state).label
    if item.state == "filed" and item.issued_on is not None:
        facts["issue"] = "待重新下达"
        return facts
    facts["issue"] = _day(item.issued_on, today, "下达")
    if item.issued_on is None:
        return facts
    received = sum(share.received for share in shares)
    facts["handle"] = (
        "均已签收" if received == len(shares) else f"{received}/{len(shares)}个单位已签收"
    )
    facts["urge"] = "未催办"
    facts["feedback"] = plan.said
    facts["complete"] = _day(item.closed_on, today, "销号") or _closing(item)
    facts["archive"] = _day(item.archived_on, today, "归档")
    return facts


def _closing(item: Item) -> str:
    running = policy.CURRENT.state(item.state).steps
    return policy.CURRENT.state(item.state).label if running == ("complete",) else "未提出"


def _day(day: date | None, today: date, word: str) -> str:
    return f"{short_date(day, today)}{word}" if day else ""
