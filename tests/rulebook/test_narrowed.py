"""What an act's own condition leaves out is not offered, nor is it done (第十二至十九条)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.errors import NotOffered
from portal.extensions import db
from portal.models import Attachment, Item, ItemMember
from portal.rulebook import workflow
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import Viewer
from portal.rulebook.workflow import Intent
from portal.steps.issuing import commands as issuing
from tests.stages import person
from tests.steps.acting import HANDLER, HEAD, LEAD, REASON, Actor, at_work, intent


def _file_of_the_form(viewer: Viewer, item: Item) -> Attachment:
    """A file that came with the form of 立项."""
    row = Attachment(
        item_id=item.id,
        purpose="filing",
        name="会议纪要.pdf",
        kind="pdf",
        size=1,
        sha256="0" * 64,
        uploaded_by_id=viewer.person_id,
        uploaded_at=viewer.moment.instant,
    )
    db.session.add(row)
    db.session.commit()
    return row


def _lead_share(actor: Actor) -> Any:
    return actor.share(LEAD)


def _form_file(actor: Actor) -> Any:
    return _file_of_the_form(*actor.item(HANDLER))


@pytest.mark.parametrize(
    ("act", "who", "part", "values"),
    [
        # 佐证材料 only: what the form was signed with stays.
        ("detach_evidence", HANDLER, _form_file, {}),
        # SPEC §2.6: level 1 asks for no plan.
        ("plan", HEAD, _lead_share, {"steps": ()}),
    ],
)
def test_it_is_refused_and_nothing_is_moved(
    college: Flask, act: str, who: str, part: Callable[[Actor], Any], values: dict[str, Any]
) -> None:
    """Sent past the page, by somebody who may do the act elsewhere."""
    with at_work(college) as actor:
        subject = part(actor)
        viewer, item = actor.item(who)
        subject = db.session.merge(subject)
        assert act not in actor.offers(who)
        before, state = item.version, subject.state
        with pytest.raises(NotOffered):
            workflow.perform(
                viewer, act, item, Intent(None, uuid.uuid4(), REASON), subject=subject,
                values=values,
            )  # fmt: skip
        db.session.rollback()
        actor.item(who)
        assert (item.version, subject.state) == (before, state)
        assert act not in {event.act for event in actor.events()}


def test_another_handler_takes_the_place_of_the_first(college: Flask) -> None:
    """第十六条（三）: nobody is asked for a handler any more, yet the head may name another."""
    with at_work(college) as actor:
        assert "replace_handler" in actor.offers(HEAD)
        assert "assign_handler" not in actor.offers(HEAD)
        viewer, item = actor.item(HEAD)
        share = actor.share(LEAD)
        with pytest.raises(Unmet, match="已是承办人"):
            issuing.replace_handler(viewer, item, share, intent(None), person(HANDLER))
        db.session.rollback()
        viewer, item = actor.item(HEAD)
        issuing.replace_handler(viewer, item, actor.share(LEAD), intent(None), person("三郎彭措"))
        named = db.session.scalars(
            select(ItemMember.person_id).where(ItemMember.unit_id == actor.share(LEAD).unit_id)
        ).all()
        assert named == [person("三郎彭措")]
