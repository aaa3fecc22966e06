"""Messages as rows: of an act, of the clock, each once, for its reader alone (SPEC §8.15)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from portal.extensions import db
from portal.models import Event, Message
from portal.rulebook import posting
from portal.rulebook.rules import BY_ACT
from portal.rulebook.scope import view_as, visible
from tests.stages import as_of, bring, item_of, person

New = Callable[..., uuid.UUID]
DRAFTER, LEADER, STRANGER = "何玉萍", "坤清祥", "覃燚"


def test_every_act_named_is_an_act_and_every_kind_is_known() -> None:
    assert posting.OF_ACTS.keys() <= BY_ACT.keys()
    assert {posting.ASKED, posting.NOTED, *posting.OF_ACTS.values()} <= posting.kinds().keys()


def test_every_kind_has_its_texts_and_channels() -> None:
    found = posting.kinds()
    of_the_spec, own = list(found)[:27], list(found)[27:]
    assert of_the_spec == [f"N{n:02}" for n in range(27)]
    assert own == sorted(set(own)), "beyond SPEC §8.15: each once, after those of the SPEC"
    assert own[0] > of_the_spec[-1]
    for kind in found.values():
        assert kind.text
        assert kind.sensitive
        assert "site" in kind.channels
        assert set(kind.channels) <= {"site", "wecom", "sms", "sms(level 1)"}


def test_an_act_tells_whom_its_event_names_and_asks_whose_turn_it_is(
    college: Flask, draft_item: New
) -> None:
    """As many rows as the events tell, one of them 「待审签」 to the leader who signs."""
    public_id = draft_item()
    with college.app_context():
        item = bring(college, public_id, "pending_sign")
        signer = item.responsible_leader_id
        told = {
            (event.key, person)
            for event in db.session.scalars(select(Event))
            for person in event.tells
        }
        found, asked = set(), set()
        for person_id in {person_id for _key, person_id in told}:
            viewer = view_as(person_id, college.extensions["portal.clock"])
            rows = db.session.scalars(visible(viewer, Message)).all()
            assert {row.person_id for row in rows} == {person_id}
            found |= {(uuid.UUID(row.occasion), person_id) for row in rows}
            asked |= {(person_id, row.facts["action"]) for row in rows if row.kind == posting.ASKED}
    assert found == told
    assert asked == {(signer, "审签")}


def test_told_twice_is_one_row(college: Flask, draft_item: New) -> None:
    public_id = draft_item()
    with college.app_context():
        viewer = as_of(college, DRAFTER)
        item = item_of(viewer, public_id)
        assert viewer.person_id is not None
        for _ in range(2):
            posting.post("N06", [viewer.person_id], "x", viewer.moment.instant, item=item)
        assert db.session.scalar(select(func.count()).select_from(Message)) == 1
        posting.post("N06", [viewer.person_id], "y", viewer.moment.instant, item=item)
        assert db.session.scalar(select(func.count()).select_from(Message)) == 2


def test_an_unknown_kind_is_a_mistake_of_the_program(college: Flask) -> None:
    with college.app_context():
        viewer = as_of(college, DRAFTER)
        with pytest.raises(KeyError):
            posting.post("N99", [1], "x", viewer.moment.instant)


def test_nobody_reads_or_writes_into_anothers_tray(college: Flask, draft_item: New) -> None:
    """Whoever acts tells; what he told he does not see; who may not know of the item tells none and
    is told nothing."""
    public_id = draft_item()
    with college.app_context():
        viewer = as_of(college, DRAFTER)
        item = item_of(viewer, public_id)
        posting.post("N00", [person(LEADER)], "x", viewer.moment.instant, item=item)
        assert db.session.scalar(select(func.count()).select_from(Message)) == 0
        item_id = item.id
        db.session.commit()
        as_of(college, LEADER)
        assert db.session.scalar(select(func.count()).select_from(Message)) == 0
        stranger = person(STRANGER)
        row = {
            "public_id": uuid.uuid4(), "person_id": stranger, "kind": "N00", "occasion": "z",
            "item_id": item_id, "at": viewer.moment.instant, "readers": [-stranger],
        }  # fmt: skip
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.execute(insert(Message.__table__), [row])
