"""先交办后补签 as the kernel does it, without the page that will ask for it (第十五条, T40)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal.extensions import db
from portal.rulebook import numbering, stored_lights, workflow
from portal.rulebook.guards import Consent
from portal.rulebook.workflow import Intent
from portal.steps.issuing import commands as issuing
from tests.stages import person
from tests.steps.acting import HANDLER, HEAD, LEAD, LEADER, OFFICE_HEAD, Actor, intent


def perform(
    actor: Actor, who: str, act: str, *, opinion: str = "",
    effect: Callable[[Actor], None] | None = None, **more: Any,
) -> None:  # fmt: skip
    """One act of the table in a transaction of its own."""
    viewer, item = actor.item(who)
    workflow.perform(
        viewer, act, item, Intent(None, uuid.uuid4(), opinion),
        effect=(lambda: effect(actor)) if effect else None, **more,
    )  # fmt: skip
    db.session.commit()


def hand_out(actor: Actor) -> None:
    """党政办主任 hands out a draft of level 1 before anybody signed."""
    values = {"declared": True, "consent": consent(actor)}
    perform(actor, OFFICE_HEAD, "issue_first", values=values, effect=_issue)


def consent(actor: Actor, who: str = LEADER, minutes_ago: int = 10, how: str = "phone") -> Consent:
    """The leader in charge agreed by telephone a while ago."""
    now = actor.app.extensions["portal.clock"].now()
    return Consent(person(who), now - timedelta(minutes=minutes_ago), how)


def _issue(actor: Actor) -> None:
    viewer, item = actor.item(OFFICE_HEAD)
    item.issued_on = viewer.moment.day
    item.due_original = item.due_effective = item.issued_on + timedelta(days=3)
    stored_lights.refresh(item)


def take_number(actor: Actor) -> None:
    """What 编号备案 does of itself, after the last signature."""
    viewer, item = actor.item()
    number = numbering.take("阿职督办", viewer.moment.day)
    item.doc_word, item.doc_year, item.doc_seq = number.word, number.year, number.seq
    item.filed_on = viewer.moment.day


def name_handler(actor: Actor) -> None:
    """The lead unit's head names the handler."""
    viewer, item = actor.item(HEAD)
    issuing.assign_handler(viewer, item, actor.share(LEAD), intent(None), person(HANDLER))
