"""简易办结 done through the command, for tests of what follows."""

from __future__ import annotations

from datetime import datetime

from portal.rulebook.guards import Reply
from portal.steps.closing.simple import close_simple
from tests.stages import person
from tests.steps.acting import HANDLER, OFFICE_HEAD, Actor, intent

RESULT = "热水供应已恢复。"


def reply(actor: Actor, who: str = HANDLER, at: datetime | None = None, how: str = "oral") -> Reply:
    """What the unit said by telephone a while ago."""
    now: datetime = actor.app.extensions["portal.clock"].now()
    return Reply(person(who), at or now, how)


def close(
    actor: Actor, said: Reply | None = None, *, result: str = RESULT, who: str = OFFICE_HEAD
) -> None:
    """党政办主任 writes the reply down."""
    said = said or reply(actor)
    viewer, item = actor.item(who)
    close_simple(viewer, item, result, said, intent(item), declared=True)
