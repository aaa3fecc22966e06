"""Walks of 催办 (第十六条（四）), with the question of 正当理由 beside it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.steps.acting import LEADER, OFFICE_LEADER, PRESIDENT, Actor
from tests.steps.urging import acts


def urged(actor: Actor) -> Iterator[None]:
    """Overdue, at each box, waiting for its number, issued, received; the unit gives a reason that
    is not accepted."""
    actor.to_work()
    acts.overdue(actor)
    yield
    acts.urge(actor)
    yield
    acts.state_reason(actor)
    acts.sign(actor, LEADER, "sign_urge")
    yield
    acts.sign(actor, OFFICE_LEADER, "review_urge")
    yield
    acts.rule(actor, accepted=False)
    acts.sign(actor, PRESIDENT, "approve_urge")
    yield
    acts.issue(actor)
    yield
    acts.receive(actor)
    yield


def urged_at_once(actor: Actor) -> Iterator[None]:
    """一级: issued after 党政办分管领导, the other boxes made up, also after the hand-in."""
    actor.to_work()
    acts.overdue(actor)
    acts.urge(actor)
    acts.sign(actor, OFFICE_LEADER, "review_urge")
    acts.issue(actor)
    yield
    acts.sign(actor, LEADER, "sign_urge")
    actor.apply_close()
    yield
