"""Walks of 实地督查 and 整改 (第七、十七条)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.steps.acting import HANDLER, HEAD, OFFICE_LEADER, REASON, Actor, intent
from tests.steps.inspection import acts


def inspected(actor: Actor) -> Iterator[None]:
    """Planned, returned, planned anew, approved, recorded, concluded; an opinion that is objected
    to and withdrawn, another that is upheld; a point put right in two tries."""
    actor.to_work()
    acts.plan(actor)
    yield
    viewer, item = actor.item(OFFICE_LEADER)
    acts.commands.send_back(viewer, item, acts.visit(actor), intent(None, REASON))
    yield
    acts.plan_again(actor)
    acts.approve(actor)
    yield
    acts.record(actor)
    yield
    acts.conclude(actor)
    yield
    acts.issue(actor)
    yield
    acts.contest(actor)
    yield
    acts.rule(actor, accepted=True)
    acts.issue(actor)
    acts.contest(actor)
    acts.rule(actor, accepted=False)
    yield
    acts.reply(actor, who=HANDLER)
    yield
    acts.reject(actor)
    acts.reply(actor, who=HEAD)
    acts.verify(actor)
    yield
