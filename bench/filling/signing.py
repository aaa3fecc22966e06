"""Chains of signatures: the boxes, and the acts that sign them (第十二、十四条, 附件)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bench.filling.college import College
from bench.filling.matters import Matter
from bench.filling.story import Story
from portal.rulebook.chains import Chain, Step

AGREED = "同意立项，请牵头单位抓紧落实，按期反馈。"
GAP = timedelta(hours=3)


class Signing(NamedTuple):
    """One run of a chain: who signs which step, when it was begun, how many steps are signed."""

    chain: Chain
    steps: Sequence[tuple[Step, Sequence[tuple[str, int]]]]
    begun: datetime
    signed: int
    subject: str = "item"
    subject_id: int | None = None


def signers(matter: Matter, college: College, step: Step) -> list[tuple[str, int]]:
    """Whose signatures a step asks: roles with their holders."""
    own = {"responsible_leader": matter.unit.leader_id, "unit_head": matter.unit.head_id}
    roles = [role.value for role in step.roles]
    if step.step in ("approve", "approve_urge") and matter.principal != "both":
        roles = [matter.principal]
    return [(role, own.get(role) or college.holders[role]) for role in roles]


def run(story: Story, signing: Signing) -> datetime:
    """The approval, its boxes, and an act for each signature; the moment of the last one."""
    done = signing.signed >= len(signing.steps)
    last = signing.begun + GAP * signing.signed
    approval = story.part(
        "approval", chain=signing.chain.name, subject_id=signing.subject_id, form_version=1,
        beside=False, state="agreed" if done else "open", opened_at=signing.begun,
        ended_at=last if done else None,
    )  # fmt: skip
    for number, (step, persons) in enumerate(signing.steps):
        opened = signing.begun + GAP * number
        for role, person in persons:
            signed = number < signing.signed
            opinion = story.opinion(AGREED) if signed else None
            _box(story, approval, signing.chain, step, role, {
                "state": "agreed" if signed else "open" if number == signing.signed else "waiting",
                "person_id": person if signed else None, "opinion_id": opinion,
                "opened_at": opened if number <= signing.signed else None,
                "decided_at": opened + GAP if signed else None,
            })  # fmt: skip
            if signed:
                _act(story, signing, number, (role, person), opinion, opened + GAP)
    return last


def _box(story: Story, approval: int, chain: Chain, step: Step, role: str,
         values: Mapping[str, Any]) -> None:  # fmt: skip
    story.part(
        "approval_slot", public_id=story.rows.key(), approval_id=approval,
        position=chain.steps.index(step), step=step.step, role=role, via="online", **values,
    )  # fmt: skip


def _act(story: Story, signing: Signing, number: int, who: tuple[str, int], opinion: int | None,
         moment: datetime) -> None:  # fmt: skip
    """A signature; the last of its step opens the next one, whose holders are asked."""
    step, persons = signing.steps[number]
    following = signing.steps[number + 1] if number + 1 < len(signing.steps) else None
    is_last = who == persons[-1]
    after = (following[0].state if following else signing.chain.agreed) if is_last else step.state
    asked = [person for _, person in following[1]] if following and is_last else ()
    story.act(
        moment, step.act, who[1], who[0], asked, subject=signing.subject,
        subject_id=signing.subject_id, before=step.state, after=after,
        opinion_id=opinion, text=AGREED,
    )  # fmt: skip


def steps_of(chain: Chain, matter: Matter, college: College, *left_out: str) -> list[Any]:
    """The steps of a chain with their signers, without some that this item does not need."""
    return list(_steps(chain, matter, college, left_out))


def _steps(
    chain: Chain, matter: Matter, college: College, left_out: Sequence[str]
) -> Iterator[tuple[Step, list[tuple[str, int]]]]:
    for step in chain.steps:
        if step.step not in left_out:
            yield step, signers(matter, college, step)
