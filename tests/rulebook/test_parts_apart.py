"""第八、二十一条, SPEC §7.5 (14): of a sensitive item each co-unit has a part of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.embedded import Servers, connect
from portal.extensions import db
from portal.models import Event, Feedback, Guarded, Message, Milestone, NeedToKnow, Opinion
from portal.models.base import Base
from portal.models.item import Part
from portal.rulebook.scope import visible
from portal.steps.execution import commands as execution
from portal.steps.issuing import commands as issuing
from portal.steps.issuing import objections
from portal.steps.issuing.commands import Step
from portal.steps.knowledge import commands as knowledge
from tests.conftest import ANCHOR
from tests.steps.acting import HANDLER, HEAD, OFFICE_HEAD, REPORT, Actor, intent
from tests.steps.knowledge.listing import REASON, person_id, sensitive

GUARDED = {
    mapper.class_.__tablename__
    for mapper in Base.registry.mappers
    # A message is one person's; the policy of its item hides it (test_posting).
    if issubclass(mapper.class_, Guarded) and mapper.class_ is not Message
}
HGC, XGB = ("HGC", "覃燚"), ("XGB", "余㛃")
RETURNED = "材料不全，请补充后再报。"


@pytest.fixture
def working(college: Flask) -> Iterator[Actor]:
    """A sensitive item in work; each of its three units has reported, one was asked for more."""
    with sensitive(college, level=2, deadline_days=15) as actor:
        actor.to_work()
        for code, head in (HGC, XGB):
            actor.receive(head, code)
            actor.report(head, code, fields=replace(REPORT, progress=f"{code}的进展"))
        actor.report(HANDLER, fields=replace(REPORT, progress="BWC的进展"))
        actor.item(HEAD)
        returned = next(row for row in actor.reports() if row.progress == "XGB的进展")
        viewer, item = actor.item(HEAD)
        execution.send_back(viewer, item, returned, "return_to_co_unit", intent(item, RETURNED))
        yield actor


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        (HEAD, {"BWC", "HGC", "XGB"}),
        (OFFICE_HEAD, {"BWC", "HGC", "XGB"}),
        ("向维岷", {"BWC", "HGC", "XGB"}),
        ("覃燚", {"HGC"}),
        ("余㛃", {"XGB"}),
    ],
)
def test_reports_events_and_words_are_apart(working: Actor, who: str, reads: set[str]) -> None:
    """Also what was said with an act on a unit's report, and that it was done at all."""
    viewer, item = working.item(who)
    found = db.session.scalars(visible(viewer, Feedback)).all()
    assert {report.progress[:3] for report in found} == reads
    about = select(Event.subject_id).where(Event.subject == "feedback")
    assert set(db.session.scalars(about)) == {report.id for report in found}
    words = set(db.session.scalars(select(Opinion.body)))
    assert (RETURNED in words) == ("XGB" in reads)
    assert "同意。" in words, "what was said of the whole item is read by all"
    assert item.title


def test_a_number_counts_reports_one_may_not_read(working: Actor) -> None:
    """Three are there, two of them hidden from 覃燚: the next is the fourth."""
    working.report("覃燚", "HGC", fields=replace(REPORT, progress="HGC的进展，续"))
    working.item(HEAD)
    assert sorted(db.session.scalars(select(Feedback.seq))) == [1, 2, 3, 4]


def test_lights_do_not_follow_from_what_a_co_unit_may_read(working: Actor) -> None:
    """The lead unit's report answers the instalment, whoever acts after it."""
    _viewer, item = working.item(HEAD)
    before = (item.due, item.yellow_from, item.red_from)
    working.report("覃燚", "HGC", fields=REPORT)
    _viewer, item = working.item(HEAD)
    assert (item.due, item.yellow_from, item.red_from) == before


def test_plans_and_objections_are_apart(college: Flask) -> None:
    with sensitive(college, level=2, deadline_days=15) as actor:
        actor.to_work()
        for code, head in (HGC, XGB):
            viewer, item = actor.item(head)
            plan = (Step(f"{code}第一步", ANCHOR), Step("第二步", ANCHOR))
            issuing.sign_receipt(viewer, item, actor.share(code), intent(None), plan=plan)
        viewer, item = actor.item("余㛃")
        objections.raise_objection(viewer, item, actor.share("XGB"), intent(item, RETURNED), None)
        actor.item("覃燚")
        assert set(db.session.scalars(select(Milestone.title))) == {"HGC第一步", "第二步"}
        assert RETURNED not in set(db.session.scalars(select(Opinion.body)))
        actor.item(OFFICE_HEAD)
        assert "XGB第一步" in set(db.session.scalars(select(Milestone.title)))
        assert RETURNED in set(db.session.scalars(select(Opinion.body)))


def test_parts_open_with_the_item_and_close_again(working: Actor) -> None:
    """取消敏感 shows everything to everybody concerned, 定为敏感 takes it back, also old words."""
    viewer, item = working.item("余茂春")
    knowledge.lift(viewer, item, intent(item, REASON))
    working.item("覃燚")
    assert db.session.scalar(select(func.count()).select_from(Feedback)) == 3
    assert RETURNED in set(db.session.scalars(select(Opinion.body)))
    viewer, item = working.item(OFFICE_HEAD)
    knowledge.mark(viewer, item, intent(item, REASON))
    working.item("覃燚")
    assert db.session.scalar(select(func.count()).select_from(Feedback)) == 1
    assert RETURNED not in set(db.session.scalars(select(Opinion.body)))


def test_every_part_follows_the_items_readers(working: Actor, database: Servers) -> None:
    """No guarded table is forgotten when the list changes: 何玉萍 is taken off everything."""
    viewer, item = working.item(OFFICE_HEAD)
    gone = person_id("何玉萍")
    entry = db.session.scalars(select(NeedToKnow).where(NeedToKnow.person_id == gone)).one()
    knowledge.end(viewer, item, entry, intent(item))
    db.session.remove()
    with connect(database.owner_url) as raw:
        left = [
            table
            for table in GUARDED
            if raw.execute(
                f"SELECT 1 FROM {table} WHERE %s = ANY (readers) LIMIT 1",  # noqa: S608 - own tables
                (-gone,),
            ).fetchone()
        ]
        function = raw.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = 'spread_readers'"
        ).fetchone()
    assert left == []
    assert function is not None
    parts = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Part)
    }
    assert {table for table in parts if f"UPDATE {table} " not in function[0]} == set()
