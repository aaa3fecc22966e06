"""关注 (SPEC §8.14): followers hear what an act tells others, and nothing they may not know."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.item.marks import FOLLOW, mark
from portal.messages import following, inbox
from portal.models import Event, Message
from portal.rulebook.posting import NOTED
from tests.gate import reads_as
from tests.steps.acting import Actor

Draft = Callable[..., uuid.UUID]
FOLLOWER, TOLD = "黄素芬", "坤清祥"


def _follow(app: Flask, item: uuid.UUID, who: str) -> None:
    viewer, row = Actor(app, item).item(who)
    mark(viewer, row, FOLLOW, wanted=True)


def _heard(app: Flask, who: str) -> list[str]:
    """The acts of which a person was told, as the inbox reads them."""
    viewer = reads_as(app, who)
    found = inbox.find(viewer, inbox.Filters(unread=False, kind=NOTED, page=1))
    return [line.text for line in found.lines]


def test_a_follower_hears_once_what_others_were_told(
    college: Flask, worker: Flask, draft_item: Draft
) -> None:
    item = draft_item()
    with college.app_context():
        Actor(college, item).to_work()
        _follow(college, item, FOLLOWER)
        before = _heard(college, FOLLOWER)
        Actor(college, item).apply_close()
    with worker.app_context():
        assert following.tell() > 0
        assert following.tell() == 0
    with college.app_context():
        new = _heard(college, FOLLOWER)[: -len(before) or None]
        assert any("申请办结" in text for text in new)
        acts = set(
            db.session.scalars(select(Event.act).join(Message, Message.event_id == Event.id))
        )
    assert "apply_close" in acts or "confirm_close" in acts


def test_nobody_hears_of_what_was_hidden_since(
    college: Flask, worker: Flask, database: Servers, draft_item: Draft
) -> None:
    item = draft_item()
    with college.app_context():
        Actor(college, item).to_work()
        _follow(college, item, FOLLOWER)
        Actor(college, item).apply_close()
    with connect(database.owner_url) as raw:
        raw.execute("UPDATE item SET readers = ARRAY[-1] WHERE public_id = %s", [item])
        before = raw.execute("SELECT count(*) FROM message").fetchone()
    with worker.app_context():
        assert following.tell() == 0
    with connect(database.owner_url) as raw:
        assert raw.execute("SELECT count(*) FROM message").fetchone() == before
