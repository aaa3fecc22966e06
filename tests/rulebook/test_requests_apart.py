"""第二十一条, SPEC §7.3: what the lead unit asks for and what urges one co-unit, with the boxes of
both, are nothing for the people of another co-unit of a sensitive item."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from portal.documents.queries import sheets_of, standing
from portal.errors import NotFound
from portal.extensions import db
from portal.item.urges import urged_times
from portal.models import (
    Approval,
    ApprovalSlot,
    Attachment,
    Document,
    Event,
    Extension,
    NeedToKnow,
    Opinion,
    Person,
)
from portal.rulebook import changing, knowledge
from portal.rulebook.extending import granted
from portal.rulebook.refusals import Unmet
from portal.steps.knowledge import commands as listing
from tests.steps.acting import HEAD, LEADER, OFFICE, OFFICE_HEAD, REASON, Actor, intent
from tests.steps.extending import asking
from tests.steps.knowledge.listing import sensitive
from tests.steps.paper import sheet
from tests.steps.urging import acts

HGC_HEAD, XGB_HEAD = "覃燚", "余㛃"
SIGNED = "限期办结。"
EVERYTHING = {"initiation", "urge", "extension"}


@pytest.fixture
def actor(college: Flask) -> Iterator[Actor]:
    """A sensitive item in work, received by its three units."""
    with sensitive(college, level=3, deadline_days=30) as found:
        found.to_work()
        found.receive(HGC_HEAD, "HGC")
        found.receive(XGB_HEAD, "XGB")
        yield found


def _words() -> set[str]:
    return set(db.session.scalars(select(Opinion.body)))


def _leader(actor: Actor) -> str:
    """Who must sign what is urged of 学工部."""
    viewer, _item = actor.item()
    found = changing.leader_of(acts.unit_of("XGB"), viewer.moment.day)
    assert found is not None
    return db.session.get_one(Person, found).name


def _runs(actor: Actor, who: str) -> set[str]:
    """Of which approvals this person reads the boxes."""
    actor.item(who)
    boxes = set(db.session.scalars(select(ApprovalSlot.approval_id)))
    runs = {run.id: run.chain for run in db.session.scalars(select(Approval))}
    assert boxes == set(runs)
    return set(runs.values())


def test_boxes_scans_and_words(actor: Actor) -> None:
    """What urges 学工部 is its own, with the paper of it; what the lead unit asks is the lead's."""
    acts.overdue(actor, code="XGB")
    acts.urge(actor, code="XGB")
    leader = _leader(actor)
    viewer, item = actor.item()
    urged = db.session.scalars(select(Event).where(Event.act == "urge")).one()
    assert urged.facts["listed"] == [acts.person(leader)]
    signed = sheet.entry(item, "sign_urge", leader, viewer.moment.day, opinion=SIGNED)
    sheet.enter(actor.app, viewer, item, signed)
    asking.ask(actor, files=asking.evidence())
    reads = {
        OFFICE: EVERYTHING,
        HEAD: EVERYTHING,
        XGB_HEAD: {"initiation", "urge"},
        HGC_HEAD: {"initiation"},
    }
    for who, runs in reads.items():
        assert _runs(actor, who) == runs, who
        scans = db.session.scalars(select(Attachment.id).where(Attachment.purpose == "scan")).all()
        done = set(db.session.scalars(select(Event.act)))
        urging = (len(scans) == 1, "enter_paper" in done, SIGNED in _words())
        assert urging == ("urge" in runs,) * 3, who
        requests = len(db.session.scalars(select(Extension)).all())
        assert (requests == 1, "extend" in done) == ("extension" in runs,) * 2, who


def test_who_knows_a_part_reads_no_count_of_the_whole(actor: Actor) -> None:
    """The lead unit was urged: a co-unit is told neither that nor 「未催办」."""
    acts.overdue(actor)
    acts.urge(actor)
    acts.sign_all(actor)
    acts.issue(actor)
    told = {who: urged_times(*actor.item(who)) for who in (OFFICE, HEAD, HGC_HEAD)}
    assert told == {OFFICE: 1, HEAD: 1, HGC_HEAD: None}


def test_lists_that_change_keep_them_apart(actor: Actor) -> None:
    """Also where the readers of the item are spread again."""
    asking.ask(actor)
    viewer, item = actor.item(OFFICE_HEAD)
    listing.grant(viewer, item, intent(item, REASON), acts.person("王尔基"), acts.unit_of("HGC"))
    for who in (HGC_HEAD, "王尔基"):
        assert _runs(actor, who) == {"initiation"}
        assert db.session.scalars(select(Extension)).all() == []
    assert _runs(actor, HEAD) == {"initiation", "extension"}


def test_what_a_request_makes_of_the_item_is_everybodys(actor: Actor) -> None:
    """The light waits for it whoever acts; its day, once given, stands on the notice of everyone.
    What was said of it is the lead unit's."""
    asking.ask(actor)
    actor.report(HGC_HEAD, "HGC")
    assert actor.item()[1].blue
    asking.agree(actor, "agree_extension", LEADER, "情况属实，同意。")
    asking.agree(actor, "check_extension", OFFICE_HEAD)
    office = standing(*actor.item(), "notice-HGC")
    viewer, item = actor.item(HGC_HEAD)
    assert standing(viewer, item, "notice-HGC") == office
    assert granted(item) == 1
    assert "情况属实，同意。" not in _words()


def test_sheets_that_tell_more_are_the_lead_units(actor: Actor) -> None:
    """A sheet is filled as who asks first reads, and kept for others: a co-unit gets none."""
    asking.ask(actor)
    _store(actor, "extension-1")
    asking.withdraw(actor)
    actor.apply_close()
    _store(actor, "closing")
    kinds = {"extension-1", "closing"}
    for who, reads in ((HGC_HEAD, set()), (XGB_HEAD, set()), (HEAD, kinds)):
        viewer, item = actor.item(who)
        assert {line.kind for line in sheets_of(viewer, item)} & kinds == reads, who
        assert set(db.session.scalars(select(Document.kind))) == reads, who
        for kind in kinds - reads:
            with pytest.raises(NotFound):
                standing(viewer, item, kind)


def _store(actor: Actor, kind: str) -> None:
    """As the office asks for the sheet."""
    viewer, item = actor.item()
    of = standing(viewer, item, kind)
    assert of.unit_id == item.lead_unit_id
    db.session.add(
        Document(
            item_id=item.id,
            kind=kind,
            as_of_id=of.as_of_id,
            unit_id=of.unit_id,
            asked_by_id=viewer.person_id,
            asked_at=viewer.moment.instant,
            tries=0,
        )
    )
    db.session.commit()


def test_nobody_taken_off_by_hand_is_put_back(actor: Actor) -> None:
    """SPEC §7.3: 拟催办 waits until 党政办主任 has listed the leader again, for that part."""
    acts.overdue(actor, code="XGB")
    leader, parts = acts.person(_leader(actor)), {c: acts.unit_of(c) for c in ("HGC", "XGB")}
    for part, refused in (("HGC", "只知悉其他协办单位"), ("XGB", "请先由党政办主任增加知悉人")):
        viewer, item = actor.item(OFFICE_HEAD)
        listing.grant(viewer, item, intent(item, REASON), leader, parts[part])
        if part == "XGB":
            _take_off(actor, leader)
        with pytest.raises(Unmet, match=refused):
            acts.urge(actor, code="XGB")
        db.session.rollback()
        _viewer, item = actor.item(OFFICE_HEAD)
        assert (leader in knowledge.listed(item)) is (part == "HGC")
        if part == "HGC":
            _take_off(actor, leader)
    viewer, item = actor.item(OFFICE_HEAD)
    listing.grant(viewer, item, intent(item, REASON), leader, parts["XGB"])
    assert acts.urge(actor, code="XGB").state == "ug_sign"


def _take_off(actor: Actor, person_id: int) -> None:
    viewer, item = actor.item(OFFICE_HEAD)
    entry = db.session.scalars(
        select(NeedToKnow).where(NeedToKnow.person_id == person_id, NeedToKnow.to_at.is_(None))
    ).one()
    listing.end(viewer, item, entry, intent(item))
