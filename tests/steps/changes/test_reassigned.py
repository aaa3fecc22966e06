"""What an agreed 调整承办单位 does: notices, shares, people, need-to-know (SPEC §2.2, T18)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import (
    Event,
    Item,
    ItemMember,
    ItemUnit,
    NeedToKnow,
    Unit,
)
from portal.rulebook import knowledge
from portal.rulebook.item_texts import limit_text
from portal.rulebook.readers import readers_of
from portal.rulebook.refusals import Unmet
from portal.rulebook.scope import visible
from portal.steps.issuing import commands as issuing
from tests.stages import (
    as_of,
    bring,
    intent,
    item_of,
    person,
    tomorrow,
    unit,
    words_for,
)
from tests.steps.changes.effects import dates_of, points_of, report_first, until
from tests.steps.changes.proposing import HEAD, agree, propose, refuse

New = Callable[..., uuid.UUID]


def test_the_notice_goes_out_again_to_other_units(college: Flask, draft_item: New) -> None:
    """第八条: 已立项待交办 again, the due day kept, the new unit's plan from the new notice, the
    old unit's people keep what they took part in and nothing to do."""
    public_id = draft_item(level=2, deadline_days=15)
    with college.app_context():
        bring(college, public_id, "in_progress")
        report_first(college, public_id, "邓涛")
        assert words_for(college, "坤建军") == {"审核反馈"}
        item = item_of(as_of(college, HEAD), public_id)
        assert dates_of(item)[:3] == ["12-08", "12-08", "12-08"]
        assert points_of(item) == ["11-30", "12-03"]
        tomorrow(college, 2)
        propose(college, public_id, "reassign", lead="JWC", co=("HGC",))
        agree(college, public_id, "agree_reassign", "坤清祥")
        item = agree(college, public_id, "agree_reassign", "解学农")
        assert (item.state, item.lead_unit_id) == ("filed", unit("JWC"))
        assert item.responsible_leader_id == person("解学农")
        assert (item.doc_seq, item.due_effective) == (1, date(2026, 12, 8))
        roles = {
            row.code: (row.role, row.state)
            for row in db.session.execute(
                select(Unit.code, ItemUnit.role, ItemUnit.state).join(
                    Unit, Unit.id == ItemUnit.unit_id
                )
            )
        }
        assert roles == {
            "JWC": ("lead", "named"), "HGC": ("co", "named"),
            "BWC": ("former", "named"), "XGB": ("former", "named"),
        }  # fmt: skip
        assert words_for(college, "坤建军") == words_for(college, "邓涛") == set()
        assert item_of(as_of(college, "邓涛"), public_id).state == "filed"
        assert item_of(as_of(college, "坤建军"), public_id).state == "filed"
        assert item_of(as_of(college, "余㛃"), public_id).state == "filed"  # told of it
        assert not db.session.scalars(visible(as_of(college, "刘翀"), Item)).all()
        as_of(college, HEAD)
        event = db.session.scalars(
            select(Event).where(Event.act == "agree_reassign").order_by(Event.id.desc()).limit(1)
        ).one()
        assert {person("坤建军"), person("郑守方"), person("坤清祥")} <= set(event.tells)
        viewer = as_of(college, "何玉萍")
        issuing.issue(viewer, item_of(viewer, public_id), intent(item_of(viewer, public_id)))
        item = item_of(as_of(college, HEAD), public_id)
        assert (item.state, item.issued_on) == ("issued", date(2026, 11, 25))
        assert dates_of(item)[:3] == ["12-08", "12-08", "12-08"]
        # 5 and 10 days from the new notice; the old unit's unfinished report answers none.
        assert points_of(item) == ["11-30", "12-07"]
        assert item.yellow_from == date(2026, 12, 1)
        assert words_for(college, "郑守方") == {"签收"}
        assert words_for(college, "覃燚") == {"签收"}
        assert words_for(college, "坤建军") == set()


def test_an_overdue_item_needs_a_new_date_with_its_new_unit(
    college: Flask, draft_item: New
) -> None:
    """A notice cannot be given out with a day that has passed; nor once it passes while it waits
    for the notice: then the date is adjusted."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")  # due on the 26th
        tomorrow(college, 7)
        with pytest.raises(Unmet) as refused:
            propose(college, public_id, "reassign", lead="HGC", co=())
        assert list(refused.value.fields) == ["new_due"]
        db.session.rollback()
        due = date(2026, 12, 2)
        propose(college, public_id, "reassign", lead="HGC", co=(), due=due)
        item = agree(college, public_id, "agree_reassign", "坤清祥")
        assert (item.due_effective, item.due_original) == (due, date(2026, 11, 26))
        assert item.due == due, "lists show the day that holds"
        assert limit_text(item) == "2026年12月2日前"
        tomorrow(college, 4)
        viewer = as_of(college, "何玉萍")
        with pytest.raises(Unmet):
            issuing.issue(viewer, item_of(viewer, public_id), intent(item))
        db.session.rollback()
        propose(college, public_id, "adjust", **until(date(2026, 12, 9)))
        agree(college, public_id, "sign_adjust", "坤清祥")
        item = agree(college, public_id, "review_adjust", "余茂春")
        viewer = as_of(college, "何玉萍")
        issuing.issue(viewer, item_of(viewer, public_id), intent(item_of(viewer, public_id)))
        item = item_of(as_of(college, HEAD), public_id)
        assert dates_of(item)[:3] == ["11-26", "12-09", "12-09"]


def test_old_and_new_share_change_places(college: Flask, draft_item: New) -> None:
    """A co-unit leads, the lead unit helps: their people stay in their units; and back again."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        for lead, co, role in (("HGC", ("BWC",), "co_handler"), ("BWC", ("HGC",), "handler")):
            propose(college, public_id, "reassign", lead=lead, co=co)
            item = agree(college, public_id, "agree_reassign", "坤清祥")
            member = db.session.scalars(select(ItemMember)).one()
            assert (member.person_id, member.role) == (person("邓涛"), role)
            viewer = as_of(college, "何玉萍")
            issuing.issue(viewer, item_of(viewer, public_id), intent(item))
        propose(college, public_id, "reassign", lead="HGC", co=())
        item = agree(college, public_id, "agree_reassign", "坤清祥")
        assert db.session.scalars(select(ItemMember.role)).one() == "former"
        viewer = as_of(college, "何玉萍")
        issuing.issue(viewer, item_of(viewer, public_id), intent(item))
        propose(college, public_id, "reassign", lead="BWC", co=())
        agree(college, public_id, "agree_reassign", "坤清祥")
        assert db.session.scalars(select(ItemMember)).all() == []
        bring(college, public_id, "in_progress", since="filed")


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"lead": "BWC", "co": ("HGC", "XGB")}, "lead_unit"),
    ({"lead": "JWC", "co": ("JWC", "BWC")}, "co_units"),
    ({"due": date(2026, 11, 22)}, "new_due"),
    ({"due": date(2040, 1, 1)}, "new_due"),
)


def test_units_that_cannot_be_are_refused(college: Flask, draft_item: New) -> None:
    """No change at all, the lead among the co-units, a date that has passed or lies too far."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        for given, field in REFUSED:
            with pytest.raises(Unmet) as refused:
                propose(college, public_id, "reassign", **given)
            assert field in refused.value.fields, given
            db.session.rollback()


def test_the_leader_of_the_new_unit_sees_what_he_is_asked(college: Flask, draft_item: New) -> None:
    """第二十一条: 解学农 knew nothing of it before; after his refusal he still sees what he did."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        assert not db.session.scalars(visible(as_of(college, "解学农"), Item)).all()
        propose(college, public_id, "reassign")
        assert words_for(college, "解学农") == {"审签调整"}
        refuse(college, public_id, "解学农")
        assert len(db.session.scalars(visible(as_of(college, "解学农"), Item)).all()) == 1
        assert not db.session.scalars(visible(as_of(college, "郑守方"), Item)).all()


def test_of_a_sensitive_item_only_who_must_agree_is_added(college: Flask, draft_item: New) -> None:
    """SPEC §7.3: the new leader when it is proposed, the new unit's head when it is agreed."""
    public_id = draft_item()
    with college.app_context():
        bring(college, public_id, "in_progress")
        viewer = as_of(college, "何玉萍")
        item = item_of(viewer, public_id)
        item.classification = "sensitive"
        knowledge.extend(item, viewer.moment, None)
        item.readers = readers_of(item)
        db.session.commit()
        knowledge.add(item, {person("解学农"): ("参与核查。", None)}, viewer.moment, None)
        entry = db.session.scalars(
            select(NeedToKnow).where(NeedToKnow.person_id == person("解学农"))
        ).one()
        knowledge.remove(entry, viewer.moment, viewer.person_id)
        with pytest.raises(Unmet, match="已被移出知悉范围"):
            propose(college, public_id, "reassign", co=())
        db.session.rollback()
        change = propose(college, public_id, "reassign", co=())
        told = db.session.scalars(
            select(Event).where(Event.subject_id == change.id, Event.act == "reassign")
        ).one()
        assert told.facts["listed"] == [person("解学农")]
        names = {"解学农": True, "郑守方": False, "陈𬭎": False}
        for name, knows in names.items():
            seen = db.session.scalars(visible(as_of(college, name), Item)).all()
            assert bool(seen) is knows, name
        agree(college, public_id, "agree_reassign", "解学农")
        agree(college, public_id, "agree_reassign", "坤清祥")
        assert db.session.scalars(visible(as_of(college, "郑守方"), Item)).all()
        as_of(college, HEAD)
        entry = db.session.scalars(
            select(NeedToKnow).where(NeedToKnow.person_id == person("解学农"))
        ).one()
        assert "调整承办单位" in entry.reason
