"""`keep` enters files of an act, and the database holds each purpose to what belongs to it."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.attachments import commands
from portal.attachments.checking import Sound
from portal.attachments.commands import Purpose, keep
from portal.attachments.kinds import KINDS
from portal.extensions import db
from portal.models import ApprovalSlot, Closure, Feedback, Item
from portal.rulebook.refusals import Unmet
from portal.steps.registration import commands as registration
from tests.attachments import files
from tests.attachments.kept import look_as, rows_of, stored
from tests.steps.acting import Actor, intent

Draft = Callable[..., uuid.UUID]
OWNERS = {"feedback": Feedback, "closure": Closure, "approval_slot": ApprovalSlot}
RIGHT = {
    "filing": (False, None),
    "evidence": (True, None),
    "report": (True, "feedback"),
    "closing": (True, "closure"),
    "scan": (False, "approval_slot"),
}
"""Whether a unit hands it in, and what it belongs to."""


def _sound(name: str = "图.png") -> Sound:
    return Sound(name, KINDS["png"], io.BytesIO(files.png()))


@pytest.mark.parametrize("purpose", RIGHT)
def test_each_purpose_has_its_unit_and_its_owner(
    college: Flask, draft_item: Draft, purpose: Purpose
) -> None:
    """All eight ways of a purpose: the one of the table is entered, the others are refused."""
    public_id = draft_item("A01")
    wrong = []
    with college.app_context():
        actor = Actor(college, public_id)
        viewer, item = actor.item()
        registration.submit(viewer, item, intent(item), declared=True)
        viewer = look_as(college, "何玉萍")
        item = db.session.scalars(select(Item).where(Item.public_id == public_id)).one()
        lead = item.lead_unit_id
        # Of a box the database asks whose approval it is of, so that it must be there.
        box = db.session.scalars(select(ApprovalSlot.id).limit(1)).one()
        for by_unit in (False, True):
            for owner in (None, *OWNERS):
                of = OWNERS[owner](id=box) if owner else None
                try:
                    with db.session.begin_nested():
                        keep(
                            viewer, item, [_sound()], purpose,
                            unit_id=lead if by_unit else None, of=of,
                        )  # fmt: skip
                    entered = True
                except IntegrityError:
                    entered = False
                if entered != ((by_unit, owner) == RIGHT[purpose]):
                    wrong.append((by_unit, owner, entered))
        db.session.rollback()
    assert wrong == []


def test_no_files_are_nothing_to_keep(college: Flask, draft_item: Draft) -> None:
    """Not even a folder is made."""
    public_id = draft_item("A01")
    with college.app_context():
        viewer = look_as(college, "何玉萍")
        item = db.session.scalars(select(Item).where(Item.public_id == public_id)).one()
        assert keep(viewer, item, (), "filing") == []
    assert stored(college) == []


def test_room_is_counted_with_what_comes(
    college: Flask, draft_item: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two places free two files come in; three do not, and write nothing."""
    monkeypatch.setattr(commands, "MOST", 3)
    public_id = draft_item("A01")
    with college.app_context():
        viewer = look_as(college, "何玉萍")
        item = db.session.scalars(select(Item).where(Item.public_id == public_id)).one()
        (first,) = keep(viewer, item, [_sound()], "filing")
        with pytest.raises(Unmet, match="最多保留3份附件，现有1份") as refused:
            keep(viewer, item, [_sound(), _sound(), _sound()], "filing")
        assert set(refused.value.fields) == {"files"}
        more = keep(viewer, item, [_sound("甲.png"), _sound("乙.png")], "filing")
        db.session.commit()
    rows = rows_of(college)
    assert [row.id for row in rows] == [first, *more]
    assert [row.name for row in rows] == ["图.png", "甲.png", "乙.png"]
    assert stored(college) == [rows[0].sha256]
